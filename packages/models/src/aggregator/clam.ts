/**
 * What the two forms of clustering-constrained attention share (Lu 2021, Nature Biomedical Engineering 5, 555-570): gated attention
 * that must also tell its most attended tiles from its least attended ones. They differ in how many branches of attention there are.
 */
import { gemm } from "@nacre/graph";
import { attend, attentionWeights, trunk } from "../attention/gated-attention.ts";
import { clusteringLoss, clusteringWeights } from "../loss/instance-clustering.ts";
import type { Pooled, Scope, Sizes, WeightSpec } from "./aggregator.ts";
import { flagOption, integerOption, numberOption, type OptionValues } from "./option.ts";

export const CLAM_PAPER =
  "Lu, Williamson, Chen, Chen, Barbieri and Mahmood 2021, Nature Biomedical Engineering 5, 555-570";

export const CLAM_OPTIONS = {
  hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
  attention: integerOption(256, { min: 1, max: 4096 }, "width inside the attention gate"),
  dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
  sample: integerOption(8, { min: 1, max: 1024 }, "tiles taken from each end of the attention ranking"),
  bagWeight: numberOption(0.7, { min: 0, max: 1 }, "share of the bag loss; the instance loss has the rest"),
  subtyping: flagOption(false, "classes exclude each other: top tiles also count against the other classes"),
};

type Options = OptionValues<typeof CLAM_OPTIONS>;

export function clamWeights(options: Options, { d, k }: Sizes, branches: number): WeightSpec[] {
  return [...attentionWeights(d, { ...options, gated: true, branches }), ...clusteringWeights(options.hidden, k)];
}

/** As many branches as the weights have. */
export function buildClam(scope: Scope, options: Options): Pooled {
  const instances = trunk(scope, options.dropout);
  const shares = attend(scope, instances, { gated: true }, options.dropout);
  const embedding = gemm(shares, instances, { transA: true });
  if (scope.label === null) return { instances, shares, embedding };
  const loss = clusteringLoss(scope, { attention: shares, instances, label: scope.label }, options);
  return { instances, shares, embedding, auxiliary: { loss, share: 1 - options.bagWeight, ends: options.sample } };
}

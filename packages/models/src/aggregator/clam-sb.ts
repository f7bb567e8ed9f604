/**
 * Clustering-constrained attention, one attention branch (Lu 2021, Nature Biomedical Engineering 5, 555-570): gated attention
 * that must also tell its most attended tiles from its least attended ones. Implemented from the paper's formulas.
 */
import { gemm } from "@nacre/graph";
import { attend, attentionWeights, trunk } from "../attention/gated-attention.ts";
import { clusteringLoss, clusteringWeights } from "../loss/instance-clustering.ts";
import { defineAggregator } from "./aggregator.ts";
import { flagOption, integerOption, numberOption } from "./option.ts";

export const clamSb = defineAggregator({
  name: "clam-sb",
  title: "Clustering-constrained attention, single branch",
  paper: "Lu, Williamson, Chen, Chen, Barbieri and Mahmood 2021, Nature Biomedical Engineering 5, 555-570",
  options: {
    hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
    attention: integerOption(256, { min: 1, max: 4096 }, "width inside the attention gate"),
    dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
    sample: integerOption(8, { min: 1, max: 1024 }, "tiles taken from each end of the attention ranking"),
    bagWeight: numberOption(0.7, { min: 0, max: 1 }, "share of the bag loss; the instance loss has the rest"),
    subtyping: flagOption(false, "classes exclude each other: top tiles also count against the other classes"),
  },
  width: ({ hidden }) => hidden,
  weights: (options, d, k) => [
    ...attentionWeights(d, { ...options, gated: true }),
    ...clusteringWeights(options.hidden, k),
  ],
  build(scope, options) {
    const instances = trunk(scope, options.dropout);
    const shares = attend(scope, instances, { ...options, gated: true }, options.dropout);
    const embedding = gemm(shares, instances, { transA: true });
    if (scope.label === null) return { instances, shares, embedding };
    const loss = clusteringLoss(scope, { attention: shares, instances, label: scope.label }, options);
    return { instances, shares, embedding, auxiliary: { loss, share: 1 - options.bagWeight } };
  },
});

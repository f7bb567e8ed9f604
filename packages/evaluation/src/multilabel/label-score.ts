/** Each of several labels by itself, over the patients for whom it is known: is it ranked well, and do its probabilities come true? */
import type { Estimate } from "../estimate.ts";
import { type BootstrapOptions, bootstrap } from "../interval/bootstrap.ts";
import { auprcMetric } from "../metric/auprc.ts";
import { brierMetric } from "../metric/brier.ts";
import { eceMetric } from "../metric/ece.ts";
import { type ReliabilityBin, reliabilityBins } from "../metric/reliability.ts";
import type { Sample } from "../sample.ts";
import { type LabelAuroc, labelAurocs } from "./discrimination.ts";
import { columnsOf, type LabelColumn, type MultilabelSample } from "./multilabel-sample.ts";

export interface LabelScore extends LabelAuroc {
  readonly auprc: Estimate;
  readonly brier: Estimate;
  readonly ece: Estimate;
  /** Ten bins of the probability of the label, empty ones too. */
  readonly reliability: readonly ReliabilityBin[];
}

/** In the order of the names. */
export function labelScores(sample: MultilabelSample, chance: BootstrapOptions): LabelScore[] {
  const columns = columnsOf(sample);
  return labelAurocs(sample).map((label, c) => {
    const own = binarySample(columns[c] as LabelColumn);
    const estimates = bootstrap(own, [auprcMetric, brierMetric, eceMetric], chance);
    const [auprc, brier, ece] = estimates as [Estimate, Estimate, Estimate];
    return { ...label, auprc, brier, ece, reliability: reliabilityBins(own) };
  });
}

/** The label as a question of two classes. */
function binarySample({ rows, present, scores }: LabelColumn): Sample {
  return {
    n: rows.length,
    k: 2,
    labels: Int32Array.from(present),
    probabilities: Float64Array.from({ length: 2 * rows.length }, (_, e) => {
      const p = scores[e >> 1] as number;
      return e % 2 === 1 ? p : 1 - p;
    }),
    positive: 1,
    classes: ["absent", "present"],
  };
}

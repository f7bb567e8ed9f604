/** What a board can rank by: metrics with a best end, so that a reader knows which way is up. */
import type { BoardKindName } from "./board-question.ts";

/** Of classes. */
export const BOARD_METRICS = ["auroc", "auprc", "accuracy", "balancedAccuracy", "brier"] as const;
export type BoardMetric = (typeof BOARD_METRICS)[number];

/** Of each kind of question, the usual one first. */
export const BOARD_METRICS_OF: Readonly<Record<BoardKindName, readonly [string, ...string[]]>> = {
  classify: BOARD_METRICS,
  survive: ["cIndex", "unoCIndex"],
  regress: ["spearman", "pearson", "kendall", "mae", "rmse", "r2", "iccAgreement", "iccConsistency", "linConcordance"],
  multilabel: [
    "macroAuroc",
    "microAuroc",
    "meanAveragePrecision",
    "macroF1",
    "microF1",
    "subsetAccuracy",
    "hammingLoss",
  ],
};

/** What a task of this kind is ranked by. @throws RangeError for a metric that such a task does not have */
export function metricNameOf(kind: BoardKindName, asked: string | null, ofClasses: BoardMetric): string {
  const known = BOARD_METRICS_OF[kind];
  const name = asked ?? (kind === "classify" ? ofClasses : known[0]);
  if (known.includes(name)) return name;
  throw new RangeError(`expected one of ${known.join(", ")} for a task of kind ${kind}, received ${name}`);
}

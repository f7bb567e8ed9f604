/** What the measures of risks, numbers and several labels are called on a page, and which end of each is the good one. */

/** By the name in a scorecard. */
export const ANSWER_NAMES: Readonly<Record<string, string>> = {
  auroc: "AUROC",
  cIndex: "C-index (Harrell)",
  unoCIndex: "C-index (Uno)",
  integratedBrier: "Integrated Brier score",
  mae: "Mean absolute error",
  rmse: "Root mean squared error",
  r2: "Variance explained (R²)",
  pearson: "Pearson correlation",
  spearman: "Spearman correlation",
  kendall: "Kendall correlation",
  iccAgreement: "ICC, absolute agreement",
  iccConsistency: "ICC, consistency",
  linConcordance: "Lin's concordance",
  calibrationSlope: "Slope, label on prediction",
  calibrationIntercept: "Intercept, label on prediction",
  macroAuroc: "AUROC, mean over labels",
  microAuroc: "AUROC over all pairs",
  meanAveragePrecision: "Average precision, mean over labels",
  macroF1: "F1 at 0.5, mean over labels",
  microF1: "F1 at 0.5 over all pairs",
  subsetAccuracy: "All labels called right",
  hammingLoss: "Share of labels called wrongly",
};

/** What stands beside the headline of classes. */
export const BEYOND_NAMES: Readonly<Record<string, string>> = {
  f1: "F1",
  weightedF1: "F1 weighted by class",
  mcc: "Matthews correlation",
  logLoss: "log loss",
  eceMass: "ECE in bins of equal mass",
  sensitivity: "sensitivity at 0.5",
  specificity: "specificity at 0.5",
  ppv: "positive predictive value at 0.5",
  npv: "negative predictive value at 0.5",
  quadraticKappa: "quadratic kappa",
  linearKappa: "linear kappa",
  ordinalError: "mean grade error",
  expectedGradeError: "mean error of the expected grade",
  withinOne: "share within one grade",
  top2: "right class among the first two",
  top3: "right class among the first three",
};

const BETTER: Readonly<Record<string, string>> = {
  integratedBrier: "lower is better",
  mae: "lower is better, unit of the label",
  rmse: "lower is better, unit of the label",
  hammingLoss: "lower is better",
  calibrationSlope: "1 is perfect",
  calibrationIntercept: "0 is perfect, unit of the label",
};

/** "C-index (Harrell)"; an unknown name as it is. */
export function measureName(name: string): string {
  const [base = name, time] = name.split("@");
  if (base === "auroc" && time !== undefined) return `AUROC at ${time}`;
  return ANSWER_NAMES[name] ?? name;
}

/** "higher is better". */
export function betterText(name: string): string {
  return BETTER[name] ?? "higher is better";
}

/** Measures in the unit of the label, whose decimals follow its size. */
export const IN_UNIT: ReadonlySet<string> = new Set(["mae", "rmse", "calibrationIntercept"]);

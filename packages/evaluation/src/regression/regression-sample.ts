/** What a regression metric sees: a measured and a predicted number for each patient, in the same unit. */

export interface RegressionSample {
  readonly n: number;
  /** The reference values, [n]. */
  readonly labels: Float64Array;
  readonly predictions: Float64Array;
}

/** A sample from two lists of the same patients in the same order. @throws RangeError for lengths that differ, or a value that is not finite */
export function regressionSample(labels: ArrayLike<number>, predictions: ArrayLike<number>): RegressionSample {
  const sample = {
    n: labels.length,
    labels: Float64Array.from(labels),
    predictions: Float64Array.from(predictions),
  };
  expectRegression(sample);
  return sample;
}

/** Passes a sound sample. @throws RangeError for lengths other than n, or a value that is not finite */
export function expectRegression({ n, labels, predictions }: RegressionSample): void {
  if (labels.length !== n || predictions.length !== n) {
    const received = `${labels.length} labels and ${predictions.length} predictions`;
    throw new RangeError(`expected ${n} labels and predictions, received ${received}; give one of each for a patient`);
  }
  for (const [name, values] of [
    ["label", labels],
    ["prediction", predictions],
  ] as const) {
    const at = values.findIndex((v) => !Number.isFinite(v));
    if (at >= 0)
      throw new RangeError(`expected a finite ${name}, received ${values[at]} at row ${at}; leave the patient out`);
  }
}

/** Why a statistic of two varying numbers is undefined here, or null. */
export function withoutVariation(
  { n, labels, predictions }: RegressionSample,
  asked: "labels" | "both",
): string | null {
  if (n === 0) return "no labelled patient";
  if (n === 1) return "one patient does not vary";
  if (isConstant(labels)) return "every label is the same";
  return asked === "both" && isConstant(predictions) ? "every prediction is the same" : null;
}

export function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

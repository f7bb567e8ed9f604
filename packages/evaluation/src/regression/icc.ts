/**
 * Intraclass correlation of single ratings from the two-way analysis of variance (Shrout and Fleiss 1979; intervals as in McGraw
 * and Wong 1996). ICC(2,1): raters are a sample, agreement is absolute, an offset counts. ICC(3,1): raters are fixed, consistency only.
 * With MSR, MSC, MSE the mean squares of patients, raters and the rest:
 * ICC(2,1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n), ICC(3,1) = (MSR - MSE) / (MSR + (k - 1) MSE).
 */
import { fQuantile } from "../distribution/quantile.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { type Metric, type Prepared, ready, undefinedBecause } from "../metric/metric.ts";
import { type MeanSquares, meanSquares } from "./mean-squares.ts";
import { expectRegression, type RegressionSample } from "./regression-sample.ts";

/** Ratings row-major [n, k]: n patients, each rated once by all of k raters. */
export interface Ratings {
  readonly n: number;
  readonly k: number;
  readonly values: Float64Array;
}

export type IccKind = "agreement" | "consistency";

const TITLES: Readonly<Record<IccKind, string>> = {
  agreement: "ICC(2,1), absolute agreement of single ratings",
  consistency: "ICC(3,1), consistency of single ratings",
};
const ALIKE = "every rating is the same";
const NOTHING_BETWEEN = "neither patients nor raters differ in their means, so there is no variance to share";
const ONLY_OFFSET = "no interval: the raters do not differ beyond an offset, so F has nothing to divide by";
const NO_PATIENTS = "no interval: all patients have the same mean rating, so F is 0";
const NO_FREEDOM = "no interval: the F approximation breaks down for these mean squares; take the bootstrap";

export const iccAgreementMetric: Metric<RegressionSample> = {
  name: "iccAgreement",
  title: `${TITLES.agreement} of prediction and label`,
  perfect: 1,
  // Raters who contradict each other without an offset push it below -1: to -n / (n - 2) and, with two patients, without end.
  range: [Number.NEGATIVE_INFINITY, 1],
  prepare: (sample) => prepareIcc(sample, "agreement"),
};

export const iccConsistencyMetric: Metric<RegressionSample> = {
  name: "iccConsistency",
  title: `${TITLES.consistency} of prediction and label`,
  perfect: 1,
  range: [-1, 1],
  prepare: (sample) => prepareIcc(sample, "consistency"),
};

/**
 * ICC(2,1) (`agreement`) or ICC(3,1) (`consistency`) with its 95 % interval from F. Undefined with fewer than two
 * patients or raters, and where all ratings are alike. The interval takes normal errors. @throws RangeError for ratings that do not fill [n, k]
 */
export function icc(ratings: Ratings, kind: IccKind): Estimate {
  const method = `${TITLES[kind]}; 95 % interval from F`;
  const { n, k, values } = ratings;
  const squares = meanSquares(values, k, new Float64Array(n).fill(1));
  if (n < 2 || k < 2 || squares === null)
    return undefinedEstimate(n, method, `an ICC needs two patients and two raters, received ${n} and ${k}`);
  const value = iccOf(squares, kind);
  if (value === null) return undefinedEstimate(n, method, isAlike(values) ? ALIKE : NOTHING_BETWEEN);
  const without = (reason: string): Estimate => ({ value, low: null, high: null, n, method, reason });
  if (squares.error === 0 && (kind === "consistency" || squares.raters === 0)) return without(ONLY_OFFSET);
  if (squares.patients === 0) return without(NO_PATIENTS);
  const ends = kind === "agreement" ? agreementInterval(squares, value) : consistencyInterval(squares);
  return ends === null ? without(NO_FREEDOM) : { value, low: ends[0], high: ends[1], n, method };
}

/** Prediction and label as two raters of the same patients. */
export function asRatings(sample: RegressionSample): Ratings {
  expectRegression(sample);
  const values = new Float64Array(2 * sample.n);
  for (let i = 0; i < sample.n; i++) {
    values[2 * i] = sample.labels[i] as number;
    values[2 * i + 1] = sample.predictions[i] as number;
  }
  return { n: sample.n, k: 2, values };
}

function prepareIcc(sample: RegressionSample, kind: IccKind): Prepared {
  const { n, k, values } = asRatings(sample);
  if (n === 0) return undefinedBecause("no labelled patient");
  if (n === 1) return undefinedBecause("an ICC needs two patients");
  if (isAlike(values)) return undefinedBecause(ALIKE);
  const everybody = meanSquares(values, k, new Float64Array(n).fill(1));
  if (everybody === null || iccOf(everybody, kind) === null) return undefinedBecause(NOTHING_BETWEEN);
  return ready((weights) => {
    const squares = meanSquares(values, k, weights);
    return squares === null ? null : iccOf(squares, kind);
  });
}

function isAlike(values: Float64Array): boolean {
  return values.every((v) => v === values[0]);
}

function iccOf({ n, k, patients, raters, error }: MeanSquares, kind: IccKind): number | null {
  const offset = kind === "agreement" ? (k * (raters - error)) / n : 0;
  const whole = patients + (k - 1) * error + offset;
  return whole > 0 ? (patients - error) / whole : null;
}

function consistencyInterval({ n, k, patients, error }: MeanSquares): [number, number] {
  const f = patients / error;
  const rest = (n - 1) * (k - 1);
  const low = f / fQuantile(0.975, n - 1, rest);
  const high = f * fQuantile(0.975, rest, n - 1);
  return [(low - 1) / (low + k - 1), (high - 1) / (high + k - 1)];
}

/**
 * Satterthwaite's degrees of freedom for the mixture of rater and error variance (McGraw and Wong 1996). Where both parts of the
 * mixture are positive there is at least one degree; null for less, and where the ends miss the value.
 */
function agreementInterval({ n, k, patients, raters, error }: MeanSquares, value: number): [number, number] | null {
  const a = (k * value) / (n * (1 - value));
  const b = 1 + (k * value * (n - 1)) / (n * (1 - value));
  const df = (a * raters + b * error) ** 2 / ((a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)));
  if (!(df >= 1 - 1e-9 && Number.isFinite(df))) return null;
  const down = fQuantile(0.975, n - 1, df);
  const up = fQuantile(0.975, df, n - 1);
  const noise = k * raters + (k * n - k - n) * error;
  const low = (n * (patients - down * error)) / (down * noise + n * patients);
  const high = (n * (up * patients - error)) / (noise + n * up * patients);
  return low <= value && value <= high ? [low, high] : null;
}

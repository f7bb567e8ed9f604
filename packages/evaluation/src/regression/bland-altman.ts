/**
 * Limits of agreement (Bland and Altman 1986, 1999): the differences prediction minus label, their mean (bias) and
 * bias +- 1.96 sd, between which 95 % of the differences are expected if they are normal. Intervals: bias with t and sd / sqrt n; limits
 * with t and sd sqrt(1/n + 1.96^2 / (2 (n - 1))) (1999 paper); sd from chi-squared. Proportional bias:
 * the slope of difference on mean of the two; away from 0 the bias grows with the value. One pair for each patient.
 */

import { studentQuantile } from "../distribution/quantile.ts";
import { chiSquaredTail } from "../distribution/tail.ts";
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { errors } from "./error.ts";
import { momentsOf } from "./moments.ts";
import { expectRegression, type RegressionSample } from "./regression-sample.ts";

/** One patient of the plot: mean of prediction and label, and prediction minus label. */
export interface BlandAltmanPoint {
  readonly mean: number;
  readonly difference: number;
}

/** All in the unit of the label but the slope, which has none. */
export interface BlandAltman {
  readonly bias: Estimate;
  readonly sd: Estimate;
  /** Lower and upper limit of agreement. */
  readonly low: Estimate;
  readonly high: Estimate;
  readonly proportionalBias: Estimate;
  /** In the order of the sample, [n]. */
  readonly points: readonly BlandAltmanPoint[];
}

const METHOD = {
  bias: "mean of prediction minus label; 95 % interval from t",
  sd: "standard deviation of prediction minus label; 95 % interval from chi-squared",
  limit: "limit of agreement, bias and 1.96 sd; 95 % interval of Bland and Altman 1999",
  slope: "slope of difference on mean; 95 % interval from t",
} as const;

const NO_SPREAD = "no interval: every difference is the same, which says nothing about the next patient";
const ON_A_LINE = "no interval: the differences lie on a line, which says nothing about the next patient";

/** Agreement of prediction and label. With one patient the bias stands without an interval and the rest is undefined. */
export function blandAltman(sample: RegressionSample): BlandAltman {
  expectRegression(sample);
  const { n, labels } = sample;
  const differences = errors(sample);
  const means = labels.map((y, i) => y + (differences[i] as number) / 2);
  const points = Array.from(means, (mean, i) => ({ mean, difference: differences[i] as number }));
  const moments = momentsOf(means, settled(differences, sample), new Float64Array(n).fill(1));
  if (moments === null || n < 2) {
    const reason = n === 0 ? "no labelled patient" : "one patient does not vary";
    const none = (method: string): Estimate => undefinedEstimate(n, method, reason);
    const bias = moments === null ? none(METHOD.bias) : { ...none(METHOD.bias), value: moments.meanY };
    return {
      bias,
      sd: none(METHOD.sd),
      low: none(METHOD.limit),
      high: none(METHOD.limit),
      proportionalBias: none(METHOD.slope),
      points,
    };
  }
  const sd = Math.sqrt(moments.yy / (n - 1));
  const t = studentQuantile(0.975, n - 1);
  const around = (value: number, error: number, method: string): Estimate =>
    error > 0
      ? { value, low: value - t * error, high: value + t * error, n, method }
      : { ...undefinedEstimate(n, method, NO_SPREAD), value };
  const limitError = sd * Math.sqrt(1 / n + Z95 ** 2 / (2 * (n - 1)));
  return {
    bias: around(moments.meanY, sd / Math.sqrt(n), METHOD.bias),
    sd: sdEstimate(sd, n),
    low: around(moments.meanY - Z95 * sd, limitError, METHOD.limit),
    high: around(moments.meanY + Z95 * sd, limitError, METHOD.limit),
    proportionalBias: slopeEstimate(moments, n),
    points,
  };
}

/** The differences; where they vary by no more than the rounding of a subtraction, all the first of them. */
function settled(differences: Float64Array, { labels, predictions }: RegressionSample): Float64Array {
  const first = differences[0] ?? 0;
  const isRounding = (d: number, i: number): boolean => {
    const size = Math.max(Math.abs(labels[i] as number), Math.abs(predictions[i] as number), Math.abs(first));
    return Math.abs(d - first) <= 4 * Number.EPSILON * size;
  };
  return differences.every(isRounding) ? differences.map(() => first) : differences;
}

function sdEstimate(sd: number, n: number): Estimate {
  if (sd === 0) return { ...undefinedEstimate(n, METHOD.sd, NO_SPREAD), value: 0 };
  const squares = (n - 1) * sd * sd;
  const low = Math.sqrt(squares / chiSquaredPoint(0.025, n - 1));
  const high = Math.sqrt(squares / chiSquaredPoint(0.975, n - 1));
  return { value: sd, low, high, n, method: METHOD.sd };
}

function slopeEstimate({ xx, yy, xy }: { xx: number; yy: number; xy: number }, n: number): Estimate {
  if (xx === 0) return undefinedEstimate(n, METHOD.slope, "every patient has the same mean");
  const value = xy / xx;
  if (n < 3) {
    const reason = "no interval: a line through two patients leaves nothing to judge it by";
    return { ...undefinedEstimate(n, METHOD.slope, reason), value };
  }
  if (yy === 0) return { ...undefinedEstimate(n, METHOD.slope, NO_SPREAD), value };
  const rest = yy - value * xy;
  if (rest <= 1e-14 * yy) return { ...undefinedEstimate(n, METHOD.slope, ON_A_LINE), value };
  const error = Math.sqrt(rest / (n - 2) / xx);
  const half = studentQuantile(0.975, n - 2) * error;
  return { value, low: value - half, high: value + half, n, method: METHOD.slope };
}

/** x with P(X > x) = tail for chi-squared, by bisection to the last digit. */
function chiSquaredPoint(tail: number, df: number): number {
  let low = 0;
  let high = df + 1;
  while (chiSquaredTail(high, df) > tail) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (chiSquaredTail(middle, df) > tail) low = middle;
    else high = middle;
  }
}

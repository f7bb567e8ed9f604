/**
 * Error against coverage (El-Yaniv and Wiener 2010): the model answers for the patients it is surest of and leaves the rest to a person.
 * Sureness is the probability of the called class. The area is the mean error over all coverages 1/n, 2/n, ... 1 (Geifman and
 * El-Yaniv 2019); patients who are equally sure are taken in random order, in expectation, so that ties and row order do
 * not move it.
 */
import type { Estimate } from "../estimate.ts";
import { bootstrap } from "../interval/bootstrap.ts";
import { wilson } from "../interval/wilson.ts";
import { correct } from "../metric/accuracy.ts";
import { type Metric, ready, undefinedBecause, type Weighted } from "../metric/metric.ts";
import { ascending, endOfTie } from "../metric/rank.ts";
import { predictedClass, type Sample } from "../sample.ts";

/** The patients at least as sure as `sureness`. */
export interface RiskCoveragePoint {
  readonly sureness: number;
  readonly coverage: number;
  /** Share of wrong calls among the covered, with its Wilson interval. */
  readonly error: number;
  readonly errorLow: number;
  readonly errorHigh: number;
  readonly n: number;
  readonly errors: number;
}

export interface RiskCoverage {
  /** One point for each distinct sureness, from the surest to all patients. */
  readonly points: readonly RiskCoveragePoint[];
  /** Mean error over coverages; lower is better. */
  readonly area: Estimate;
  /** The area if every wrong call were less sure than every right one; null without patients. */
  readonly bestArea: number | null;
  /** The area if sureness said nothing: the error of all patients; null without patients. */
  readonly chanceArea: number | null;
}

export interface RiskCoverageOptions {
  /** Bootstrap replicates for the interval of the area; 0 for none. Default 1000. */
  readonly replicates?: number;
  readonly seed?: number;
}

export const riskCoverageAreaMetric: Metric = {
  name: "riskCoverageArea",
  title: "area under the error-coverage curve",
  perfect: 0,
  range: [0, 1],
  prepare(sample: Sample) {
    return sample.n === 0 ? undefinedBecause("no labelled patient") : ready(weightedArea(sample));
  },
};

/** The curve, its area and what the area is to be read against. Any number of classes. */
export function riskCoverage(sample: Sample, { replicates = 1000, seed = 0 }: RiskCoverageOptions = {}): RiskCoverage {
  const points = pointsOf(sample);
  const errors = points.at(-1)?.errors ?? 0;
  return {
    points,
    area: bootstrap(sample, [riskCoverageAreaMetric], { replicates, seed })[0] as Estimate,
    bestArea: sample.n === 0 ? null : bestArea(sample.n, errors),
    chanceArea: sample.n === 0 ? null : errors / sample.n,
  };
}

/** Probability of the called class for every patient, [n], to twelve digits: 1 - 0.18 and 0.82 are equally sure. */
function sureness(sample: Sample): Float64Array {
  const { k, probabilities } = sample;
  const called = (i: number): number => probabilities[i * k + predictedClass(sample, i)] as number;
  return Float64Array.from(sample.labels, (_, i) => Math.round(called(i) * 1e12) / 1e12);
}

function pointsOf(sample: Sample): RiskCoveragePoint[] {
  const sure = sureness(sample);
  const order = ascending(sure).reverse();
  const right = correct(sample);
  const points: RiskCoveragePoint[] = [];
  let errors = 0;
  for (let start = 0; start < order.length; ) {
    const end = endOfTie(order, sure, start);
    for (let i = start; i < end; i++) errors += 1 - (right[order[i] as number] as number);
    const [errorLow, errorHigh] = wilson(errors, end);
    points.push({
      sureness: sure[order[start] as number] as number,
      coverage: end / sample.n,
      error: errors / end,
      errorLow,
      errorHigh,
      n: end,
      errors,
    });
    start = end;
  }
  return points;
}

/**
 * With n0 patients and e0 errors before a tie of m patients with e errors, the expected error at the j-th of them is
 * (e0 + j e / m) / (n0 + j); summed over j that is e + (e0 - n0 e / m) (H(n0 + m) - H(n0)) with the harmonic numbers H. Weights are
 * counts, so their sums are integers.
 */
function weightedArea(sample: Sample): Weighted {
  const sure = sureness(sample);
  const order = ascending(sure).reverse();
  const wrong = correct(sample).map((right) => 1 - right);
  const ends: number[] = [];
  for (let start = 0; start < order.length; start = ends.at(-1) as number) ends.push(endOfTie(order, sure, start));
  const harmonic = [0];
  return (weights) => {
    let area = 0;
    let covered = 0;
    let errors = 0;
    let i = 0;
    for (const end of ends) {
      let tied = 0;
      let tiedErrors = 0;
      for (; i < end; i++) {
        const row = order[i] as number;
        tied += weights[row] as number;
        if (wrong[row] === 1) tiedErrors += weights[row] as number;
      }
      if (tied === 0) continue;
      const rise = harmonicTo(harmonic, covered + tied) - harmonicTo(harmonic, covered);
      area += tiedErrors + (errors - (covered * tiedErrors) / tied) * rise;
      covered += tied;
      errors += tiedErrors;
    }
    return covered > 0 ? area / covered : null;
  };
}

function harmonicTo(known: number[], n: number): number {
  for (let i = known.length; i <= n; i++) known.push((known[i - 1] as number) + 1 / i);
  return known[n] as number;
}

function bestArea(n: number, errors: number): number {
  let sum = 0;
  for (let j = n - errors + 1; j <= n; j++) sum += (j - (n - errors)) / j;
  return sum / n;
}

/**
 * Intervals by resampling patients (Efron and Tibshirani 1993), percentile method or BCa (`bca.ts`). Where patients have a class
 * the draw is stratified: every replicate has as many patients of each class as the sample, so a metric is never undefined
 * for want of a class. The prevalence is thereby taken as given. A replicate is a vector of counts, so nothing is sorted or copied in the loop, and all
 * metrics are judged on the same replicates.
 */
import { randomStream } from "@nacre/core";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { type Metric, patientsBehind, type Sized, type Weighted } from "../metric/metric.ts";
import { stamp } from "../metric/remembered.ts";
import type { Sample } from "../sample.ts";
import { bcaLevels } from "./bca.ts";
import { closedForm, closedFormOfShare, noOrder } from "./closed-form.ts";

export interface BootstrapOptions {
  /** Replicates; 0 gives values without intervals. */
  readonly replicates: number;
  readonly seed: number;
  /** Stratum of each patient, kept in its size by every replicate; null for none. Default: the class of a classified sample. */
  readonly strata?: ArrayLike<number> | null;
  /** `bca` corrects for bias and skew (Efron 1987), at the cost of one more evaluation for each patient. Default `percentile`. */
  readonly interval?: "percentile" | "bca";
}

/** More undefined replicates than this share, and no interval is given. */
const MAX_UNDEFINED = 0.1;

/** One estimate for each metric, in their order. Deterministic in the seed. */
export function bootstrap<S extends Sized>(
  sample: S,
  metrics: readonly Metric<S>[],
  options: BootstrapOptions,
): Estimate[] {
  const once = new Float64Array(sample.n).fill(1);
  const prepared = metrics.map((m) => m.prepare(sample));
  const values = prepared.map((p) => (p.kind === "ready" ? p.at(once) : null));
  const active = prepared.flatMap((p, i) =>
    p.kind === "ready" && values[i] !== null && metrics[i]?.withoutInterval === undefined ? [{ i, at: p.at }] : [],
  );
  const strata = options.strata === undefined ? classesOf(sample) : options.strata;
  const draws = replicate(
    sample.n,
    active.map((a) => a.at),
    { ...options, strata },
  );
  return metrics.map((metric, i) => {
    const p = prepared[i] as (typeof prepared)[number];
    const value = values[i] as number | null;
    const n = patientsBehind(metric, sample);
    if (p.kind === "undefined") return undefinedEstimate(n, metric.title, p.reason);
    if (value === null) return undefinedEstimate(n, metric.title, "undefined for this sample");
    if (metric.withoutInterval !== undefined) {
      return { value, low: null, high: null, n, method: metric.title, reason: metric.withoutInterval };
    }
    const replicates = draws[active.findIndex((a) => a.i === i)] ?? [];
    return summarise(
      { name: metric.name, title: metric.title, isShare: metric.shareOf !== undefined, n, sample, at: p.at },
      { value, replicates },
      { ...options, strata },
    );
  });
}

function classesOf(sample: Sized): Int32Array | null {
  return isClassified(sample) ? sample.labels : null;
}

function isClassified(sample: Sized): sample is Sample {
  return "classes" in sample && "labels" in sample && sample.labels instanceof Int32Array;
}

/** Values of each statistic of n patients over the replicates; undefined ones are NaN. [statistics][replicates] */
export function replicate(
  n: number,
  statistics: readonly Weighted[],
  { replicates, seed, strata = null }: BootstrapOptions,
): Float64Array[] {
  const out = statistics.map(() => new Float64Array(replicates));
  if (statistics.length === 0) return out;
  const groups = stratumRows(n, strata);
  const random = randomStream(seed, "bootstrap");
  const weights = new Float64Array(n);
  for (let r = 0; r < replicates; r++) {
    weights.fill(0);
    for (const rows of groups) drawInto(weights, rows, random.bits);
    stamp(weights);
    statistics.forEach((at, s) => {
      (out[s] as Float64Array)[r] = at(weights) ?? Number.NaN;
    });
  }
  return out;
}

function drawInto(weights: Float64Array, rows: Uint32Array, bits: () => number): void {
  const n = rows.length;
  const scale = n / 4294967296;
  for (let i = 0; i < n; i++) {
    // Scaling 32 bits favours some rows by at most n / 2^32, far below what a replicate can show.
    const row = rows[(bits() * scale) >>> 0] as number;
    weights[row] = (weights[row] as number) + 1;
  }
}

/** The patients of each stratum, in the order of the strata. */
function stratumRows(n: number, strata: ArrayLike<number> | null): Uint32Array[] {
  const rows = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const stratum = strata === null ? 0 : (strata[i] as number);
    const members = rows.get(stratum);
    if (members === undefined) rows.set(stratum, [i]);
    else members.push(i);
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, members]) => Uint32Array.from(members));
}

interface Asked {
  readonly name: string;
  readonly title: string;
  readonly isShare: boolean;
  /** Patients behind the metric, of all in the sample. */
  readonly n: number;
  readonly sample: Sized;
  readonly at: Weighted;
}

function summarise(
  { name, title, isShare, n, sample, at }: Asked,
  { value, replicates }: { readonly value: number; readonly replicates: ArrayLike<number> },
  options: BootstrapOptions,
): Estimate {
  const made = options.replicates;
  if (made === 0) return { value, low: null, high: null, n, method: title, reason: "no bootstrap was asked for" };
  const defined = Float64Array.from(replicates)
    .filter((v) => !Number.isNaN(v))
    .sort();
  const kind = options.interval === "bca" ? "BCa" : "percentile";
  const how = options.strata == null ? "" : isClassified(sample) ? ", stratified by label" : ", stratified";
  const method = `${title}; 95 % ${kind} bootstrap over patients${how}, ${made} replicates`;
  const none = (reason: string): Estimate => ({ value, low: null, high: null, n, method, reason });
  if (defined.length < made * (1 - MAX_UNDEFINED)) {
    return none(`no interval: ${made - defined.length} of ${made} replicates are undefined`);
  }
  if (isFlat(defined)) {
    const unordered = isClassified(sample) ? noOrder(name, sample) : null;
    if (unordered !== null) return none(`no interval: ${unordered}`);
    const known = isShare ? closedFormOfShare(value, n) : isClassified(sample) ? closedForm(name, sample, value) : null;
    if (known !== null) return { value, n, ...known, method: `${title}; ${known.method}` };
    return none("no interval: every replicate gives the same value, so resampling cannot say how sure it is");
  }
  const levels = options.interval === "bca" ? bcaLevels(defined, value, at, sample.n) : PERCENTILES;
  if (levels === null) return none("no interval: the value lies outside all replicates, so BCa cannot be made");
  const skipped = made - defined.length;
  return {
    value,
    low: quantile(defined, levels[0]),
    high: quantile(defined, levels[1]),
    n,
    method: skipped === 0 ? method : `${method} (${skipped} undefined and left out)`,
  };
}

/** Rounding of a sum over patients, relative to the sum. */
const ROUNDING = 1e-12;

/** Whether replicates in ascending order differ by no more than rounding does: then they say nothing about chance. */
export function isFlat(sorted: Float64Array): boolean {
  const first = sorted[0] ?? 0;
  const last = sorted.at(-1) ?? 0;
  return last - first <= ROUNDING * Math.max(Math.abs(first), Math.abs(last));
}

const PERCENTILES = [0.025, 0.975] as const;

/** Quantile of ascending values with linear interpolation (R's type 7). NaN for none. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const a = sorted[below] ?? Number.NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return a + (b - a) * (at - below);
}

/**
 * Intervals by resampling patients (Efron and Tibshirani 1993), percentile method, stratified by label: every replicate
 * has as many patients of each class as the sample, so a metric is never undefined for want of a class. The prevalence is
 * thereby taken as given. A replicate is a vector of counts, so nothing is sorted or copied in the loop, and all
 * metrics are judged on the same replicates.
 */
import { randomStream } from "@nacre/core";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import type { Metric, Weighted } from "../metric/metric.ts";
import type { Sample } from "../sample.ts";
import { closedForm } from "./closed-form.ts";

export interface BootstrapOptions {
  /** Replicates; 0 gives values without intervals. */
  readonly replicates: number;
  readonly seed: number;
}

/** More undefined replicates than this share, and no interval is given. */
const MAX_UNDEFINED = 0.1;

/** One estimate for each metric, in their order. Deterministic in the seed. */
export function bootstrap(sample: Sample, metrics: readonly Metric[], options: BootstrapOptions): Estimate[] {
  const once = new Float64Array(sample.n).fill(1);
  const prepared = metrics.map((m) => m.prepare(sample));
  const values = prepared.map((p) => (p.kind === "ready" ? p.at(once) : null));
  const active = prepared.flatMap((p, i) => (p.kind === "ready" && values[i] !== null ? [{ i, at: p.at }] : []));
  const draws = replicate(
    sample,
    active.map((a) => a.at),
    options,
  );
  return metrics.map((metric, i) => {
    const p = prepared[i];
    const value = values[i] as number | null;
    if (p?.kind === "undefined") return undefinedEstimate(sample.n, metric.title, p.reason);
    if (value === null) return undefinedEstimate(sample.n, metric.title, "undefined for this sample");
    return summarise(metric, sample, value, draws[active.findIndex((a) => a.i === i)] ?? [], options);
  });
}

/** Values of each statistic over the replicates; undefined ones are NaN. [statistics][replicates] */
function replicate(
  sample: Sample,
  statistics: readonly Weighted[],
  { replicates, seed }: BootstrapOptions,
): Float64Array[] {
  const out = statistics.map(() => new Float64Array(replicates));
  if (statistics.length === 0) return out;
  const strata = Array.from({ length: sample.k }, (_, c) => rowsOf(sample, c)).filter((s) => s.length > 0);
  const random = randomStream(seed, "bootstrap");
  const weights = new Float64Array(sample.n);
  for (let r = 0; r < replicates; r++) {
    weights.fill(0);
    for (const rows of strata) drawInto(weights, rows, random.bits);
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

function rowsOf(sample: Sample, c: number): Uint32Array {
  const rows: number[] = [];
  sample.labels.forEach((label, i) => {
    if (label === c) rows.push(i);
  });
  return Uint32Array.from(rows);
}

function summarise(
  metric: Metric,
  sample: Sample,
  value: number,
  replicates: ArrayLike<number>,
  options: BootstrapOptions,
): Estimate {
  const n = sample.n;
  const made = options.replicates;
  if (made === 0)
    return { value, low: null, high: null, n, method: metric.title, reason: "no bootstrap was asked for" };
  const defined = Float64Array.from(replicates)
    .filter((v) => !Number.isNaN(v))
    .sort();
  const method = `${metric.title}; 95 % percentile bootstrap over patients, stratified by label, ${made} replicates`;
  if (defined.length < made * (1 - MAX_UNDEFINED)) {
    const reason = `no interval: ${made - defined.length} of ${made} replicates are undefined`;
    return { value, low: null, high: null, n, method, reason };
  }
  if (defined[0] === defined.at(-1)) {
    const known = closedForm(metric.name, sample, value);
    if (known !== null) return { value, n, ...known, method: `${metric.title}; ${known.method}` };
    const reason = "no interval: every replicate gives the same value, so resampling cannot say how sure it is";
    return { value, low: null, high: null, n, method, reason };
  }
  const skipped = made - defined.length;
  return {
    value,
    low: quantile(defined, 0.025),
    high: quantile(defined, 0.975),
    n,
    method: skipped === 0 ? method : `${method} (${skipped} undefined and left out)`,
  };
}

/** Quantile of ascending values with linear interpolation (R's type 7). NaN for none. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const a = sorted[below] ?? Number.NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return a + (b - a) * (at - below);
}

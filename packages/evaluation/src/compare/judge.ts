/**
 * Several predictions of the same patients, judged on the same bootstrap replicates: each is prepared and evaluated once,
 * and every pair is compared from those values.
 */
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { type BootstrapOptions, bootstrap, isFlat, quantile, replicate } from "../interval/bootstrap.ts";
import { type Metric, patientsBehind, type Sized } from "../metric/metric.ts";
import { MAX_UNDEFINED } from "./difference.ts";
import { defaultStrata, isClassified } from "./same-patients.ts";

/** Patients are drawn with replacement; percentile method. */
export type CompareOptions = Pick<BootstrapOptions, "replicates" | "seed" | "strata">;

/** One prediction under a metric. */
export interface Judged {
  readonly estimate: Estimate;
  /** All patients compared, of whom a share may be counted over fewer. */
  readonly patients: number;
  /** The metric in each replicate, NaN where undefined; null where the value itself is. */
  readonly replicates: Float64Array | null;
}

/** One answer for each sample, in their order. The samples hold the same patients in the same order. */
export function judge<S extends Sized>(samples: readonly S[], metric: Metric<S>, options: CompareOptions): Judged[] {
  const [first] = samples;
  if (first === undefined) return [];
  const strata = options.strata === undefined ? defaultStrata(first) : options.strata;
  const once = new Float64Array(first.n).fill(1);
  const prepared = samples.map((s) => metric.prepare(s));
  const values = prepared.map((p) => (p.kind === "ready" ? p.at(once) : null));
  const active = prepared.flatMap((p, i) => (p.kind === "ready" && values[i] !== null ? [{ i, at: p.at }] : []));
  const draws = replicate(
    first.n,
    active.map((a) => a.at),
    { ...options, strata },
  );
  const drawsOf = new Map(active.map((a, s) => [a.i, draws[s] as Float64Array]));
  return samples.map((sample, i) => {
    const p = prepared[i] as (typeof prepared)[number];
    const value = values[i] as number | null;
    const replicates = drawsOf.get(i);
    if (value === null || replicates === undefined) {
      const reason = p.kind === "undefined" ? p.reason : "undefined for this sample";
      return {
        estimate: undefinedEstimate(patientsBehind(metric, sample), metric.title, reason),
        patients: sample.n,
        replicates: null,
      };
    }
    return {
      estimate: summarised(sample, metric, value, replicates, { ...options, strata, isShared: samples.length > 1 }),
      patients: sample.n,
      replicates,
    };
  });
}

function summarised<S extends Sized>(
  sample: S,
  metric: Metric<S>,
  value: number,
  replicates: Float64Array,
  { isShared, ...options }: CompareOptions & { readonly isShared: boolean },
): Estimate {
  const sorted = replicates.filter((v) => !Number.isNaN(v)).sort();
  const isPlain =
    metric.withoutInterval === undefined &&
    sorted.length > replicates.length * (1 - MAX_UNDEFINED) &&
    sorted.length > 1 &&
    !isFlat(sorted);
  // The bootstrap knows closed forms and reasons for the rare case that the replicates cannot give an interval.
  if (!isPlain) return bootstrap(sample, [metric], options)[0] as Estimate;
  const made = replicates.length;
  const strata = options.strata == null ? "" : isClassified(sample) ? ", stratified by label" : ", stratified";
  const skipped = sorted.length === made ? "" : ` (${made - sorted.length} undefined and left out)`;
  const how = isShared ? `, ${made} replicates shared by all compared` : `${strata}, ${made} replicates${skipped}`;
  return {
    value,
    low: quantile(sorted, 0.025),
    high: quantile(sorted, 0.975),
    n: patientsBehind(metric, sample),
    method: `${metric.title}; 95 % percentile bootstrap over patients${how}`,
  };
}

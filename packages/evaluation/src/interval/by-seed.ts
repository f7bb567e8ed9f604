/**
 * How far runs of one model with other seeds lie apart, for tables that hold several of them in a column `seed`. This is the noise of
 * the optimiser on these patients; the interval of the scorecard is the chance of having met these patients. Neither holds the
 * other, and they are not added: beside each other they say whether another seed or another cohort would change the number more.
 */
import type { ClassifyTask } from "@nacre/core";
import { spreadOf } from "../board/spread.ts";
import { studentQuantile } from "../distribution/quantile.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import type { Placed } from "../kind/gather.ts";
import { aurocMetric } from "../metric/auroc.ts";
import { type Metric, measure, type Sized } from "../metric/metric.ts";
import { type PredictionRow, sampleOf, toPatients } from "../prediction.ts";

/** Name of the column that tells runs of the same patients apart. */
export const SEED_COLUMN = "seed";

export interface SeedSpread {
  readonly part: "internal" | "external";
  /** Name of the measure, the headline of its kind. */
  readonly measure: string;
  /** Each run alone, in the order of the table. */
  readonly runs: readonly { readonly seed: string; readonly n: number; readonly value: number | null }[];
  /** Mean of a run with its t interval over seeds; here `n` counts seeds, not patients. */
  readonly mean: Estimate;
  /** Standard deviation between seeds, and the lowest and highest run; null for fewer than two with a value. */
  readonly spread: { readonly sd: number; readonly low: number; readonly high: number } | null;
}

/** One entry for each part that has rows, by AUROC; null where the rows have no column `seed`. */
export function spreadBySeed(rows: readonly PredictionRow[], task: ClassifyTask): SeedSpread[] | null {
  return spreadOver(rows, aurocMetric, (own) => {
    const patients = toPatients(own, task);
    return patients.ok ? sampleOf(patients.value, task) : null;
  });
}

/** What the rows of one run are as a sample; null where they are none. */
export type SampleOf<Row, S> = (rows: readonly Row[]) => S | null;

/** The same by any measure of any kind of answer. */
export function spreadOver<Row extends Placed, S extends Sized>(
  rows: readonly Row[],
  metric: Metric<S>,
  sampleIn: SampleOf<Row, S>,
): SeedSpread[] | null {
  if (!rows.some((r) => seedOf(r) !== "")) return null;
  const parts = [
    ["internal", "test"],
    ["external", "external"],
  ] as const;
  return parts.flatMap(([part, role]) => {
    const own = rows.filter((r) => r.part === role);
    return own.length === 0 ? [] : [{ part, measure: metric.name, ...spreadOfPart(own, metric, sampleIn) }];
  });
}

function seedOf(row: Placed): string {
  return row.columns?.[SEED_COLUMN]?.trim() ?? "";
}

function spreadOfPart<Row extends Placed, S extends Sized>(
  rows: readonly Row[],
  metric: Metric<S>,
  sampleIn: SampleOf<Row, S>,
): Omit<SeedSpread, "part" | "measure"> {
  const bySeed = new Map<string, Row[]>();
  for (const row of rows) {
    const own = bySeed.get(seedOf(row));
    if (own === undefined) bySeed.set(seedOf(row), [row]);
    else own.push(row);
  }
  const runs = [...bySeed].map(([seed, own]) => {
    const sample = sampleIn(own);
    return { seed, n: sample?.n ?? 0, value: sample === null ? null : measure(metric, sample) };
  });
  const between = spreadOf(runs.map(({ seed, n, value }) => ({ name: seed, n, value })));
  const spread = between === null ? null : { sd: between.sd, low: between.low, high: between.high };
  return { runs, mean: meanOf(runs, spread?.sd ?? null, metric.range), spread };
}

function meanOf(runs: SeedSpread["runs"], sd: number | null, [least, most]: Metric["range"]): Estimate {
  const known = runs.map((r) => r.value).filter((v) => v !== null);
  const n = known.length;
  const method = "mean of a run; 95 % t interval over seeds: noise of the optimiser on the same patients";
  if (n === 0) return undefinedEstimate(0, method, "no run has a value");
  const value = known.reduce((a, b) => a + b, 0) / n;
  if (sd === null) return { value, low: null, high: null, n, method, reason: "one seed has no spread" };
  const half = studentQuantile(0.975, n - 1) * (sd / Math.sqrt(n));
  return { value, low: Math.max(least, value - half), high: Math.min(most, value + half), n, method };
}

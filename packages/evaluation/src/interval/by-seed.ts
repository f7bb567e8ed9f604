/**
 * How far runs of one model with other seeds lie apart, for tables that hold several of them in a column `seed`. This is the noise of
 * the optimiser on these patients; the interval of the scorecard is the chance of having met these patients. Neither holds the
 * other, and they are not added: beside each other they say whether another seed or another cohort would change the number more.
 */
import type { ClassifyTask } from "@nacre/core";
import { spreadOf } from "../board/spread.ts";
import { studentQuantile } from "../distribution/quantile.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { aurocMetric } from "../metric/auroc.ts";
import { measure } from "../metric/metric.ts";
import { type PredictionRow, sampleOf, toPatients } from "../prediction.ts";

/** Name of the column that tells runs of the same patients apart. */
export const SEED_COLUMN = "seed";

export interface SeedSpread {
  readonly part: "internal" | "external";
  /** AUROC of each run alone, in the order of the table. */
  readonly runs: readonly { readonly seed: string; readonly n: number; readonly auroc: number | null }[];
  /** Mean AUROC of a run with its t interval over seeds; here `n` counts seeds, not patients. */
  readonly mean: Estimate;
  /** Standard deviation between seeds, and the lowest and highest run; null for fewer than two with a value. */
  readonly spread: { readonly sd: number; readonly low: number; readonly high: number } | null;
}

/** One entry for each part that has rows; null where the rows have no column `seed`. */
export function spreadBySeed(rows: readonly PredictionRow[], task: ClassifyTask): SeedSpread[] | null {
  if (!rows.some((r) => seedOf(r) !== "")) return null;
  const parts = [
    ["internal", "test"],
    ["external", "external"],
  ] as const;
  return parts.flatMap(([part, role]) => {
    const own = rows.filter((r) => r.part === role);
    return own.length === 0 ? [] : [spreadOfPart(part, own, task)];
  });
}

function seedOf(row: PredictionRow): string {
  return row.columns?.[SEED_COLUMN]?.trim() ?? "";
}

function spreadOfPart(part: SeedSpread["part"], rows: readonly PredictionRow[], task: ClassifyTask): SeedSpread {
  const bySeed = new Map<string, PredictionRow[]>();
  for (const row of rows) {
    const own = bySeed.get(seedOf(row));
    if (own === undefined) bySeed.set(seedOf(row), [row]);
    else own.push(row);
  }
  const runs = [...bySeed].map(([seed, own]) => {
    const patients = toPatients(own, task);
    const sample = patients.ok ? sampleOf(patients.value, task) : null;
    return { seed, n: sample?.n ?? 0, auroc: sample === null ? null : measure(aurocMetric, sample) };
  });
  const between = spreadOf(runs.map(({ seed, n, auroc }) => ({ name: seed, n, value: auroc })));
  const spread = between === null ? null : { sd: between.sd, low: between.low, high: between.high };
  return { part, runs, mean: meanOf(runs, spread?.sd ?? null), spread };
}

function meanOf(runs: SeedSpread["runs"], sd: number | null): Estimate {
  const known = runs.map((r) => r.auroc).filter((v) => v !== null);
  const n = known.length;
  const method = "mean AUROC of a run; 95 % t interval over seeds: noise of the optimiser on the same patients";
  if (n === 0) return undefinedEstimate(0, method, "no run has an AUROC");
  const value = known.reduce((a, b) => a + b, 0) / n;
  if (sd === null) return { value, low: null, high: null, n, method, reason: "one seed has no spread" };
  const half = studentQuantile(0.975, n - 1) * (sd / Math.sqrt(n));
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), n, method };
}

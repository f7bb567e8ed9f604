/** Tables of predictions of one task side by side: ranks on the patients that all of them predicted. */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import { commonPatients, sampleOfPatients } from "../board/common-patients.ts";
import { aurocMetric } from "../metric/auroc.ts";
import { brierMetric } from "../metric/brier.ts";
import { type PredictionRow, toPatients } from "../prediction.ts";
import type { CompareOptions } from "./judge.ts";
import { type PairPower, pairPower } from "./pair-power.ts";
import { type RankGroups, rankGroups } from "./rank-groups.ts";

export interface NamedPredictions {
  readonly name: string;
  readonly rows: readonly PredictionRow[];
}

export interface PredictionComparison {
  readonly part: "test" | "external";
  /** Labelled patients in every table, and those of each table. */
  readonly common: number;
  readonly patients: readonly { readonly name: string; readonly n: number }[];
  /** Discrimination, and how far the probabilities were off. */
  readonly auroc: RankGroups;
  readonly brier: RankGroups;
  /** Patients each pair would have needed, every pair once in the order of the tables; two classes only. */
  readonly power: readonly PairPower[];
}

/** One comparison for each part that every table holds. Failures: those of `toPatients`, conflicting-label, refused (fewer than 10 in common), nothing-usable. */
export function comparePredictions(
  tables: readonly NamedPredictions[],
  task: ClassifyTask,
  options: CompareOptions,
): Outcome<PredictionComparison[]> {
  const comparisons: PredictionComparison[] = [];
  for (const part of ["test", "external"] as const) {
    const parts = [];
    for (const { name, rows } of tables) {
      const patients = toPatients(
        rows.filter((r) => r.part === part),
        task,
      );
      if (!patients.ok) return patients;
      parts.push({ entry: name, patients: patients.value.filter((p) => p.label !== null) });
    }
    if (parts.some((p) => p.patients.length === 0)) continue;
    const ids = commonPatients(parts, task);
    if (!ids.ok) return ids;
    const models = parts.map((p) => ({ name: p.entry, sample: sampleOfPatients(p, ids.value, task) }));
    comparisons.push({
      part,
      common: ids.value.length,
      patients: parts.map((p) => ({ name: p.entry, n: p.patients.length })),
      auroc: rankGroups(models, aurocMetric, options),
      brier: rankGroups(models, brierMetric, options),
      power: models.flatMap((a, i) => models.slice(i + 1).flatMap((b) => pairPower(a, b) ?? [])),
    });
  }
  return comparisons.length > 0 ? ok(comparisons) : nothing(tables);
}

function nothing(tables: readonly NamedPredictions[]): Outcome<never> {
  return fail("nothing-usable", {
    expected: "labelled patients of one part in every table",
    received: `none in ${tables.map((t) => t.name).join(", ")} together`,
    remedy: "compare tables of the same part of the same cohort",
  });
}

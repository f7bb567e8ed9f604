/**
 * Models of one task are compared on the patients they share, in one order. Patients that only some predicted are counted and
 * told; labels that differ between tables end the comparison, since nobody can say which table is right.
 */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import { type PatientPrediction, sampleOf } from "../prediction.ts";
import type { Sample } from "../sample.ts";

/** Fewest shared patients on which models with different patients are compared. */
export const FEWEST_COMMON = 10;

/** The labelled patients of one table in one part. */
export interface PartTable {
  readonly entry: string;
  readonly patients: readonly PatientPrediction[];
}

/** Ids of the patients that every table holds with a label, sorted. Failures: conflicting-label, refused (too few in common). */
export function commonPatients(tables: readonly PartTable[], task: ClassifyTask): Outcome<string[]> {
  const labels = new Map<string, { label: number; entry: string; count: number }>();
  for (const { entry, patients } of tables) {
    for (const { patient, label } of patients) {
      if (label === null) continue;
      const known = labels.get(patient);
      if (known === undefined) labels.set(patient, { label, entry, count: 1 });
      else if (known.label !== label) return conflict(patient, task, [known, { label, entry }]);
      else known.count += 1;
    }
  }
  const common = [...labels].filter(([, l]) => l.count === tables.length).map(([patient]) => patient);
  const differ = common.length < labels.size;
  if (differ && common.length < FEWEST_COMMON) return tooFew(tables, common.length);
  return ok(common.sort());
}

/** The table's sample of these patients, in this order. Patients that the table lacks are left out. */
export function sampleOfPatients(table: PartTable, ids: readonly string[], task: ClassifyTask): Sample {
  const by = new Map(table.patients.map((p) => [p.patient, p]));
  return sampleOf(
    ids.flatMap((id) => by.get(id) ?? []),
    task,
  );
}

function conflict(
  patient: string,
  task: ClassifyTask,
  [a, b]: readonly [{ label: number; entry: string }, { label: number; entry: string }],
): Outcome<never> {
  return fail("conflicting-label", {
    expected: "one label for a patient in all tables of a task",
    received: `${task.classes[a.label]} in ${a.entry} and ${task.classes[b.label]} in ${b.entry} for patient ${patient}`,
    remedy: "find out which table is right, or give the tables different tasks",
  });
}

function tooFew(tables: readonly PartTable[], common: number): Outcome<never> {
  const sizes = tables.map((t) => `${t.entry} ${t.patients.filter((p) => p.label !== null).length}`);
  const shown = sizes.length > 4 ? [...sizes.slice(0, 4), "..."] : sizes;
  return fail("refused", {
    expected: `at least ${FEWEST_COMMON} labelled patients in common, since the tables hold different patients`,
    received: `${common} in common (${shown.join(", ")})`,
    remedy: "compare tables of the same cohort; on a board give others a task of their own",
  });
}

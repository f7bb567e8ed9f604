/**
 * Models of one task are compared on the patients they share, in one order. Patients that only some predicted are counted and
 * told; labels that differ between tables end the comparison, since nobody can say which table is right.
 */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import { type PatientPrediction, sampleOf } from "../prediction.ts";
import type { Sample } from "../sample.ts";
import type { BoardPatient } from "./board-kind.ts";

/** Fewest shared patients on which models with different patients are compared. */
export const FEWEST_COMMON = 10;

/** The patients of one table in one part. */
export interface PartTable<P extends BoardPatient = PatientPrediction> {
  readonly entry: string;
  readonly patients: readonly P[];
}

/** Ids of the patients that every table holds with a label, sorted. Failures: conflicting-label, refused (too few in common). */
export function commonPatients(tables: readonly PartTable[], task: ClassifyTask): Outcome<string[]> {
  return commonIds(tables, (p) => task.classes[p.label as number] as string);
}

/** `commonPatients` for labels of any kind; `textOf` is asked of labelled patients only. */
export function commonIds<P extends BoardPatient>(
  tables: readonly PartTable<P>[],
  textOf: (patient: P) => string,
): Outcome<string[]> {
  const labels = new Map<string, { label: string; entry: string; count: number }>();
  for (const { entry, patients } of tables) {
    for (const person of patients) {
      if (person.label === null) continue;
      const label = textOf(person);
      const known = labels.get(person.patient);
      if (known === undefined) labels.set(person.patient, { label, entry, count: 1 });
      else if (known.label !== label) return conflict(person.patient, [known, { label, entry }]);
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
  return sampleOf(inOrder(table, ids), task);
}

/** The table's patients with these ids, in this order. */
export function inOrder<P extends BoardPatient>(table: PartTable<P>, ids: readonly string[]): P[] {
  const by = new Map(table.patients.map((p) => [p.patient, p]));
  return ids.flatMap((id) => by.get(id) ?? []);
}

function conflict(
  patient: string,
  [a, b]: readonly [{ label: string; entry: string }, { label: string; entry: string }],
): Outcome<never> {
  return fail("conflicting-label", {
    expected: "one label for a patient in all tables of a task",
    received: `${a.label} in ${a.entry} and ${b.label} in ${b.entry} for patient ${patient}`,
    remedy: "find out which table is right, or give the tables different tasks",
  });
}

function tooFew(tables: readonly PartTable<BoardPatient>[], common: number): Outcome<never> {
  const sizes = tables.map((t) => `${t.entry} ${t.patients.filter((p) => p.label !== null).length}`);
  const shown = sizes.length > 4 ? [...sizes.slice(0, 4), "..."] : sizes;
  return fail("refused", {
    expected: `at least ${FEWEST_COMMON} labelled patients in common, since the tables hold different patients`,
    received: `${common} in common (${shown.join(", ")})`,
    remedy: "compare tables of the same cohort; on a board give others a task of their own",
  });
}

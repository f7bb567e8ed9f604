/** What an audit finds. The names are stable: people script against them and name them under `allow:`. */
import type { CohortRow, Fold, Role, SlideId } from "@nacre/core";
import type { Estimate } from "../estimate.ts";
import { type CohortIndex, placesOf } from "./cohort-index.ts";

export type FindingKind =
  | "patient-leak"
  | "role-overlap"
  | "duplicate-slide"
  | "duplicate-pixels"
  | "near-duplicate"
  | "conflicting-label"
  | "patient-in-two-sites"
  | "site-overlap"
  | "column-predicts-label"
  | "imbalance"
  | "small-test"
  | "not-external";

/** Findings about tables that others made; never `refuse`, and a run makes none, so that nothing needs to allow them. */
export type TableFindingKind = "unknown-slide" | "spreadsheet-date";

const OF_SLIDES: ReadonlySet<string> = new Set<Finding["kind"]>([
  "role-overlap",
  "duplicate-slide",
  "duplicate-pixels",
  "near-duplicate",
  "unknown-slide",
]);

/** What the count of a finding counts. @param kind of a finding, as a scorecard may hold it */
export function findingUnit(kind: string): "patient" | "slide" | "row" {
  if (kind === ("spreadsheet-date" satisfies TableFindingKind)) return "row";
  return OF_SLIDES.has(kind) ? "slide" : "patient";
}

/** `refuse` stops a run unless it is allowed in writing; `warn` stands on the first page; `info` is for the record. */
export type Severity = "refuse" | "warn" | "info";

/** One case of a finding that a reader can look up. */
export interface Example {
  readonly fold: number | null;
  readonly patient: string | null;
  readonly slides: readonly string[];
  readonly note: string;
}

export interface Finding {
  readonly kind: FindingKind | TableFindingKind;
  readonly severity: Severity;
  /** The column it is about. */
  readonly column?: string;
  /** The parts between which it lies. */
  readonly parts?: readonly Role[];
  /** Distinct patients touched, or slides, or rows: `findingUnit` says which. */
  readonly count: number;
  /** Mean over folds of the share of test patients touched; null where that means nothing. */
  readonly share: number | null;
  readonly measure?: Estimate;
  readonly examples: readonly Example[];
  /** What it does to a published number. */
  readonly effect: string;
  readonly remedy: string;
}

/** A check that could not be made; `robustness` is the judgement of features. */
export interface SkippedCheck {
  readonly check: FindingKind | "robustness";
  readonly reason: string;
}

/** A set of parts as bits. */
export const BIT = { train: 1, tune: 2, test: 4, external: 8 } as const;

/** The parts of a set of bits, in the order in which a model meets them. */
export function rolesOf(bits: number): Role[] {
  return (["train", "tune", "test", "external"] as const).filter((role) => (bits & BIT[role]) !== 0);
}

/** A fold as the audit sees it. External rows belong to every fold and to none. */
export interface AuditFold {
  readonly fold: number;
  readonly parts: Readonly<Record<InsidePart, readonly CohortRow[]>>;
  /** The same rows as places in the cohort. */
  readonly places: Readonly<Record<InsidePart, Uint32Array>>;
  /** Bits of the parts that hold each slide (by its place in the cohort), and each patient (by number). */
  readonly slideBits: Uint8Array;
  readonly patientBits: Uint8Array;
  /** Is there a slide in two parts? */
  readonly isOverlapping: boolean;
}

export type InsidePart = "train" | "tune" | "test";

/** A fold with its rows; slides that the cohort does not hold are left out. */
export function auditFold(fold: Fold, cohort: readonly CohortRow[], index: CohortIndex): AuditFold {
  const slideBits = new Uint8Array(cohort.length);
  const patientBits = new Uint8Array(index.patients.length);
  const places = {
    train: placesOf(index, fold.train),
    tune: placesOf(index, fold.tune),
    test: placesOf(index, fold.test),
  };
  let isOverlapping = false;
  for (const part of ["train", "tune", "test"] as const) {
    for (const row of places[part]) {
      const patient = index.patientAt[row] as number;
      if (((slideBits[row] as number) & ~BIT[part]) !== 0) isOverlapping = true;
      slideBits[row] = (slideBits[row] as number) | BIT[part];
      patientBits[patient] = (patientBits[patient] as number) | BIT[part];
    }
  }
  const rows = (part: InsidePart): CohortRow[] => Array.from(places[part], (row) => cohort[row] as CohortRow);
  const parts = { train: rows("train"), tune: rows("tune"), test: rows("test") };
  return { fold: fold.fold, parts, places, slideBits, patientBits, isOverlapping };
}

/** Everything the checks share. Rows of slides that the cohort does not hold are already left out. */
export interface AuditContext {
  readonly cohort: readonly CohortRow[];
  readonly index: CohortIndex;
  readonly folds: readonly AuditFold[];
  readonly external: readonly CohortRow[];
  /** Index of a row's label among the classes; null for none. */
  readonly labelOf: (row: CohortRow) => number | null;
  readonly classes: readonly string[];
  readonly by: "patient" | "site" | "time" | "file" | null;
  /** Slides whose patient nothing names: each stands for a patient of its own. */
  readonly patientsUnknown: ReadonlySet<SlideId>;
  readonly seed: number;
  /** The most examples of each finding. */
  readonly examples: number;
}

/** The patients of rows, each once. */
export function patientsOf(rows: readonly CohortRow[]): Set<string> {
  const patients = new Set<string>();
  for (const { patient } of rows) patients.add(patient);
  return patients;
}

/** Mean over folds of the share of test patients for whom `isTouched`; null without test patients. `bits`: parts that hold the patient. */
export function shareOfTest(
  { folds, index }: Pick<AuditContext, "folds" | "index">,
  isTouched: (patient: string, fold: AuditFold, bits: number) => boolean,
): number | null {
  const shares = folds.flatMap((fold) => {
    let test = 0;
    let touched = 0;
    fold.patientBits.forEach((bits, p) => {
      if ((bits & BIT.test) === 0) return;
      test++;
      if (isTouched(index.patients[p] as string, fold, bits)) touched++;
    });
    return test === 0 ? [] : [touched / test];
  });
  return shares.length === 0 ? null : shares.reduce((a, b) => a + b, 0) / shares.length;
}

/** What an audit finds. The names are stable: people script against them and name them under `allow:`. */
import type { CohortRow, Role, SlideId } from "@nacre/core";
import type { Estimate } from "../estimate.ts";

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
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The column it is about. */
  readonly column?: string;
  /** The parts between which it lies. */
  readonly parts?: readonly Role[];
  /** Distinct patients touched; distinct slides for role-overlap, duplicates and near-duplicates. */
  readonly count: number;
  /** Mean over folds of the share of test patients touched; null where that means nothing. */
  readonly share: number | null;
  readonly measure?: Estimate;
  readonly examples: readonly Example[];
  /** What it does to a published number. */
  readonly effect: string;
  readonly remedy: string;
}

/** A check that could not be made. */
export interface SkippedCheck {
  readonly check: FindingKind;
  readonly reason: string;
}

/** Examples shown of each finding. */
export const MAX_EXAMPLES = 5;

/** A fold as the audit sees it: the rows of each part. External rows belong to every fold and to none. */
export interface AuditFold {
  readonly fold: number;
  readonly parts: Readonly<Record<"train" | "tune" | "test", readonly CohortRow[]>>;
}

/** Everything the checks share. Rows of slides that the cohort does not hold are already left out. */
export interface AuditContext {
  readonly cohort: readonly CohortRow[];
  readonly folds: readonly AuditFold[];
  readonly external: readonly CohortRow[];
  /** Index of a row's label among the classes; null for none. */
  readonly labelOf: (row: CohortRow) => number | null;
  readonly classes: readonly string[];
  readonly by: "patient" | "site" | "time" | "file" | null;
  readonly seed: number;
}

export const patientsOf = (rows: readonly CohortRow[]): Set<string> => new Set(rows.map((r) => r.patient));

/** Mean over folds of the share of test patients for whom `isTouched`; null without test patients. */
export function shareOfTest(
  folds: readonly AuditFold[],
  isTouched: (patient: string, fold: AuditFold) => boolean,
): number | null {
  const shares = folds.flatMap((fold) => {
    const test = [...patientsOf(fold.parts.test)];
    return test.length === 0 ? [] : [test.filter((p) => isTouched(p, fold)).length / test.length];
  });
  return shares.length === 0 ? null : shares.reduce((a, b) => a + b, 0) / shares.length;
}

/** Which parts of a fold hold each slide. */
export function rolesOf(fold: AuditFold): Map<SlideId, Set<Role>> {
  const roles = new Map<SlideId, Set<Role>>();
  for (const part of ["train", "tune", "test"] as const) {
    for (const row of fold.parts[part]) {
      const known = roles.get(row.slide);
      if (known === undefined) roles.set(row.slide, new Set([part]));
      else known.add(part);
    }
  }
  return roles;
}

/**
 * Nested cross-validation: every outer test part is met by as many models as there are inner folds, each stopped on another
 * inner part. Written as a plain split whose folds are (outer, inner) pairs: fold = outer * inner count + inner, the test part of
 * an outer fold repeated, the tune parts of one outer fold disjoint and together its whole training part. Choices made on tune
 * therefore never see test, and the spread over inner folds shows how much the choice itself moves the number.
 */
import type { CohortRow, Fold, Outcome, Split } from "@nacre/core";
import { ok } from "@nacre/core";
import { countParts, type SplitReport } from "./report.ts";
import { type SplitOptions, splitCohort } from "./split-cohort.ts";

export interface NestedOptions extends Omit<SplitOptions, "tune" | "by"> {
  readonly by: "patient" | "site";
  /** Inner folds; the inner division is of the same kind. */
  readonly inner: number;
}

/** Failures: those of `splitCohort`, for the outer or an inner division. */
export function nestedSplit(
  cohort: readonly CohortRow[],
  { inner, ...options }: NestedOptions,
): Outcome<{ split: Split; report: SplitReport }> {
  const outer = splitCohort(cohort, { ...options, tune: 0 });
  if (!outer.ok) return outer;
  const folds: Fold[] = [];
  for (const { fold, train, test } of outer.value.split.folds) {
    const inside = new Set(train);
    const divided = splitCohort(
      cohort.filter((r) => inside.has(r.slide)),
      { task: options.task, by: options.by, folds: inner, tune: 0, seed: options.seed },
    );
    if (!divided.ok) return divided;
    for (const part of divided.value.split.folds) {
      folds.push({ fold: fold * inner + part.fold, train: part.train, tune: part.test, test });
    }
  }
  const split: Split = { ...outer.value.split, folds };
  const notes = [
    ...outer.value.report.notes,
    `nested: fold ${inner} o + i is inner fold i of outer fold o (${outer.value.split.folds.length} outer, ${inner} inner)`,
  ];
  const parts = countParts(split, cohort, options.task, options.dateColumn);
  return ok({ split, report: { ...outer.value.report, parts, notes } });
}

/**
 * The audit of a cohort and its split: everything that can make a reported number untrue and can be seen from tables alone.
 * A check that lacks what it needs is listed as skipped with the reason, so that silence is never mistaken for a pass.
 */
import type { ClassifyTask, CohortRow, SlideId, Split } from "@nacre/core";
import type { DateCells } from "../cohort/date-cell.ts";
import { imbalances, smallTests } from "./balance.ts";
import { indexCohort, placesOf } from "./cohort-index.ts";
import { tellingColumns } from "./column.ts";
import { spreadsheetDates } from "./date.ts";
import { duplicatePixels, duplicateSlides, nearDuplicates } from "./duplicate.ts";
import { type AuditContext, auditFold, type Finding, type FindingKind, type SkippedCheck } from "./finding.ts";
import { conflictingLabels, patientsInTwoSites } from "./label.ts";
import { patientLeaks, roleOverlaps, siteOverlaps } from "./leak.ts";
import { alikePairs, MOST_PAIRS, type SlideVectors } from "./near-duplicate.ts";
import { type Proposal, proposeSplit } from "./proposal.ts";
import { leakedShare, unknownSlides, whyBlind } from "./unknown.ts";

export interface AuditInput {
  /** Slides that only the split tables know take part once they have a row here (label null); without one they are not counted. */
  readonly cohort: readonly CohortRow[];
  /** null where no split is known yet. */
  readonly split: Split | null;
  /** null where no label is known. */
  readonly task: ClassifyTask | null;
  readonly seed: number;
  /** Groups of slides with equal content; leave out where nothing was hashed. */
  readonly duplicates?: readonly (readonly SlideId[])[];
  /** Pairs of slides that look alike as pictures (perceptual hash); leave out where no picture was read. */
  readonly lookAlikes?: readonly (readonly [SlideId, SlideId])[];
  /** One vector for each slide; leave out where there are no features. */
  readonly vectors?: SlideVectors;
  /** Slides of the cohort that only the split tables know. Default: none. */
  readonly strangers?: readonly SlideId[];
  /** Slides whose patient nothing names, so that each stands for a patient of its own. Default: none. */
  readonly patientsUnknown?: readonly SlideId[];
  /** Columns in which a spreadsheet may have made dates (`CohortTable.dates`). Default: none. */
  readonly dates?: readonly DateCells[];
  /** What the study promised; overlap of sites is refused under `site`. Default: what the split says. */
  readonly by?: Split["by"];
  /** Where the tables came from, and what the caller derived from ids; passed through. */
  readonly inputs?: AuditReport["inputs"];
  readonly files?: readonly string[];
  readonly derived?: readonly string[];
  /** Columns never asked whether they predict the label. */
  readonly ignoreColumns?: readonly string[];
  /** The most examples of each finding. Default 5. */
  readonly examples?: number;
}

export interface AuditReport {
  readonly inputs: readonly { readonly file: string; readonly dialect: string; readonly rows: number }[];
  readonly derived: readonly string[];
  /** For each fold the share of test patients that training has seen too; null without test patients, or where patients are not known. */
  readonly folds: readonly { readonly file: string | null; readonly fold: number; readonly share: number | null }[];
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
  readonly proposal: Proposal | null;
}

const ID_COLUMNS = ["slide", "patient", "case", "label", "path", "slide_id", "patient_id", "case_id", "filename"];
const GRAVITY = { refuse: 0, warn: 1, info: 2 } as const;

/** Audits a cohort. Never fails: what it finds is the result. */
export function audit(input: AuditInput): AuditReport {
  const context = contextOf(input);
  const skipped: SkippedCheck[] = [];
  const when = <T>(reason: string | null, checks: readonly FindingKind[], make: () => T[]): T[] => {
    if (reason === null) return make();
    for (const check of checks) skipped.push({ check, reason });
    return [];
  };
  const noSplit = input.split === null ? "no split was given" : null;
  const noTask = input.task === null ? "no label column was named" : null;
  const noSite = input.cohort.every((r) => r.site === null) ? "no site is known" : null;
  const groups = input.duplicates ?? [];
  const alike = input.vectors === undefined ? null : alikePairs(input.vectors);
  if (alike?.isComplete === false) {
    const reason = `more than ${MOST_PAIRS} pairs of slides are almost alike; only so many are listed`;
    skipped.push({ check: "near-duplicate", reason });
  }
  const blind = whyBlind(context);
  if (blind !== null) skipped.push({ check: "patient-leak", reason: blind });
  const findings = [
    ...when(noSplit, ["patient-leak", "role-overlap"], () => [...patientLeaks(context), ...roleOverlaps(context)]),
    ...unknownSlides(context, input.strangers ?? []),
    ...duplicateSlides(context),
    ...when(
      input.duplicates === undefined ? "the content of the slides was not hashed" : null,
      ["duplicate-pixels"],
      () => duplicatePixels(context, groups),
    ),
    ...nearDuplicates(context, input.lookAlikes ?? [], "almost alike as pictures"),
    ...when(alike === null ? "no features were given" : null, ["near-duplicate"], () =>
      nearDuplicates(context, alike?.pairs ?? [], "almost alike in feature space"),
    ),
    ...when(noTask, ["conflicting-label"], () => conflictingLabels(context, groups)),
    ...when(noSite, ["patient-in-two-sites"], () => patientsInTwoSites(context)),
    ...when(noSplit ?? noSite, ["site-overlap", "not-external"], () => siteOverlaps(context)),
    ...spreadsheetDates(input.dates ?? [], context.examples),
    ...when(noTask, ["column-predicts-label"], () => tellingColumns(context, ignoredColumns(input))),
    ...when(noTask, ["imbalance"], () => imbalances(context)),
    ...when(noSplit ?? noTask, ["small-test"], () => smallTests(context)),
  ];
  return {
    inputs: input.inputs ?? [],
    derived: input.derived ?? [],
    folds: context.folds.map((fold, i) => ({
      file: input.files?.[i] ?? null,
      fold: fold.fold,
      share: leakedShare(context, fold),
    })),
    findings: findings.sort((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]),
    skipped,
    proposal: proposalOf(input),
  };
}

function proposalOf({ cohort, task, seed }: AuditInput): Proposal | null {
  const made = task === null ? null : proposeSplit(cohort, task, { seed });
  return made?.ok ? made.value : null;
}

/** Written permission to go on in spite of a finding. */
export interface Allowance {
  readonly finding: string;
  readonly why: string;
}

/** The findings that must stop a run: severity `refuse`, and not allowed by name with a reason that is more than blanks. */
export function refusals(report: AuditReport, allow: readonly Allowance[] = []): Finding[] {
  const allowed = new Set(allow.filter((a) => a.why.trim() !== "").map((a) => a.finding));
  return report.findings.filter((f) => f.severity === "refuse" && !allowed.has(f.kind));
}

function contextOf({ cohort, split, task, seed, by, patientsUnknown, examples = 5 }: AuditInput): AuditContext {
  const classOf = new Map((task?.classes ?? []).map((name, i) => [name, i]));
  const labelOf = (row: CohortRow): number | null => (row.label === null ? null : (classOf.get(row.label) ?? null));
  const index = indexCohort(cohort, labelOf);
  return {
    cohort,
    index,
    folds: (split?.folds ?? []).map((f) => auditFold(f, cohort, index)),
    external: Array.from(placesOf(index, split?.external ?? []), (row) => cohort[row] as CohortRow),
    labelOf,
    classes: task?.classes ?? [],
    by: by ?? split?.by ?? null,
    patientsUnknown: new Set(patientsUnknown),
    seed,
    examples,
  };
}

function ignoredColumns({ task, ignoreColumns = [] }: AuditInput): Set<string> {
  return new Set([...ID_COLUMNS, ...ignoreColumns, ...(task === null ? [] : [task.label])]);
}

/**
 * The audit of a cohort and its split: everything that can make a reported number untrue and can be seen from tables alone.
 * A check that lacks what it needs is listed as skipped with the reason, so that silence is never mistaken for a pass.
 */
import type { ClassifyTask, CohortRow, SlideId, Split } from "@nacre/core";
import { imbalances, smallTests } from "./balance.ts";
import { tellingColumns } from "./column.ts";
import { duplicatePixels, duplicateSlides, nearDuplicates } from "./duplicate.ts";
import type { AuditContext, AuditFold, Finding, FindingKind, SkippedCheck } from "./finding.ts";
import { shareOfTest } from "./finding.ts";
import { conflictingLabels, patientsInTwoSites } from "./label.ts";
import { patientLeaks, roleOverlaps, siteOverlaps } from "./leak.ts";
import { alikePairs, type SlideVectors } from "./near-duplicate.ts";
import { type Proposal, proposeSplit } from "./proposal.ts";

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
  /** What the study promised; overlap of sites is refused under `site`. Default: what the split says. */
  readonly by?: Split["by"];
  /** Where the tables came from, and what the caller derived from ids; passed through. */
  readonly inputs?: AuditReport["inputs"];
  readonly files?: readonly string[];
  readonly derived?: readonly string[];
  /** Columns never asked whether they predict the label. */
  readonly ignoreColumns?: readonly string[];
}

export interface AuditReport {
  readonly inputs: readonly { readonly file: string; readonly dialect: string; readonly rows: number }[];
  readonly derived: readonly string[];
  /** For each fold the share of test patients that training has seen too. */
  readonly folds: readonly { readonly file: string | null; readonly fold: number; readonly share: number | null }[];
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
  readonly proposal: Proposal | null;
}

/** More work than this (slides^2 x features), and near-duplicates are not looked for. */
const MAX_PAIR_WORK = 4e9;
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
  const findings = [
    ...when(noSplit, ["patient-leak", "role-overlap"], () => [...patientLeaks(context), ...roleOverlaps(context)]),
    ...duplicateSlides(context),
    ...when(
      input.duplicates === undefined ? "the content of the slides was not hashed" : null,
      ["duplicate-pixels"],
      () => duplicatePixels(context, groups),
    ),
    ...nearDuplicates(context, input.lookAlikes ?? [], "almost alike as pictures"),
    ...when(vectorsProblem(input.vectors), ["near-duplicate"], () =>
      nearDuplicates(context, alikePairs(input.vectors as SlideVectors), "almost alike in feature space"),
    ),
    ...when(noTask, ["conflicting-label"], () => conflictingLabels(context, groups)),
    ...when(noSite, ["patient-in-two-sites"], () => patientsInTwoSites(context)),
    ...when(noSplit ?? noSite, ["site-overlap", "not-external"], () => siteOverlaps(context)),
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
      share: leakedShare(fold),
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

function contextOf({ cohort, split, task, seed, by }: AuditInput): AuditContext {
  const rowOf = new Map(cohort.map((r) => [r.slide, r]));
  const rows = (slides: readonly SlideId[]): CohortRow[] =>
    slides.map((s) => rowOf.get(s)).filter((r) => r !== undefined);
  const classOf = new Map((task?.classes ?? []).map((name, i) => [name, i]));
  const folds = (split?.folds ?? []).map(
    (f): AuditFold => ({ fold: f.fold, parts: { train: rows(f.train), tune: rows(f.tune), test: rows(f.test) } }),
  );
  return {
    cohort,
    folds,
    external: rows(split?.external ?? []),
    labelOf: (row) => (row.label === null ? null : (classOf.get(row.label) ?? null)),
    classes: task?.classes ?? [],
    by: by ?? split?.by ?? null,
    seed,
  };
}

function leakedShare(fold: AuditFold): number | null {
  const train = new Set(fold.parts.train.map((r) => r.patient));
  return shareOfTest([fold], (p) => train.has(p as CohortRow["patient"]));
}

function vectorsProblem(vectors: SlideVectors | undefined): string | null {
  if (vectors === undefined) return "no features were given";
  const work = vectors.slides.length ** 2 * vectors.d;
  return work > MAX_PAIR_WORK
    ? `comparing ${vectors.slides.length} slides of ${vectors.d} features pair by pair takes too long`
    : null;
}

function ignoredColumns({ task, ignoreColumns = [] }: AuditInput): Set<string> {
  return new Set([...ID_COLUMNS, ...ignoreColumns, ...(task === null ? [] : [task.label])]);
}

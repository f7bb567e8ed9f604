/**
 * The audit a run cannot do without, before anything is encoded. Copies the inventory took out are told beside the
 * findings, not among those that stop a run: what is not used cannot leak.
 */
import { type AuditReport, audit, type Finding } from "@nacre/evaluation";
import type { Inventory } from "../extract/inventory.ts";
import type { Cohort } from "../study/read-cohort.ts";
import type { SettledStudy } from "../study/settle-study.ts";
import type { Division } from "./divide-cohort.ts";
import { pretrainingLeak } from "./pretraining-leak.ts";

const MAX_EXAMPLES = 5;

export interface AuditStudyInput {
  readonly study: SettledStudy;
  readonly cohort: Cohort;
  readonly inventory: Inventory;
  readonly division: Division;
}

export function auditStudy({ study, cohort, inventory, division }: AuditStudyInput): AuditReport {
  const report = audit({
    cohort: division.audited.rows,
    split: division.audited.split,
    task: cohort.task,
    seed: study.seed,
    duplicates: [],
    by: study.split.by,
    inputs: [{ file: study.cohort, dialect: "nacre-cohort", rows: cohort.rows.length }, ...division.inputs],
    files: division.files,
    ignoreColumns: ["slide", "patient", "case", ...cohort.answerColumns],
  });
  const skipped = report.skipped.map((s) =>
    s.check === "near-duplicate" ? { ...s, reason: "the audit of a run is made before its features are" } : s,
  );
  const pretrained = pretrainingLeak(study, cohort, division);
  return {
    ...report,
    skipped: [...skipped, ...pretrained.skipped],
    findings: [...report.findings, ...pretrained.findings, ...removedCopies(cohort, inventory)],
  };
}

function removedCopies(cohort: Cohort, { duplicates }: Inventory): Finding[] {
  const patientOf = new Map<string, string>(cohort.rows.map((r) => [r.slide, r.patient]));
  const finding = (conflicting: boolean): Finding[] => {
    const groups = duplicates.groups.filter((g) => g.conflicting === conflicting);
    if (groups.length === 0) return [];
    const slides = groups.flatMap((g) => g.slides);
    const examples = groups.slice(0, MAX_EXAMPLES).map((g) => ({
      fold: null,
      patient: patientOf.get(g.slides[0] ?? "") ?? null,
      slides: [...g.slides],
      note: `the same file ${g.slides.length} times`,
    }));
    return [
      {
        kind: conflicting ? "conflicting-label" : "duplicate-pixels",
        severity: "warn",
        count: slides.length,
        share: null,
        examples,
        effect: conflicting
          ? "a picture with two labels teaches noise and cannot be judged"
          : "a copy in train and test lets a model remember instead of recognise",
        remedy: conflicting
          ? "removed from this run, since copies with two labels tell nothing; find out which label is true"
          : "all copies but the first were removed from this run; leave them out of the cohort",
      },
    ];
  };
  return [...finding(true), ...finding(false)];
}

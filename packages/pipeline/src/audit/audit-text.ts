/** The audit for a terminal: the verdict first, then each finding with what it does to a number and the way out. */

import type { Finding } from "@nacre/evaluation";
import { extent } from "../report/finding-text.ts";
import { estimateText, percent, sentence } from "../report/number-text.ts";
import type { AuditDocument } from "./audit-cohort.ts";

/** Findings for the record that a terminal shows. */
const MOST_INFO = 5;
const MARK = { refuse: "REFUSE", warn: "warn  ", info: "info  " } as const;

export function auditText(audit: AuditDocument): string {
  const grave = audit.findings.filter((f) => f.severity === "refuse");
  const lines = [
    ...audit.inputs.map((i) => `read      ${i.file}: ${i.dialect}, ${i.rows} rows`),
    `cohort    ${audit.slides} slides, ${audit.patients} patients, ${audit.sites === 0 ? "no site known" : `${audit.sites} sites`}`,
    `label     ${audit.task === null ? "none" : `${audit.task.label}: ${audit.task.classes.join(", ")}`}`,
    ...audit.derived.map((d) => `derived   ${d}`),
    ...audit.notes.map((n) => `note      ${n}`),
    ...leakLines(audit),
    "",
    ...audit.findings.filter((f) => f.severity !== "info").flatMap(findingLines),
    ...infoLines(audit.findings.filter((f) => f.severity === "info")),
    ...audit.skipped.map((s) => `skipped ${s.check}: ${s.reason}`),
    "",
    grave.length === 0
      ? "No finding that must stop a study."
      : `${grave.length === 1 ? "1 finding" : `${grave.length} findings`} that must stop a study: ${[...new Set(grave.map((f) => f.kind))].join(", ")}.`,
    ...proposalLine(audit),
  ];
  return lines.join("\n");
}

function findingLines(f: Finding): string[] {
  const example = f.examples[0]?.note;
  return [
    headLine(f),
    `         ${sentence(f.effect)}`,
    ...(example === undefined ? [] : [`         for example: ${example}`]),
    `         remedy: ${f.remedy}`,
  ];
}

/** What is for the record: one line each, the strongest first, the rest counted. */
function infoLines(findings: readonly Finding[]): string[] {
  const more = findings.length - MOST_INFO;
  return [
    ...findings.slice(0, MOST_INFO).map(headLine),
    ...(more > 0 ? [`info   and ${more} more for the record (--json lists them all)`] : []),
  ];
}

function headLine(f: Finding): string {
  const measure = f.measure === undefined ? "" : `; AUROC of it alone ${estimateText(f.measure)}`;
  return `${MARK[f.severity]} ${f.kind}${f.column === undefined ? "" : ` (${f.column})`}: ${extent(f)}${measure}`;
}

function leakLines({ folds }: AuditDocument): string[] {
  const shares = folds.map((f) => f.share).filter((s) => s !== null);
  if (shares.length === 0) return [];
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
  return [`leak      ${percent(mean)} of test patients are in train too (mean of ${shares.length} folds)`];
}

function proposalLine({ proposal }: AuditDocument): string[] {
  if (proposal === null) return [];
  const { imbalance } = proposal.report;
  const left =
    imbalance === null
      ? ""
      : ` Imbalance left: ${percent(imbalance.worst)} at worst (objective ${imbalance.objective}, bound ${imbalance.lowerBound}).`;
  return [
    `Proposed: ${proposal.folds} folds by ${proposal.by}: ${sentence(proposal.reason)}${left} Write it with --write DIR.`,
  ];
}

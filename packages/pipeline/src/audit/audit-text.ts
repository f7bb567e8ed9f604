/** The audit for a terminal: the verdict first, then each finding with what it does to a number and the way out. */

import type { FeatureRobustness, Finding } from "@nacre/evaluation";
import { extent } from "../report/finding-text.ts";
import { counted, decimal, estimateText, percent, sentence, signed } from "../report/number-text.ts";
import type { AuditDocument } from "./audit-cohort.ts";
import { followsText } from "./robustness-text.ts";
import { leakText, sizeText, verdictText } from "./verdict-text.ts";

/** Findings for the record that a terminal shows. */
const MOST_INFO = 5;
const MARK = { refuse: "REFUSE", warn: "warn  ", info: "info  " } as const;

export function auditText(audit: AuditDocument): string {
  const leak = leakText(audit);
  const lines = [
    ...audit.inputs.map((i) => `read      ${i.file}: ${i.dialect}, ${counted(i.rows, "row")}`),
    `cohort    ${sizeText(audit)}, ${audit.sites === 0 ? "no site known" : counted(audit.sites, "site")}`,
    `label     ${audit.task === null ? "none" : `${audit.task.label}: ${audit.task.classes.join(", ")}`}`,
    ...audit.derived.map((d) => `derived   ${d}`),
    ...audit.notes.map((n) => `note      ${n}`),
    ...(leak === null ? [] : [`leak      ${leak}`]),
    "",
    ...audit.findings.filter((f) => f.severity !== "info").flatMap(findingLines),
    ...infoLines(audit.findings.filter((f) => f.severity === "info")),
    ...audit.robustness.flatMap(robustnessLines),
    ...audit.skipped.map((s) => `skipped ${s.check}: ${s.reason}`),
    "",
    sentence(verdictText(audit)),
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
  const measure =
    f.measure === undefined || f.column === undefined ? "" : `; AUROC of it alone ${estimateText(f.measure)}`;
  return `${MARK[f.severity]} ${f.kind}${f.column === undefined ? "" : ` (${f.column})`}: ${extent(f)}${measure}`;
}

function robustnessLines(r: FeatureRobustness): string[] {
  const drop =
    r.accuracy === null
      ? `performance drop ${estimateText(r.drop)}`
      : `accuracy ${decimal(r.accuracy.untied, 2)} falls to ${decimal(r.accuracy.tied, 2)} where training ties label and ${r.centre}`;
  return [
    `features by ${r.centre}: robustness index ${estimateText(r.index)}; ${followsText(r)}`,
    `         clustering score ${signed(r.clustering.value ?? 0)}; ${drop} (${r.designs} paired designs, ${counted(r.centres, "value")} of ${r.centre})`,
  ];
}

function proposalLine({ proposal }: AuditDocument): string[] {
  if (proposal === null) return [];
  const { imbalance } = proposal.report;
  const left =
    imbalance === null
      ? ""
      : ` Imbalance left: ${percent(imbalance.worst)} at worst (objective ${imbalance.objective}, bound ${imbalance.lowerBound}).`;
  return [
    `Proposed: ${counted(proposal.folds, "fold")} by ${proposal.by}: ${sentence(proposal.reason)}${left} Write it with --write DIR.`,
  ];
}

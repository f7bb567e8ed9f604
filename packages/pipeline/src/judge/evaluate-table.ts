/** Judges a file of predictions (`judge-table.ts` says how) and tells it to a person. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unwrap } from "@nacre/core";
import type { Estimate, Evaluation, PartScore } from "@nacre/evaluation";
import { counted } from "../report/number-text.ts";
import { readTable, type Table } from "../study/table.ts";
import { examinationLines } from "./examination-text.ts";
import { type JudgeTableOptions, judgeTable, type TableScorecard } from "./judge-table.ts";
import { type TableNote, type TableWarning, warningLines } from "./table-warning.ts";
import { writeJudgement } from "./write-judgement.ts";

export type { TableScorecard } from "./judge-table.ts";

export interface EvaluateTableOptions extends JudgeTableOptions {
  /** null: that of the scorecard beside the table, else the last class of the table. */
  readonly positive: string | null;
  /** Folder for scorecard.json, report.html and the texts for a paper; null (default): nothing is written. */
  readonly out?: string | null;
}

/** @throws FailureError missing-file, bad-table, missing-column, bad-value, duplicate-id, conflicting-label, refused, nothing-usable */
export function evaluateTable(path: string, options: EvaluateTableOptions): TableScorecard {
  return evaluateParsed(unwrap(readTable(path)), options);
}

/** The same for a table that was read already: `table.file` is its path. @throws FailureError as evaluateTable, but for those of reading */
export function evaluateParsed(table: Table, options: EvaluateTableOptions): TableScorecard {
  const positive = options.positive ?? positiveBeside(table.file);
  const judgement = unwrap(judgeTable(table, { ...options, positive }));
  if (options.out !== undefined && options.out !== null) writeJudgement(options.out, judgement);
  return judgement.scorecard;
}

/** The positive class of the run that wrote the table, where the table still lies in its run folder. */
function positiveBeside(path: string): string | null {
  try {
    const text = readFileSync(join(dirname(path), "scorecard.json"), "utf8");
    return (JSON.parse(text) as { task?: { positive?: string } }).task?.positive ?? null;
  } catch {
    return null;
  }
}

/** The main numbers as lines for a terminal, warnings first. */
export function scorecardText(
  card: Evaluation & { readonly warnings?: readonly TableWarning[]; readonly notes?: readonly TableNote[] },
): string {
  const line = (name: string, e: Estimate): string =>
    e.value === null
      ? `  ${name.padEnd(18)} undefined: ${e.reason ?? ""}`
      : `  ${name.padEnd(18)} ${e.value.toFixed(3)}${e.low === null || e.high === null ? "" : ` (${e.low.toFixed(3)} to ${e.high.toFixed(3)})`}`;
  const part = (name: string, p: PartScore): string =>
    [
      `${name}: ${counted(p.n, "patient")} (${Object.entries(p.classes)
        .map(([c, n]) => `${n} ${c}`)
        .join(", ")})`,
      line("AUROC", p.auroc),
      line("AUPRC", p.auprc),
      line("accuracy", p.accuracy),
      line("balanced accuracy", p.balancedAccuracy),
      line("Brier", p.brier),
      `${line("ECE", p.ece)}${p.ece.expectedIfCalibrated === null ? "" : ` (calibrated, it would be ${p.ece.expectedIfCalibrated.toFixed(3)} by chance)`}`,
      line("calibration slope", p.calibration.slope),
      line("log loss", p.more.logLoss as Estimate),
      line("MCC", p.more.mcc as Estimate),
      ...Object.entries(p.ordinal ?? {}).map(([name, e]) => line(name, e)),
      ...(p.triage?.ruleOut.kind === "ready" ? [`  triage: ${p.triage.ruleOut.sentence}`] : []),
    ].join("\n");
  return [
    ...warningLines(card.warnings ?? [], card.notes ?? []),
    part("internal", card.internal),
    ...(card.external === null ? [] : [part("external", card.external)]),
    ...examinationLines(card.examination),
  ].join("\n");
}

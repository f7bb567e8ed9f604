/** Words and numbers that the page and the Markdown table share. */
import type { Estimate, PartResult, PretrainingOverlap, Spread, TaskMetric } from "@nacre/evaluation";
import { ANSWER_NAMES } from "../report/answers/measure-name.ts";
import { count, counted, decimal, listed } from "../report/number-text.ts";
import type { BoardDocument, Cost, ModelRecord, SealRecord, TaskRecord } from "./board-document.ts";

export const METRIC_NAMES: Readonly<Record<string, string>> = {
  auroc: "AUROC",
  auprc: "AUPRC",
  accuracy: "Accuracy",
  balancedAccuracy: "Balanced accuracy",
  brier: "Brier score",
  ece: "Calibration error (ECE)",
  ...ANSWER_NAMES,
};

export function metricName(name: string): string {
  return METRIC_NAMES[name] ?? name;
}

/** "Mean absolute error (lower is better)". */
export function metricText({ name, better }: TaskMetric): string {
  return `${metricName(name)} (${better} is better)`;
}

/** What a task asks: "benign and tumour, positive is tumour", "the time to an event". */
export function questionText({ kind, classes, positive }: TaskRecord): string {
  switch (kind) {
    case "classify":
      return `${listed(classes)}${classes.length === 2 ? `, positive is ${positive}` : ""}`;
    case "survive":
      return "the time to an event";
    case "regress":
      return "a number";
    case "multilabel":
      return `labels ${listed(classes)}`;
  }
}

/** "12 benign and 30 tumour" in brackets after a number of patients; empty where there is nothing to count. */
export function mixText(classes: Readonly<Record<string, number>>): string {
  const said = Object.entries(classes).map(([name, n]) => `${count(n)} ${name}`);
  return said.length === 0 ? "" : ` (${listed(said)})`;
}

/** One sentence a hit: "the encoder saw TCGA; this task tests on TCGA-BRCA (internal)". */
export function overlapWarnings({ overlap, pretrainingFrom }: ModelRecord): string[] {
  const said = pretrainingFrom === "list" ? " (by a list of publications kept here, not checked against them)" : "";
  return overlap.hits.map(
    ({ pretraining, data, part, patients }) =>
      `the encoder saw ${pretraining}${said}; this task tests on ${data} (${part}${patients === null ? "" : `, ${counted(patients, "patient")} by their ids`})`,
  );
}

/** "0.812 to 0.861 (3)": lowest, highest and how many. */
export function spreadText(spread: Spread | null): string {
  return spread === null ? "" : `${decimal(spread.low)} to ${decimal(spread.high)} (${spread.count})`;
}

/** Millions of weights: "303", "0.32". */
export function millions(parameters: number): string {
  const m = parameters / 1e6;
  return m >= 100 ? count(m) : decimal(m, m >= 10 ? 1 : 2);
}

export function gigabytes(bytes: number): string {
  return decimal(bytes / 1e9, bytes >= 1e10 ? 0 : bytes >= 1e9 ? 1 : 2);
}

/** Weights of the encoder; where only the aggregator's are known, that is said. */
export function parametersText({ parameters, aggregatorParameters }: Cost): string {
  if (parameters !== null) return millions(parameters);
  return aggregatorParameters === null ? "" : `aggregator ${millions(aggregatorParameters)}`;
}

export function overlapText({ state, hits }: PretrainingOverlap): string {
  if (state === "none") return "no overlap known";
  if (state === "undeclared") return "not declared";
  if (state === "unnamed") return "not checkable";
  return `overlap: ${listed([...new Set(hits.map((h) => h.pretraining))])}`;
}

export function auditText({ barred, warnings }: ModelRecord): string {
  if (barred.length > 0) return [...new Set(barred.map((b) => b.kind))].join(", ");
  if (warnings === null) return "not audited";
  return warnings.length === 0 ? "clean" : `${warnings.length} warning${warnings.length === 1 ? "" : "s"}`;
}

/** The rank as text; empty without one. */
export function rankText(result: PartResult | null): string {
  return result?.rank === null || result === null ? "" : String(result.rank);
}

/** "0.912 (0.881 to 0.940)" for a table cell. */
export function cellText(e: Estimate): string {
  if (e.value === null) return "undefined";
  return `${decimal(e.value)}${e.low === null || e.high === null ? "" : ` (${decimal(e.low)} to ${decimal(e.high)})`}`;
}

/** What the seal does to this board, in one or two sentences. */
export function sealText(seal: SealRecord): string {
  const elsewhere =
    seal.toldElsewhere.length === 0
      ? ""
      : ` The runs' own reports already show external numbers of ${listed(seal.toldElsewhere.slice(0, 3))}${seal.toldElsewhere.length > 3 ? " and others" : ""}; a seal here cannot hide those.`;
  if (seal.state === "open")
    return `The external part was opened once, as "${seal.opened}" (${seal.command}); the log is ${seal.log}.`;
  if (seal.state === "closed") {
    return `The external part is sealed: its numbers were not computed. It is opened once, with --open-sealed NAME, which writes ${seal.log}.${elsewhere}`;
  }
  return `The external part was opened as "${seal.opened}" (${seal.command}) for other entries (${seal.changes}), so its numbers are not shown for these.${elsewhere}`;
}

/** How the numbers of the page were made. */
export function howText(board: BoardDocument): string {
  return `The unit is the patient. Within a task every model is judged on the patients that all ranked models share. Intervals are 95 %, by bootstrap over patients (${board.bootstrap} replicates, seed ${board.seed}). Models that paired resampling of patients cannot tell apart share a rank: 1 plus the number of models significantly better, corrected over all pairs (Holm). Several seeds of a model count as their mean, not as an ensemble. The spreads of seeds and folds are the lowest and highest value, not intervals.`;
}

/** The board as lines for a terminal. */
export function boardText(board: BoardDocument): string {
  const line = (m: ModelRecord): string => {
    const value = (r: PartResult | null): string => (r === null ? "" : cellText(r.estimate));
    const rank = m.barred.length > 0 ? "-" : rankText(m.internal ?? m.external);
    const out = m.barred.length > 0 ? `  struck out: ${m.barred.map((b) => b.kind).join(", ")}` : "";
    return `  ${rank.padStart(3)}  ${m.name.padEnd(34)} ${value(m.internal).padEnd(24)} ${value(m.external)}${out}`.trimEnd();
  };
  return [
    ...board.tasks.flatMap((t) => [
      `${t.task}: rank, model, internal and external ${metricText(t.metric)}`,
      ...[t.internal, t.external].flatMap((p) =>
        p?.refused == null ? [] : [`  not compared: expected ${p.refused.expected}; received ${p.refused.received}`],
      ),
      ...t.models.map(line),
      ...t.models.flatMap((m) => overlapWarnings(m).map((w) => `  warning: ${m.name}: ${w}`)),
    ]),
    ...(board.sealed === null ? [] : [sealText(board.sealed)]),
  ].join("\n");
}

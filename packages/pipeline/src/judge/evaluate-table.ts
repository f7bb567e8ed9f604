/** Judges a table of predictions from anywhere: one row a bag, `p_<class>` for each class, `patient` and `label`. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ClassifyTask, fail, type Outcome, ok, raise, unwrap } from "@nacre/core";
import { type Estimate, type Evaluation, evaluate, type PartScore, type PredictionRow } from "@nacre/evaluation";
import { readTable, type Table } from "../study/table.ts";

export interface EvaluateTableOptions {
  /** null: that of the scorecard beside the table, else the last class of the table. */
  readonly positive: string | null;
  readonly bootstrap: number;
  readonly seed: number;
}

export interface TableScorecard extends Evaluation {
  readonly task: ClassifyTask;
  readonly file: string;
}

/** @throws FailureError missing-file, bad-table, missing-column, bad-value, conflicting-label */
export function evaluateTable(path: string, options: EvaluateTableOptions): TableScorecard {
  const table = unwrap(readTable(path));
  const task = unwrap(taskOf(table, options.positive ?? positiveBeside(path)));
  const rows = unwrap(readRows(table, task));
  refuseLeak(rows);
  const result = unwrap(evaluate(rows, task, { bootstrap: options.bootstrap, seed: options.seed, subgroups: [] }));
  return { file: path, task, ...result };
}

/** A table that says who was trained on is believed: a patient both fitted on and reported, in one fold, ends it. @throws FailureError refused */
function refuseLeak(rows: readonly PredictionRow[]): void {
  const fitted = rows.filter((r) => r.part === "train" || r.part === "tune");
  const seen = new Set(fitted.map((r) => `${r.fold}\u0000${r.patient}`));
  const anywhere = new Set(fitted.map((r) => r.patient));
  const leaked = rows.filter(
    (r) =>
      (r.part === "test" && seen.has(`${r.fold}\u0000${r.patient}`)) ||
      (r.part === "external" && anywhere.has(r.patient)),
  );
  if (leaked.length === 0) return;
  const patients = new Set(leaked.map((r) => r.patient));
  raise("refused", {
    expected: "no patient both fitted on and reported in one fold (patient-leak)",
    received: `${patients.size} such patients, for example ${leaked[0]?.patient}`,
    remedy: "take these patients out of one of the parts and fit again",
  });
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

function taskOf(table: Table, positive: string | null): Outcome<ClassifyTask> {
  const classes = table.header.filter((h) => h.startsWith("p_")).map((h) => h.slice(2));
  const [first, second, ...rest] = classes;
  if (first === undefined || second === undefined) return missing("two or more columns p_<class>", table);
  for (const column of ["patient", "label"]) {
    if (!table.header.includes(column)) return missing(`a column \`${column}\``, table);
  }
  const chosen = positive ?? (classes.at(-1) as string);
  if (classes.includes(chosen))
    return ok({ kind: "classify", label: "label", classes: [first, second, ...rest], positive: chosen });
  return fail("bad-usage", {
    expected: `--positive among ${classes.join(", ")}`,
    received: chosen,
    remedy: "name one of the classes",
  });
}

function readRows(table: Table, task: ClassifyTask): Outcome<PredictionRow[]> {
  const rows: PredictionRow[] = [];
  for (const [i, cells] of table.rows.entries()) {
    const columns = Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""]));
    const at = `row ${i + 2} of ${table.file}`;
    const probabilities = task.classes.map((c) => Number(columns[`p_${c}`] === "" ? Number.NaN : columns[`p_${c}`]));
    const bad = probabilities.findIndex((p) => !(p >= 0 && p <= 1));
    if (bad >= 0)
      return badValue(
        "probabilities from 0 to 1",
        `\`${columns[`p_${task.classes[bad]}`]}\` in column p_${task.classes[bad]}, ${at}`,
      );
    const label = columns.label || null;
    if (label !== null && !task.classes.includes(label)) {
      return badValue(`a label among ${task.classes.join(", ")}`, `\`${label}\`, ${at}`);
    }
    const part = columns.part || "test";
    if (part !== "test" && part !== "external" && part !== "train" && part !== "tune") {
      return badValue("part train, tune, test or external", `\`${part}\`, ${at}`);
    }
    if (!columns.patient) return badValue("a patient in every row", `none in ${at}`);
    const fold = columns.fold ? Number(columns.fold) : null;
    rows.push({
      slide: columns.slide ?? String(i),
      case: columns.case || columns.patient,
      patient: columns.patient,
      site: columns.site || null,
      part,
      fold: fold !== null && Number.isInteger(fold) ? fold : null,
      label,
      probabilities,
      columns,
    });
  }
  return ok(rows);
}

/** The main numbers as lines for a terminal. */
export function scorecardText(card: Evaluation): string {
  const line = (name: string, e: Estimate): string =>
    e.value === null
      ? `  ${name.padEnd(18)} undefined: ${e.reason ?? ""}`
      : `  ${name.padEnd(18)} ${e.value.toFixed(3)}${e.low === null || e.high === null ? "" : ` (${e.low.toFixed(3)} to ${e.high.toFixed(3)})`}`;
  const part = (name: string, p: PartScore): string =>
    [
      `${name}: ${p.n} patients (${Object.entries(p.classes)
        .map(([c, n]) => `${n} ${c}`)
        .join(", ")})`,
      line("AUROC", p.auroc),
      line("AUPRC", p.auprc),
      line("accuracy", p.accuracy),
      line("balanced accuracy", p.balancedAccuracy),
      line("Brier", p.brier),
      line("ECE", p.ece),
      line("calibration slope", p.calibration.slope),
    ].join("\n");
  return [part("internal", card.internal), ...(card.external === null ? [] : [part("external", card.external)])].join(
    "\n",
  );
}

function missing(expected: string, table: Table): Outcome<never> {
  return fail("missing-column", {
    expected: `${expected} in ${table.file}`,
    received: table.header.join(", "),
    remedy: "rename the columns: slide, patient, part, fold, label, p_<class> for each class",
  });
}

function badValue(expected: string, received: string): Outcome<never> {
  return fail("bad-value", { expected, received, remedy: "correct the cell" });
}

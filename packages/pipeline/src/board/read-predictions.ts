/** A table of predictions for the board: `slide,patient,part,label,p_<class>`, with what the table alone gives away about leaks. */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import type { Bar, PredictionRow } from "@nacre/evaluation";
import { hashFile } from "../run/hash.ts";
import { readTable, type Table } from "../study/table.ts";

export interface PredictionsTable {
  /** The classes in the order of the columns; the last is positive until the board says otherwise. */
  readonly question: ClassifyTask;
  readonly rows: readonly PredictionRow[];
  /** Of the bytes of the file. */
  readonly sha256: string;
}

/** Reads and checks a table. Failures: bad-table, missing-column, bad-value, duplicate-id, each with row and column. */
export function readPredictions(path: string): Outcome<PredictionsTable> {
  const table = readTable(path);
  if (!table.ok) return table;
  const question = questionOf(table.value);
  if (!question.ok) return question;
  const rows = rowsOf(table.value, question.value);
  return rows.ok ? ok({ question: question.value, rows: rows.value, sha256: hashFile(path) }) : rows;
}

function questionOf({ header, file }: Table): Outcome<ClassifyTask> {
  const [first, second, ...rest] = header.filter((h) => h.startsWith("p_")).map((h) => h.slice(2));
  const lacking = ["patient", "label"].find((c) => !header.includes(c));
  if (first === undefined || second === undefined || lacking !== undefined) {
    return fail("missing-column", {
      expected: `${lacking === undefined ? "two or more columns p_<class>" : `a column \`${lacking}\``} in ${file}`,
      received: header.join(", "),
      remedy: "rename the columns: slide, patient, part, fold, label, p_<class> for each class",
    });
  }
  const classes: ClassifyTask["classes"] = [first, second, ...rest];
  return ok({ kind: "classify", label: "label", classes, positive: classes.at(-1) ?? second });
}

const PARTS = ["train", "tune", "test", "external"] as const;

function rowsOf(table: Table, question: ClassifyTask): Outcome<PredictionRow[]> {
  const place = new Map(table.header.map((name, i) => [name, i]));
  const chances = question.classes.map((c) => place.get(`p_${c}`) as number);
  const rows: PredictionRow[] = [];
  const seen = new Map<string, number>();
  for (const [i, cells] of table.rows.entries()) {
    const number = table.numbers?.[i] ?? i + 2;
    const cell = (name: string): string => cells[place.get(name) ?? -1] ?? "";
    const bad = (column: string, expected: string): Outcome<never> =>
      badValue(expected, `\`${cell(column)}\` in column ${column}, row ${number} of ${table.file}`);
    const probabilities = chances.map((c) => (cells[c] === "" ? Number.NaN : Number(cells[c])));
    const odd = probabilities.findIndex((p) => !(p >= 0 && p <= 1));
    if (odd >= 0) return bad(`p_${question.classes[odd]}`, "probabilities from 0 to 1, with a decimal point");
    const label = cell("label");
    if (label !== "" && !question.classes.includes(label)) return bad("label", `one of ${question.classes.join(", ")}`);
    const part = PARTS.find((p) => p === (cell("part") || "test"));
    if (part === undefined) return bad("part", `one of ${PARTS.join(", ")}`);
    if (cell("patient") === "") return bad("patient", "a patient in every row");
    const fold = cell("fold") === "" ? null : Number(cell("fold"));
    if (fold !== null && !Number.isInteger(fold)) return bad("fold", "a whole number, or nothing");
    const slide = cell("slide") || cell("patient");
    const key = JSON.stringify([slide, part, fold]);
    const before = seen.get(key);
    if (before !== undefined && cell("slide") !== "") return twice(slide, before, number, table.file);
    seen.set(key, number);
    rows.push({
      slide,
      case: cell("case") || cell("patient"),
      patient: cell("patient"),
      site: cell("site") || null,
      part,
      fold,
      label: label || null,
      probabilities,
    });
  }
  return ok(rows);
}

/** What strikes a table out by its own rows: patients both fitted on and reported. */
export function barsOf(rows: readonly PredictionRow[]): Bar[] {
  const fitted = new Set<string>();
  const anywhere = new Set<string>();
  for (const r of rows) {
    if (r.part !== "train" && r.part !== "tune") continue;
    fitted.add(JSON.stringify([r.fold, r.patient]));
    anywhere.add(r.patient);
  }
  const folds = new Set(rows.filter((r) => r.part === "test").map((r) => r.fold));
  // With several folds, each test patient has taught the models of the other folds.
  if (folds.size > 1) for (const r of rows) if (r.part === "test") anywhere.add(r.patient);
  const leaked = rows.filter((r) =>
    r.part === "test"
      ? fitted.has(JSON.stringify([r.fold, r.patient]))
      : r.part === "external" && anywhere.has(r.patient),
  );
  const patients = new Set(leaked.map((r) => r.patient));
  if (patients.size === 0) return [];
  const some = patients.size === 1 ? "1 patient was" : `${patients.size} patients were`;
  return [{ kind: "patient-leak", reason: `${some} both fitted on and reported, for example ${leaked[0]?.patient}` }];
}

function twice(slide: string, first: number, second: number, file: string): Outcome<never> {
  return fail("duplicate-id", {
    expected: "each slide once in a part and fold",
    received: `${slide} in rows ${first} and ${second} of ${file}`,
    remedy: "take one of the rows out",
  });
}

function badValue(expected: string, received: string): Outcome<never> {
  return fail("bad-value", { expected, received, remedy: "correct the cell" });
}

/** A finished run as a member of an ensemble: what it was asked, what it answered of whom, and whom each of its folds was fitted on. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fail, type Outcome, ok, type Task } from "@nacre/core";
import { plainNumber } from "../judge/cell-form.ts";
import { answerHeader } from "../predict/answer-kind.ts";
import { hashFile } from "../run/hash.ts";
import { readStudy } from "../study/read-study.ts";
import { readTable, type Table } from "../study/table.ts";

export type SingleQuestion = Exclude<Task, { kind: "multitask" }>;

/** One answer of a run. */
export interface MemberRow {
  readonly slide: string;
  readonly patient: string;
  readonly part: "tune" | "test" | "external";
  /** As it stands in the table; "" where the part is external. */
  readonly fold: string;
  /** The answer, by column. */
  readonly values: Readonly<Record<string, number>>;
  /** Every cell of the row, by column. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface Member {
  readonly run: string;
  readonly study: string;
  readonly seed: number;
  readonly encoder: string;
  readonly aggregator: string;
  readonly task: SingleQuestion;
  /** Columns of predictions.csv, and those of them that hold the answer. */
  readonly header: readonly string[];
  readonly answer: readonly string[];
  readonly rows: readonly MemberRow[];
  /** What each fold's model answered of its tune part: no number is reported of it. */
  readonly tune: readonly MemberRow[];
  /** Patients of whom a slide was used. */
  readonly used: ReadonlySet<string>;
}

const LABELS = ["label", "time", "event"];

/** Failures: bad-usage (no finished run, several questions), refused (a table that the run did not write), bad-table, bad-value. */
export function readMember(run: string): Outcome<Member> {
  const card = join(run, "scorecard.json");
  if (!existsSync(card) || !existsSync(join(run, "predictions.csv")) || !existsSync(join(run, "study.yaml"))) {
    return fail("bad-usage", {
      expected: "the folder of a finished run",
      received: existsSync(run) ? `${run}, without study.yaml, scorecard.json and predictions.csv` : `none at ${run}`,
      remedy: "give folders of finished `nacre run`; tables of others are compared by `nacre evaluate --against`",
    });
  }
  const study = readStudy(join(run, "study.yaml"));
  if (!study.ok) return study;
  const { task } = JSON.parse(readFileSync(card, "utf8")) as { task: Task }; // written by the run
  if (task.kind === "multitask") {
    return fail("bad-usage", {
      expected: "runs of one question",
      received: `${run}, of the questions ${task.tasks.map(({ name }) => name).join(", ")}`,
      remedy: "ensembles of several questions at once are not made; run a study for each question",
    });
  }
  const answer = answerHeader(task).answer;
  const rows = rowsOf(run, "predictions.csv", answer);
  if (!rows.ok) return rows;
  const tune = rowsOf(run, "tune-predictions.csv", answer);
  if (!tune.ok) return tune;
  const used = usedPatients(run);
  if (!used.ok) return used;
  return ok({
    run,
    study: study.value.name,
    seed: study.value.seed,
    encoder: study.value.slides === undefined ? "features" : basename(study.value.encoder),
    aggregator: study.value.aggregator.name,
    task,
    header: rows.value.header,
    answer,
    rows: rows.value.rows,
    tune: tune.value.rows,
    used: used.value,
  });
}

interface Rows {
  readonly header: readonly string[];
  readonly rows: readonly MemberRow[];
}

function rowsOf(run: string, name: string, answer: readonly string[]): Outcome<Rows> {
  const path = join(run, name);
  const changed = changedSince(run, name);
  if (changed !== null) return changed;
  // A run without a tune part leaves a table of a header alone.
  if (name !== "predictions.csv" && isEmpty(path)) return ok({ header: [], rows: [] });
  const read = readTable(path);
  if (!read.ok) return read;
  const { header, rows } = read.value;
  const absent = answer.find((column) => !header.includes(column));
  if (absent !== undefined) {
    return fail("missing-column", {
      expected: `a column \`${absent}\` in ${path}, by the task of the run`,
      received: header.join(", "),
      remedy: "run the study again",
    });
  }
  const parsed: MemberRow[] = [];
  for (const cells of rows) {
    const own = Object.fromEntries(header.map((column, c) => [column, cells[c] ?? ""]));
    const values = answer.map((column) => [column, plainNumber(own[column] ?? "")] as const);
    const wrong = values.find(([, value]) => value === null);
    if (wrong !== undefined) return noNumber(read.value, wrong[0], own);
    parsed.push({
      slide: own.slide ?? "",
      patient: own.patient ?? "",
      part: own.part as MemberRow["part"], // written by the run
      fold: own.fold ?? "",
      values: Object.fromEntries(values) as Record<string, number>, // none is null
      cells: own,
    });
  }
  return ok({ header, rows: parsed });
}

function isEmpty(path: string): boolean {
  return !existsSync(path) || readFileSync(path, "utf8").trimEnd().split("\n").length < 2;
}

function noNumber({ file }: Table, column: string, { slide, [column]: cell }: Readonly<Record<string, string>>) {
  return fail("bad-value", {
    expected: `a number in column ${column} of ${file}`,
    received: `\`${cell}\` for ${slide}`,
    remedy: "run the study again",
  });
}

/** A table that somebody edited is no answer of the run. */
function changedSince(run: string, name: string): Outcome<never> | null {
  const path = join(run, "provenance.json");
  if (!existsSync(path) || !existsSync(join(run, name))) return null;
  const { hashes = {} } = JSON.parse(readFileSync(path, "utf8")) as { hashes?: Record<string, string> };
  if (hashes[name] === undefined || hashes[name] === hashFile(join(run, name))) return null;
  return fail("refused", {
    expected: `${name} of ${run} as the run wrote it`,
    received: "another file: provenance.json has another hash",
    remedy: "run the study again",
  });
}

function usedPatients(run: string): Outcome<ReadonlySet<string>> {
  const table = readTable(join(run, "slides.csv"));
  if (!table.ok) return table;
  const { header, rows } = table.value;
  const [patient, state] = [header.indexOf("patient"), header.indexOf("state")];
  return ok(new Set(rows.flatMap((row) => (row[state] === "ready" ? [row[patient] ?? ""] : []))));
}

/** What the label of a row says, in one text: the same in every run of one cohort. */
export function labelText({ cells }: MemberRow): string {
  return Object.entries(cells)
    .filter(([column]) => LABELS.includes(column) || column.startsWith("label_"))
    .map(([, cell]) => cell)
    .join(" ");
}

/**
 * The cohort table: one row a slide. `slide` and `patient` are required; everything else is optional and kept, since any
 * column can be a subgroup. Codes for "missing" (empty, NA, N/A, nan, null, unknown) are read as missing and counted.
 */
import {
  type ClassifyTask,
  type CohortRow,
  caseId,
  fail,
  nearestName,
  type Outcome,
  ok,
  patientId,
  type SlideId,
  siteId,
  slideIdOf,
  type Task,
} from "@nacre/core";
import type { Cell } from "./covariates.ts";
import { rowNumber } from "./parse-table.ts";
import type { CohortCells, RowAnswer } from "./question/question.ts";
import { answerColumns, readQuestion } from "./question/registry.ts";
import type { Study } from "./read-study.ts";
import { readTable, type Table } from "./table.ts";

export interface Cohort {
  /** `label` is the answer as text, null where nothing is known. */
  readonly rows: readonly CohortRow[];
  readonly columns: readonly string[];
  /** What models are asked. */
  readonly question: Task;
  /** The classes by which the cohort is divided and audited: those of the question, or groups made of its answers. */
  readonly task: ClassifyTask;
  /** Of each labelled slide. */
  readonly answers: ReadonlyMap<SlideId, RowAnswer>;
  /** Columns that hold the answers. */
  readonly answerColumns: readonly string[];
  /** Rows whose label is a class the study drops. */
  readonly dropped: number;
  readonly hasSite: boolean;
}

const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "unknown", "not performed", "not available"]);

/**
 * Reads the cohort of a study and settles its question. Failures: missing-file, bad-table, missing-column, duplicate-id, bad-value,
 * one-class, no-events.
 */
export function readCohort(study: Study): Outcome<Cohort> {
  const table = readTable(study.cohort);
  if (!table.ok) return table;
  const asked = answerColumns(study.task);
  for (const column of ["slide", "patient", ...asked, ...study.evaluate.subgroups, ...study.covariates]) {
    if (!table.value.header.includes(column)) return missingColumn(column, table.value);
  }
  const clash = study.covariates.find((column) => asked.includes(column));
  if (clash !== undefined) return answerAsCovariate(clash);
  const rows = readRows(table.value);
  if (!rows.ok) return rows;
  const cells = rows.value.map((row, i) => cellsOf(row, `row ${rowNumber(table.value, i)} of ${study.cohort}`));
  const read = readQuestion(study.task, cells, study.cohort);
  if (!read.ok) return read;
  const { question, task, answers, dropped } = read.value;
  return ok({
    rows: rows.value.map((row, i) => ({ ...row, label: answers[i]?.text ?? null })),
    columns: table.value.header,
    question,
    task,
    answers: new Map(rows.value.flatMap(({ slide }, i) => (answers[i] == null ? [] : [[slide, answers[i]]]))),
    answerColumns: asked,
    dropped,
    hasSite: table.value.header.includes("site") && rows.value.some((r) => r.site !== null),
  });
}

/** The rows with the group of their answer in place of the label: what divides and audits a cohort looks at classes. */
export function groupedRows(rows: readonly CohortRow[], { answers }: Cohort): CohortRow[] {
  return rows.map((row) => ({ ...row, label: row.label === null ? null : (answers.get(row.slide)?.group ?? null) }));
}

/** Cells of a row, codes of missing values as null. */
export function cellOf({ columns }: Pick<CohortRow, "columns">): Cell {
  return (column) => {
    const text = columns[column];
    return text === undefined || MISSING.has(text.toLowerCase()) ? null : text;
  };
}

function cellsOf(row: CohortRow, at: string): CohortCells {
  return { text: (column) => row.columns[column] ?? "", value: cellOf(row), at };
}

function readRows(table: Table): Outcome<CohortRow[]> {
  const seen = new Map<string, number>();
  const rows: CohortRow[] = [];
  for (const [i, cells] of table.rows.entries()) {
    const columns = Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""]));
    const value = cellOf({ columns });
    const path = value("slide");
    const patient = value("patient");
    if (path === null || patient === null) {
      return fail("bad-value", {
        expected: "a slide and a patient in every row",
        received: `no ${path === null ? "slide" : "patient"} in row ${rowNumber(table, i)} of ${table.file}`,
        remedy: "fill the cell, or remove the row; a patient of whom nothing is known still needs a name of its own",
      });
    }
    const slide = slideIdOf(path);
    const before = seen.get(slide);
    if (before !== undefined) {
      return fail("duplicate-id", {
        expected: "each slide once",
        received: `${slide} in rows ${before} and ${rowNumber(table, i)} of ${table.file}`,
        remedy: "remove one of the rows, or rename one of the files",
      });
    }
    seen.set(slide, rowNumber(table, i));
    const mpp = readMpp(value("mpp"), rowNumber(table, i), table.file);
    if (!mpp.ok) return mpp;
    const site = value("site");
    rows.push({
      slide,
      path,
      patient: patientId(patient),
      case: caseId(value("case") ?? patient),
      site: site === null ? null : siteId(site),
      label: null,
      mpp: mpp.value,
      columns,
    });
  }
  return ok(rows);
}

function readMpp(text: string | null, row: number, file: string): Outcome<number | null> {
  if (text === null) return ok(null);
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0.05 && value <= 10) return ok(value);
  return fail("bad-value", {
    expected: "mpp between 0.05 and 10 micrometres per pixel, with a decimal point",
    received: `\`${text}\` in row ${row} of ${file}`,
    remedy: "correct the cell, or leave it empty to use the file's own scale",
  });
}

function answerAsCovariate(column: string): Outcome<never> {
  return fail("bad-study", {
    expected: "covariates: that are not the answer",
    received: column,
    remedy: "leave it out of covariates:; a model that is told the answer learns nothing",
  });
}

/** What other tools call our columns. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  slide: ["slide_id", "slide_name", "filename", "FILENAME", "image_id", "wsi"],
  patient: ["patient_id", "case_id", "PATIENT", "case_submitter_id", "pat_id"],
};

function missingColumn(column: string, table: Table): Outcome<never> {
  const near = FOREIGN[column]?.find((name) => table.header.includes(name)) ?? nearestName(column, table.header);
  return fail("missing-column", {
    expected: `a column \`${column}\` in ${table.file}`,
    received: table.header.join(", "),
    remedy:
      near === null
        ? "add the column, or correct the study file"
        : `did you mean \`${near}\`? Correct the study, or rename the column`,
  });
}

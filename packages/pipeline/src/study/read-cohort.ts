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
  siteId,
  slideIdOf,
} from "@nacre/core";
import type { Study } from "./read-study.ts";
import { readTable, type Table } from "./table.ts";

export interface Cohort {
  readonly rows: readonly CohortRow[];
  readonly columns: readonly string[];
  readonly task: ClassifyTask;
  /** Rows whose label is a class the study drops. */
  readonly dropped: number;
  readonly hasSite: boolean;
}

const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "unknown", "not performed", "not available"]);

/** Reads the cohort of a study and settles its classes. Failures: missing-file, bad-table, missing-column, duplicate-id, bad-value, one-class. */
export function readCohort(study: Study): Outcome<Cohort> {
  const table = readTable(study.cohort);
  if (!table.ok) return table;
  const label = study.task.label ?? "";
  for (const column of ["slide", "patient", label, ...study.evaluate.subgroups]) {
    if (!table.value.header.includes(column)) return missingColumn(column, table.value);
  }
  const rows = readRows(table.value, label, study.task);
  if (!rows.ok) return rows;
  const task = settleTask(
    study,
    rows.value.map((r) => r.label).filter((l) => l !== null),
  );
  if (!task.ok) return task;
  return ok({
    rows: rows.value,
    columns: table.value.header,
    task: task.value,
    dropped: rows.value.filter((r) => r.label === null && !MISSING.has((r.columns[label] ?? "").toLowerCase())).length,
    hasSite: table.value.header.includes("site") && rows.value.some((r) => r.site !== null),
  });
}

function readRows(table: Table, label: string, task: Study["task"]): Outcome<CohortRow[]> {
  const named = new Set(task.classes ?? []);
  const drop = new Set(task.drop ?? []);
  const seen = new Map<string, number>();
  const rows: CohortRow[] = [];
  for (const [i, cells] of table.rows.entries()) {
    const columns = Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""]));
    const value = (name: string): string | null => {
      const text = columns[name];
      return text === undefined || MISSING.has(text.toLowerCase()) ? null : text;
    };
    const path = value("slide");
    const patient = value("patient");
    if (path === null || patient === null) {
      return fail("bad-value", {
        expected: "a slide and a patient in every row",
        received: `no ${path === null ? "slide" : "patient"} in row ${i + 2} of ${table.file}`,
        remedy: "fill the cell, or remove the row; a patient of whom nothing is known still needs a name of its own",
      });
    }
    const slide = slideIdOf(path);
    const before = seen.get(slide);
    if (before !== undefined) {
      return fail("duplicate-id", {
        expected: "each slide once",
        received: `${slide} in rows ${before} and ${i + 2} of ${table.file}`,
        remedy: "remove one of the rows, or rename one of the files",
      });
    }
    seen.set(slide, i + 2);
    const mpp = readMpp(value("mpp"), i + 2, table.file);
    if (!mpp.ok) return mpp;
    const written = columns[label] ?? "";
    // "none" may be a class: what the study names as one is never a missing value.
    const text = named.has(written) ? written : value(label);
    rows.push({
      slide,
      path,
      patient: patientId(patient),
      case: caseId(value("case") ?? patient),
      site: value("site") === null ? null : siteId(value("site") as string),
      label: text === null || drop.has(text) ? null : text,
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

function settleTask(study: Study, labels: readonly string[]): Outcome<ClassifyTask> {
  const found = [...new Set(labels)].sort();
  const classes = study.task.classes ?? found;
  const strange = found.find((l) => !classes.includes(l));
  const label = study.task.label ?? "";
  if (strange !== undefined) {
    return fail("bad-value", {
      expected: `a label among the classes ${classes.join(", ")}`,
      received: `\`${strange}\` in column ${label} of ${study.cohort}`,
      remedy: "add it to task.classes, or to task.drop",
    });
  }
  const present = classes.filter((c) => found.includes(c));
  const [first, second, ...rest] = classes;
  if (present.length < 2 || first === undefined || second === undefined) {
    return fail("one-class", {
      expected: `at least two classes in column ${label}`,
      received: present.length === 0 ? "no label at all" : `only \`${present[0]}\``,
      remedy: "check the label column and task.drop; a model cannot be fitted to one class",
    });
  }
  if (found.length > 50 && study.task.classes === undefined) {
    return fail("bad-value", {
      expected: `a label with a few classes in column ${label}`,
      received: `${found.length} different values`,
      remedy: "name the classes under task.classes, or choose another column",
    });
  }
  const positive = study.task.positive ?? (classes[classes.length - 1] as string);
  if (!classes.includes(positive)) {
    const near = nearestName(positive, classes);
    return fail("bad-study", {
      expected: `task.positive among ${classes.join(", ")}`,
      received: positive,
      remedy: near === null ? "name one of the classes" : `did you mean \`${near}\`?`,
    });
  }
  return ok({ kind: "classify", label, classes: [first, second, ...rest], positive });
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
    remedy: near === null ? "add the column, or correct the study file" : `did you mean \`${near}\`? If so, rename it`,
  });
}

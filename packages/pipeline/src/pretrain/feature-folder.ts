/** Feature files of a folder as bags: one a slide, or one a patient where a table says whose slides they are. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fail, groupBy, type Outcome, ok } from "@nacre/core";
import { readText } from "../study/read-text.ts";
import { readTable } from "../study/table.ts";

export interface BagFiles {
  /** Files of each bag, by the slide's name or the patient's id. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

export interface FolderOptions {
  /** A table with the columns slide and patient; null: each slide is a bag and its name stands for the patient. */
  readonly cohort: string | null;
  /** A text file of slide names to learn from, one a line; null: all of the folder. */
  readonly only: string | null;
}

const ENDING = ".h5";

/** Failures: missing-file, bad-table, missing-column, too-few (nothing left), bad-value (a listed slide without a file, or without a patient). */
export function bagFiles(folder: string, { cohort, only }: FolderOptions): Outcome<BagFiles> {
  const names = namesIn(folder);
  if (!names.ok) return names;
  const wanted = only === null ? names : listed(only, names.value);
  if (!wanted.ok) return wanted;
  const patients = cohort === null ? null : patientsOf(cohort);
  if (patients !== null && !patients.ok) return patients;
  const lost = patients === null ? undefined : wanted.value.find((name) => !patients.value.has(name));
  if (lost !== undefined) {
    return fail("bad-value", {
      expected: `a patient for every slide of ${folder} in ${cohort}`,
      received: `none for ${lost}`,
      remedy: "add the slide to the table, or leave it out with --only",
    });
  }
  const idOf = (name: string): string => patients?.value.get(name) ?? name;
  const groups = groupBy(wanted.value, idOf);
  return ok({
    files: Object.fromEntries([...groups].map(([id, own]) => [id, own.map((name) => join(folder, name + ENDING))])),
  });
}

function namesIn(folder: string): Outcome<string[]> {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    return fail("missing-file", {
      expected: `a folder of feature files at ${folder}`,
      received: (error as NodeJS.ErrnoException).code ?? "none",
      remedy: "make one with nacre encode, or correct the path",
    });
  }
  const names = entries.filter((name) => name.endsWith(ENDING)).map((name) => basename(name, ENDING));
  if (names.length > 0) return ok(names.sort());
  return fail("too-few", {
    expected: `feature files (${ENDING}) in ${folder}`,
    received: "none",
    remedy: "make some with nacre encode",
  });
}

function listed(path: string, known: readonly string[]): Outcome<string[]> {
  const text = readText(path);
  if (!text.ok) return text;
  const wanted = text.value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const stranger = wanted.find((name) => !known.includes(name));
  if (stranger === undefined && wanted.length > 0) return ok([...new Set(wanted)]);
  return fail("bad-value", {
    expected: `names of feature files in ${path}, one a line, without ${ENDING}`,
    received: stranger ?? "none",
    remedy: "correct the list, or encode the slide",
  });
}

function patientsOf(path: string): Outcome<ReadonlyMap<string, string>> {
  const table = readTable(path);
  if (!table.ok) return table;
  const [slide, patient] = ["slide", "patient"].map((name) => table.value.header.indexOf(name)) as [number, number];
  if (slide < 0 || patient < 0) {
    return fail("missing-column", {
      expected: `the columns slide and patient in ${path}`,
      received: table.value.header.join(", "),
      remedy: "name them so",
    });
  }
  return ok(new Map(table.value.rows.map((row) => [row[slide]?.trim() ?? "", row[patient]?.trim() ?? ""])));
}

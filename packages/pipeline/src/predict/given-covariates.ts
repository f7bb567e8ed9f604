/** Covariates of new slides: the coding a run was fitted with, and a table that names them by slide. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, type Outcome, ok, slideIdOf } from "@nacre/core";
import { nameOf } from "../files.ts";
import { type Covariate, encodeCovariates } from "../study/covariates.ts";
import { cellOf } from "../study/read-cohort.ts";
import { readTable } from "../study/table.ts";

/** The numbers a model takes beside the tiles of a file. Failures: no-covariates, bad-value. */
export type CovariatesOf = (file: string) => Outcome<readonly number[]>;

/**
 * Reads the coding of a finished run and the table of new slides (column `slide`, and the columns of the study's covariates).
 * Failures: bad-table, missing-column, bad-usage (a table is needed, or of no use).
 */
export function givenCovariates(run: string, table: string | null): Outcome<CovariatesOf> {
  const path = join(run, "model", "covariates.json");
  const coding = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Covariate[]) : []; // written by the run
  if (coding.length === 0) return table === null ? ok(() => ok([])) : notAsked(table);
  const columns = coding.map(({ column }) => column);
  if (table === null) return asked(columns);
  const read = readTable(table);
  if (!read.ok) return read;
  const { header, rows } = read.value;
  const absent = ["slide", ...columns].find((column) => !header.includes(column));
  if (absent !== undefined) {
    return fail("missing-column", {
      expected: `a column \`${absent}\` in ${table}`,
      received: header.join(", "),
      remedy: `give a table with the columns slide, ${columns.join(", ")}`,
    });
  }
  const named = new Map(
    rows.map((cells) => {
      const own = Object.fromEntries(header.map((name, c) => [name, cells[c] ?? ""]));
      return [slideIdOf(own.slide ?? ""), cellOf({ columns: own })] as const;
    }),
  );
  return ok((file) => {
    const cell = named.get(slideIdOf(nameOf(file)));
    return cell === undefined ? notListed(file, table) : encodeCovariates(coding, cell, file);
  });
}

function notAsked(table: string): Outcome<never> {
  return fail("bad-usage", {
    expected: "no table of covariates: the model was fitted without them",
    received: table,
    remedy: "leave --covariates out",
  });
}

function asked(columns: readonly string[]): Outcome<never> {
  return fail("no-covariates", {
    expected: `a table with the covariates the model was fitted with: ${columns.join(", ")}`,
    received: "none",
    remedy: `give --covariates TABLE.csv with the columns slide, ${columns.join(", ")}`,
  });
}

function notListed(file: string, table: string): Outcome<never> {
  return fail("no-covariates", {
    expected: `a row for ${slideIdOf(nameOf(file))} in ${table}`,
    received: "none",
    remedy: "add the row, its slide named as the file without its folder",
  });
}

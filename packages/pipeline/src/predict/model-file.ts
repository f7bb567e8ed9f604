/** A model.onnx that stands alone, in place of a run folder: what it says about itself, and covariates that it was given as plain numbers. */
import { existsSync } from "node:fs";
import { fail, type Outcome, ok, slideIdOf } from "@nacre/core";
import type { ModelInfo } from "@nacre/models";
import { nameOf } from "../files.ts";
import { plainNumber } from "../judge/cell-form.ts";
import { readTable } from "../study/table.ts";
import type { CovariatesOf } from "./given-covariates.ts";

/** Whether what was named is a file of a model and no run folder. */
export function isModelFile(path: string): boolean {
  return /\.onnx$/i.test(path) && existsSync(path);
}

/**
 * Covariates of a model whose coding nobody wrote down: a table with the column slide and as many columns of numbers as the model
 * takes, in its order. Failures: no-covariates, bad-usage, bad-table, bad-value.
 */
export function plainCovariates(
  { covariates }: Pick<ModelInfo, "covariates">,
  table: string | null,
): Outcome<CovariatesOf> {
  if (covariates === 0) {
    return table === null
      ? ok(() => ok([]))
      : fail("bad-usage", {
          expected: "no table of covariates: the model takes none",
          received: table,
          remedy: "leave --covariates out",
        });
  }
  const columns = `the column slide and ${covariates} columns of numbers, in the order of the model`;
  if (table === null) {
    return fail("no-covariates", {
      expected: `a table with ${columns}`,
      received: "none",
      remedy: `give --covariates TABLE.csv with ${columns}`,
    });
  }
  const read = readTable(table);
  if (!read.ok) return read;
  const { header, rows } = read.value;
  const at = header.indexOf("slide");
  if (at < 0 || header.length !== covariates + 1) {
    return fail("bad-table", {
      expected: `${columns} in ${table}`,
      received: header.join(", "),
      remedy: "write one row for each slide",
    });
  }
  const cells = new Map(rows.map((row) => [slideIdOf(row[at] ?? ""), row.filter((_, c) => c !== at)]));
  return ok((file) => {
    const own = cells.get(slideIdOf(nameOf(file)));
    const numbers = own?.map((cell) => plainNumber(cell));
    if (numbers?.every((value) => value !== null)) return ok(numbers);
    return fail(own === undefined ? "no-covariates" : "bad-value", {
      expected: `numbers for ${slideIdOf(nameOf(file))} in ${table}`,
      received: own === undefined ? "no row" : own.join(", "),
      remedy: "add the row, its slide named as the file without its folder, or correct the cell",
    });
  });
}

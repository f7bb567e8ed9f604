/** Several tables of predictions of one task, ranked on the patients they share: what cannot be told apart shares a rank. */

import { fail, type Outcome, ok } from "@nacre/core";
import { comparePredictions, type NamedPredictions, type PredictionComparison } from "@nacre/evaluation";
import { counted } from "../report/number-text.ts";
import { readTable, type Table } from "../study/table.ts";
import { problemOf } from "./check-predictions.ts";
import { pairPowerLine } from "./examination-text.ts";
import { readPredictions, taskOf } from "./read-predictions.ts";

export interface CompareFilesOptions {
  readonly positive: string | null;
  readonly bootstrap: number;
  readonly seed: number;
}

/** A table may be given that is read already. Failures: those of reading each table, bad-table (other classes than the first), bad-usage (a table named twice), and those of `comparePredictions`. */
export function compareFiles(
  files: readonly (string | Table)[],
  { positive, bootstrap, seed }: CompareFilesOptions,
): Outcome<PredictionComparison[]> {
  const paths = files.map((f) => (typeof f === "string" ? f : f.file));
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined) {
    return fail("bad-usage", {
      expected: "each table once",
      received: `${twice} twice`,
      remedy: "name the other model's predictions; a model is not compared with itself",
    });
  }
  const tables: NamedPredictions[] = [];
  let classes: string | null = null;
  let first: Parameters<typeof comparePredictions>[1] | null = null;
  for (const file of files) {
    const table = typeof file === "string" ? readTable(file) : ok(file);
    if (!table.ok) return table;
    const task = taskOf(table.value, positive);
    if (!task.ok) return task;
    const named = [...task.value.classes].sort().join(", ");
    classes ??= named;
    first ??= task.value;
    if (named !== classes) {
      return fail("bad-table", {
        expected: `the classes ${classes} in every table`,
        received: `${named} in ${table.value.file}`,
        remedy: "compare tables of one task",
      });
    }
    const rows = readPredictions(table.value, first, []);
    if (!rows.ok) return rows;
    const problem = problemOf(rows.value, table.value);
    if (problem !== null) return problem;
    tables.push({ name: table.value.file, rows: rows.value });
  }
  if (first === null) return ok([]);
  return comparePredictions(tables, first, { replicates: bootstrap, seed });
}

export function comparisonText(comparisons: readonly PredictionComparison[]): string {
  return comparisons
    .flatMap(({ part, common, auroc, power }) => [
      `${part === "test" ? "internal" : "external"}, ${counted(common, "patient")} in common; AUROC, models that share a letter cannot be told apart`,
      ...auroc.models.map(({ name, estimate: { value, low, high, reason }, rank, letters }) => {
        const number =
          value === null
            ? `undefined: ${reason ?? ""}`
            : `${value.toFixed(3)} (${low?.toFixed(3)} to ${high?.toFixed(3)})`;
        return `  ${String(rank ?? "-").padStart(2)} ${letters.padEnd(4)} ${number}  ${name}`;
      }),
      ...auroc.pairs.map(({ a, b, difference, adjusted }) => {
        const { value, low, high } = difference;
        if (value === null) return `     ${a} against ${b}: undefined`;
        const p = adjusted === null ? "" : `, p ${adjusted < 0.001 ? "below 0.001" : adjusted.toFixed(3)} (Holm)`;
        return `     ${a} minus ${b}: ${value.toFixed(3)} (${low?.toFixed(3)} to ${high?.toFixed(3)})${p}`;
      }),
      ...power.map(pairPowerLine),
    ])
    .join("\n");
}

/** Several tables of predictions of one task, ranked on the patients they share: what cannot be told apart shares a rank. */
import { fail, type Outcome, ok } from "@nacre/core";
import { comparePredictions, type NamedPredictions, type PredictionComparison } from "@nacre/evaluation";
import { readTable } from "../study/table.ts";
import { problemOf } from "./check-predictions.ts";
import { readPredictions, taskOf } from "./read-predictions.ts";

export interface CompareFilesOptions {
  readonly positive: string | null;
  readonly bootstrap: number;
  readonly seed: number;
}

/** Failures: those of reading each table, bad-table (other classes than the first), and those of `comparePredictions`. */
export function compareFiles(
  paths: readonly string[],
  { positive, bootstrap, seed }: CompareFilesOptions,
): Outcome<PredictionComparison[]> {
  const tables: NamedPredictions[] = [];
  let classes: string | null = null;
  let first: Parameters<typeof comparePredictions>[1] | null = null;
  for (const path of paths) {
    const table = readTable(path);
    if (!table.ok) return table;
    const task = taskOf(table.value, positive);
    if (!task.ok) return task;
    const named = [...task.value.classes].sort().join(", ");
    classes ??= named;
    first ??= task.value;
    if (named !== classes) {
      return fail("bad-table", {
        expected: `the classes ${classes} in every table`,
        received: `${named} in ${path}`,
        remedy: "compare tables of one task",
      });
    }
    const rows = readPredictions(table.value, first);
    if (!rows.ok) return rows;
    const problem = problemOf(rows.value, table.value);
    if (problem !== null) return problem;
    tables.push({ name: path, rows: rows.value });
  }
  if (first === null) return ok([]);
  return comparePredictions(tables, first, { replicates: bootstrap, seed });
}

export function comparisonText(comparisons: readonly PredictionComparison[]): string {
  return comparisons
    .flatMap(({ part, common, auroc }) => [
      `${part === "test" ? "internal" : "external"}, ${common} patients in common; AUROC, models that share a letter cannot be told apart`,
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
    ])
    .join("\n");
}

/** The answers of R recorded by tools/oracles/cox.R, and the public cohorts where they lie beside the repository. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Embeddings } from "../../src/probe/embeddings.ts";
import type { Ties } from "../../src/survival/partial-likelihood.ts";

export interface CoxReference {
  readonly ties: Ties;
  readonly coefficients: readonly number[];
  readonly errors: readonly number[];
  readonly logLikelihood: readonly [number, number];
  readonly at: readonly number[];
  /** Cumulative baseline hazard at those times, at the mean of every column, by stratum. */
  readonly hazards: Readonly<Record<string, readonly number[]>>;
}

export interface NetReference {
  readonly mix: number;
  readonly lambdas: readonly number[];
  /** [lambdas, p]. */
  readonly coefficients: readonly number[];
  readonly offsets: readonly number[];
}

interface Recorded {
  readonly synthetic: {
    readonly n: number;
    readonly d: number;
    readonly x: readonly number[];
    readonly time: readonly number[];
    readonly event: readonly number[];
    readonly strata: readonly string[];
    readonly weights: readonly number[];
    readonly plain: readonly CoxReference[];
    readonly stratified: readonly CoxReference[];
    readonly weighted: readonly CoxReference[];
  };
  readonly public: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly n: number; readonly fits: readonly CoxReference[] }>
  >;
  readonly nets: {
    readonly n: number;
    readonly d: number;
    readonly x: readonly number[];
    readonly label: readonly number[];
    readonly time: readonly number[];
    readonly event: readonly number[];
    readonly binomial: readonly NetReference[];
    readonly cox: readonly NetReference[];
  };
}

export const recorded: Recorded = JSON.parse(readFileSync(new URL("../golden/cox.json", import.meta.url), "utf8"));

export function matrix({
  x,
  n,
  d,
}: {
  readonly x: readonly number[];
  readonly n: number;
  readonly d: number;
}): Embeddings {
  return { values: Float64Array.from(x), n, d };
}

const folder = new URL("../../../../../shared/data/survival/", import.meta.url);
export const hasCohorts = existsSync(fileURLToPath(folder));

/** Where a file of the folder lies. */
export function pathOf(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** Columns of a CSV file and its follow-up; rows with a missing value in them are left out. */
export function publicCohort(
  name: string,
  columns: readonly string[],
  { time, event }: { time: string; event: (row: Row) => boolean },
) {
  const [head = "", ...lines] = readFileSync(pathOf(`${name}.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  const cells = (line: string) => line.split(",").map((cell) => cell.replaceAll('"', ""));
  const names = cells(head);
  const rows: Row[] = lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [names[i] as string, cell])));
  const complete = rows.filter((row) => columns.every((column) => row[column] !== "NA"));
  const values = Float64Array.from(complete.flatMap((row) => columns.map((column) => Number(row[column]))));
  return {
    x: { values, n: complete.length, d: columns.length },
    followUp: { time: complete.map((row) => Number(row[time])), event: complete.map((row) => (event(row) ? 1 : 0)) },
  };
}

export type Row = Readonly<Record<string, string>>;

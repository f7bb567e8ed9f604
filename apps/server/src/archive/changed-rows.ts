/** Which rows a scan has to write, and how many at once. */
import { canonicalJson } from "@nacre/core";

/** Rows of one statement: PostgreSQL takes 65,535 values. */
const CHUNK = 1000;

/** Whether columns are equal, JSON by its canonical text. */
export function same<R extends object>(row: R, had: object, columns: readonly (keyof R & string)[]): boolean {
  const at = had as Record<string, unknown>;
  return columns.every((column) => canonicalJson(row[column] ?? null) === canonicalJson(at[column] ?? null));
}

export function chunks<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, i) => rows.slice(i * CHUNK, (i + 1) * CHUNK));
}

/**
 * The trail as a chain: hash = SHA-256 of the hash before and the canonical JSON of the row (RFC 8785's idea: sorted names, no spaces).
 * A row that is changed, taken out or moved breaks every hash after it. What a chain cannot show: rows cut off at the end, and
 * a chain that somebody who may write to the database computed anew from the start. For that the head is told elsewhere:
 * in the log and when the service closes.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "@nacre/core";
import type { Tables } from "../store/tables.ts";

export type TrailRow = Tables["trail"];

/** What stands before the first row. */
export const ROOT = "0".repeat(64);

/** Hash of a row that follows `row.previous`. 64 hexadecimal digits. */
export function rowHash(row: Omit<TrailRow, "hash">): string {
  const { seq, at, actor, action, project, subject, details, previous } = row;
  const text = canonicalJson({ seq, at, actor, action, project, subject, details });
  return createHash("sha256").update(previous).update(text).digest("hex");
}

export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Follows rows in their order from `end`. @returns the new end, or the number of the first row that does not follow */
export function follow(
  end: ChainEnd,
  rows: readonly TrailRow[],
): { readonly end: ChainEnd; readonly broken: number | null } {
  let last = end;
  for (const row of rows) {
    const follows = row.seq === last.seq + 1 && row.previous === last.hash && row.hash === rowHash(row);
    if (!follows) return { end: last, broken: last.seq + 1 };
    last = { seq: row.seq, hash: row.hash };
  }
  return { end: last, broken: null };
}

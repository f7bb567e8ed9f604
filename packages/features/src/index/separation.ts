/**
 * What neighbours tell of a column: each row asks its k nearest of other groups (patients), and the share of each value among them, weighted
 * with similarity, is its score. Judged with AUROC by the caller, it shows whether vectors lie by disease or by hospital.
 */
import type { VectorIndex } from "./vector-index.ts";

export interface SharesOptions {
  readonly k: number;
  /** Index of a value for each row, -1 where it is not known: such rows neither ask nor answer. */
  readonly values: Int32Array;
  readonly classes: number;
  /** Whether two groups are of one patient. */
  readonly isSame: (group: number, other: number) => boolean;
}

export interface NeighbourShares {
  /** Rows that have a value and a neighbour. */
  readonly rows: Int32Array;
  /** [rows, classes], each row adds up to 1. */
  readonly shares: Float64Array;
}

/** Asks all rows with a value. Groups of `index` must have one value each: a slide has one site and one label. */
export function neighbourShares(index: VectorIndex, { k, values, classes, isSame }: SharesOptions): NeighbourShares {
  const asked = Int32Array.from(values.keys()).filter((row) => (values[row] as number) >= 0);
  const known = new Set(Array.from(asked, (row) => index.groups[row] as number));
  const found = index.searchMany(
    Array.from(asked, (row) => index.row(row)),
    (q) => {
      const own = index.groups[asked[q] as number] as number;
      return { k, accept: (group) => known.has(group) && !isSame(group, own) };
    },
  );
  const rows: number[] = [];
  const shares: number[] = [];
  found.forEach((alike, q) => {
    if (alike.rows.length === 0) return;
    const own = new Float64Array(classes);
    let total = 0;
    for (const { row, similarity } of alike.rows) {
      const value = values[row] as number;
      if (value < 0) continue;
      const weight = (1 + similarity) / 2;
      own[value] = (own[value] as number) + weight;
      total += weight;
    }
    rows.push(asked[q] as number);
    for (const weight of own) shares.push(total > 0 ? weight / total : 1 / classes);
  });
  return { rows: Int32Array.from(rows), shares: Float64Array.from(shares) };
}

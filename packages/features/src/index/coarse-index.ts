/**
 * An exact index that holds a quarter of the bytes: coarse rows in memory, and the few rows that can be among the best read again from the
 * table. The answer is the one that comparing everything in full gives, row for row and bit for bit.
 */
import { coarseRoom } from "./coarse.ts";
import { dotRoom } from "./dots.ts";
import { Sieve } from "./sieve.ts";
import {
  type Alike,
  type AlikeOptions,
  acceptedOf,
  checkK,
  readUnit,
  sizesOf,
  unitOf,
  type VectorIndex,
  type VectorTable,
} from "./vector-index.ts";

/** Queries that pass over the rows together. */
const TOGETHER = 32;

/** `table.read` is asked in order while the index is made, and for single rows as long as it is used. @throws RangeError above 4 GiB of coarse rows, or where a row holds what is not finite */
export function coarseIndex(table: VectorTable): VectorIndex {
  const { n, d, groups } = table;
  const room = coarseRoom(n, d);
  const row = new Float32Array(d);
  for (let i = 0; i < n; i++) room.keep(i, readUnit(table, i, row));
  const rows = unitRows(table);
  const sizes = sizesOf(groups);
  const some = (queries: readonly Float32Array[], optionsOf: (query: number) => AlikeOptions): Alike[] => {
    const asked = queries.map((query, q) => askedOf(rows, sizes, query, optionsOf(q)));
    room.bounds(
      asked.map(({ unit }) => unit),
      (first, middle, slack, q) => {
        const { sieve, accepted } = asked[q] as Asked;
        let least = sieve.least;
        for (let i = 0; i < middle.length; i++) {
          const high = (middle[i] as number) + (slack[i] as number);
          if (high < least) continue;
          const group = groups[first + i] as number;
          if (accepted.is[group] === 0) continue;
          sieve.offer(first + i, (middle[i] as number) - (slack[i] as number), high, group);
          least = sieve.least;
        }
      },
    );
    return asked.map(({ sieve, accepted }) => ({ rows: sieve.rows(), compared: accepted.rows, exact: true }));
  };
  const searchMany: VectorIndex["searchMany"] = (queries, optionsOf) =>
    Array.from({ length: Math.ceil(queries.length / TOGETHER) }, (_, i) => i * TOGETHER).flatMap((first) =>
      some(queries.slice(first, first + TOGETHER), (q) => optionsOf(first + q)),
    );
  return {
    n,
    d,
    groups,
    row: rows.row,
    search: (query, options) => searchMany([query], () => options)[0] as Alike,
    searchMany,
  };
}

export interface Asked {
  readonly unit: Float32Array;
  readonly sieve: Sieve;
  readonly accepted: ReturnType<typeof acceptedOf>;
}

/** What one query needs on its way through the rows. */
export function askedOf(rows: UnitRows, sizes: Int32Array, query: Float32Array, options: AlikeOptions): Asked {
  const { k, accept, perGroup } = options;
  checkK(k);
  const unit = unitOf(query);
  return { unit, sieve: new Sieve(() => rows.comparing(unit), k, perGroup), accepted: acceptedOf(sizes, accept) };
}

/** Rows of a table, one at a time, of length one. */
export interface UnitRows {
  row(i: number): Float32Array;
  /** Exact products with a unit vector; good until the next call. */
  comparing(unit: Float32Array): (row: number) => number;
}

export function unitRows(table: VectorTable): UnitRows {
  const { d } = table;
  const one = dotRoom(1, d);
  const own = one.row(0);
  return {
    row: (i) => readUnit(table, i, new Float32Array(d)),
    comparing(unit) {
      const product = one.productWith(unit);
      return (row) => {
        readUnit(table, row, own);
        return product(0);
      };
    },
  };
}

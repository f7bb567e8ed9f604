/**
 * Vectors that can be asked for what is alike: cosine of rows of length one. Exact: every accepted row is compared.
 * Rows belong to groups (slides): a search says which groups it accepts, and how many rows of one group it wants at most.
 */
import { bestOf } from "./best.ts";
import { type DotRoom, dotRoom } from "./dots.ts";

export interface VectorTable {
  readonly n: number;
  readonly d: number;
  /** Writes row i, raw, into an array of d numbers: in order while an index is made. */
  readonly read: (row: number, into: Float32Array) => void;
  /** Group of each row, [n]. */
  readonly groups: Int32Array;
}

export interface AlikeOptions {
  readonly k: number;
  /** Groups that may answer; all where it is left out. */
  readonly accept?: (group: number) => boolean;
  /** Most rows of one group. */
  readonly perGroup?: number;
}

export interface Alike {
  /** Most alike first; of equals the earlier row. */
  readonly rows: readonly { readonly row: number; readonly similarity: number }[];
  /** Rows that were compared. */
  readonly compared: number;
  /** Whether no accepted row was left out of the comparison. */
  readonly exact: boolean;
}

export interface VectorIndex {
  readonly n: number;
  readonly d: number;
  readonly groups: Int32Array;
  /** A row as it is compared, length one (or zero throughout). A view: not to be written. */
  row(i: number): Float32Array;
  /** The rows most alike to a vector of d numbers, of any length. @throws RangeError where it has another number of them, or k is below 1 */
  search(query: Float32Array, options: AlikeOptions): Alike;
  /** The same for many queries, each with its own groups: several times as fast as one after the other. */
  searchMany(queries: readonly Float32Array[], options: (query: number) => AlikeOptions): Alike[];
}

/** An exact index for small tables. Rows are copied and brought to length one. @throws RangeError above 4 GiB of rows, or where one holds what is not finite */
export function vectorIndex(table: VectorTable): VectorIndex {
  const room = dotRoom(table.n, table.d);
  for (let i = 0; i < table.n; i++) readUnit(table, i, room.row(i));
  return indexOf(room, table.groups);
}

/**
 * Brings a vector to length one, in place; what is zero throughout stays so, and is alike to nothing.
 * @param what what the vector is, for the message
 * @throws RangeError where it holds what is not finite
 */
export function toUnit(vector: Float32Array, what: () => string = () => "a vector"): Float32Array {
  let squares = 0;
  for (let j = 0; j < vector.length; j++) squares += (vector[j] as number) ** 2;
  if (!Number.isFinite(squares))
    throw new RangeError(`expected finite numbers in ${what()}, received others; leave it out`);
  const length = Math.sqrt(squares);
  if (length > 0) for (let j = 0; j < vector.length; j++) vector[j] = (vector[j] as number) / length;
  return vector;
}

/** A row of a table, of length one. @throws RangeError where it holds what is not finite */
export function readUnit({ read }: Pick<VectorTable, "read">, row: number, into: Float32Array): Float32Array {
  read(row, into);
  return toUnit(into, () => `row ${row}`);
}

/** A copy of a query, of length one. @throws RangeError where it holds what is not finite */
export function unitOf(query: Float32Array): Float32Array {
  return toUnit(query.slice(), () => "the query");
}

/** How many rows each group has. */
export function sizesOf(groups: Int32Array): Int32Array {
  const sizes = new Int32Array(groups.reduce((top, group) => Math.max(top, group), -1) + 1);
  for (const group of groups) sizes[group] = (sizes[group] as number) + 1;
  return sizes;
}

/** Asks of each group, once, whether it is accepted, and counts the rows. */
export function acceptedOf(sizes: Int32Array, accept: AlikeOptions["accept"]): { is: Uint8Array; rows: number } {
  const is = Uint8Array.from(sizes, (_, group) => (accept?.(group) === false ? 0 : 1));
  return { is, rows: sizes.reduce((sum, size, group) => sum + size * (is[group] as number), 0) };
}

export function checkK(k: number): void {
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`expected k of at least 1, received ${k}`);
}

function indexOf(room: DotRoom, groups: Int32Array): VectorIndex {
  const sizes = sizesOf(groups);
  const searchMany: VectorIndex["searchMany"] = (queries, optionsOf) => {
    const asked = queries.map((_, q) => {
      const { k, accept, perGroup } = optionsOf(q);
      checkK(k);
      return { best: bestOf(k, perGroup), accepted: acceptedOf(sizes, accept) };
    });
    room.products(queries.map(unitOf), (first, products, q) => {
      const { best, accepted } = asked[q] as (typeof asked)[number];
      let least = best.least;
      for (let i = 0; i < products.length; i++) {
        const similarity = products[i] as number;
        if (similarity <= least) continue;
        const group = groups[first + i] as number;
        if (accepted.is[group] === 0) continue;
        best.offer(first + i, similarity, group);
        least = best.least;
      }
    });
    return asked.map(({ best, accepted }) => ({ rows: best.rows(), compared: accepted.rows, exact: true }));
  };
  return {
    n: room.n,
    d: room.d,
    groups,
    row: (i) => room.row(i),
    search: (query, options) => searchMany([query], () => options)[0] as Alike,
    searchMany,
  };
}

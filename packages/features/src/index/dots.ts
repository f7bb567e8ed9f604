/**
 * Products of many rows with a few queries, in WebAssembly assembled from tools/kernels/dots.wat: four values at a time, rows in blocks
 * that stay in the processor's cache while queries pass over them. Browser-safe, one thread, the same bits on every machine.
 */
import { DOTS_KERNEL } from "./dots-kernel.data.ts";
import { openKernel, PAGE } from "./kernel.ts";

const BLOCK_BYTES = 192 * 1024;
/** Queries that pass over one block. */
const QUERIES = 32;
/** WebAssembly reaches 4 GiB; a page less, so that the end of the last row is still a number of 32 bits. */
const MOST_BYTES = 2 ** 32 - PAGE;

/** Products of the rows from `first` with one query; valid only inside the call. */
export type SeeProducts = (first: number, products: Float32Array, query: number) => void;

/** Room for n rows of d numbers, zero at first. */
export interface DotRoom {
  readonly n: number;
  readonly d: number;
  /** The row itself: what is written to it is what is compared. */
  row(i: number): Float32Array;
  /** Calls `see` with products of all rows in [first, end), block by block, for each query. @throws RangeError where a query is not of d numbers */
  products(queries: readonly Float32Array[], see: SeeProducts, first?: number, end?: number): void;
  /** The product of one row with the query asked for last through this: the same bits as `products` gives for one query. */
  productWith(query: Float32Array): (row: number) => number;
}

/** Most rows of d numbers that one room holds. */
export function roomLimit(d: number): number {
  return Math.floor((MOST_BYTES - (QUERIES + 8) * bytesOf(d) - 4 * BLOCK_BYTES) / bytesOf(d));
}

/** @throws RangeError where the rows do not fit into 4 GiB */
export function dotRoom(n: number, d: number): DotRoom {
  if (!(n >= 0 && d >= 1 && n <= roomLimit(d)))
    throw new RangeError(
      `expected at most ${roomLimit(d)} rows of ${d} numbers, received ${n}; divide them over several`,
    );
  const bytes = bytesOf(d);
  const block = Math.max(1, Math.floor(BLOCK_BYTES / bytes));
  const out = QUERIES * bytes;
  const base = out + Math.ceil((block * 16) / 64) * 64;
  const kernel = openKernel(DOTS_KERNEL, base + n * bytes);
  const { buffer } = kernel.memory;
  const slots = Array.from({ length: QUERIES }, (_, q) => new Float32Array(buffer, q * bytes, d));
  const four = new Float32Array(buffer, out, block * 4);
  const one = new Float32Array(block);
  const show = (queries: number, group: number, from: number, count: number, see: SeeProducts, offset: number) => {
    for (let q = group; q < Math.min(group + 4, queries); q++) {
      for (let i = 0; i < count; i++) one[i] = four[4 * i + q - group] as number;
      see(from, one.subarray(0, count), offset + q);
    }
  };
  const pass = (queries: readonly Float32Array[], offset: number, see: SeeProducts, first: number, end: number) => {
    queries.forEach((query, q) => {
      slots[q]?.set(query);
    });
    for (let from = first; from < end; from += block) {
      const count = Math.min(block, end - from);
      const row = base + from * bytes;
      if (queries.length === 1) {
        kernel.dots(row, row + count * bytes, 0, bytes, out);
        see(from, four.subarray(0, count), offset);
        continue;
      }
      for (let group = 0; group < queries.length; group += 4) {
        kernel.dots4(row, row + count * bytes, group * bytes, bytes, out);
        show(queries.length, group, from, count, see, offset);
      }
    }
  };
  return {
    n,
    d,
    row: (i) => new Float32Array(buffer, base + i * bytes, d),
    products(queries, see, first = 0, end = n) {
      for (const query of queries)
        if (query.length !== d) throw new RangeError(`expected queries of ${d} numbers, received ${query.length}`);
      for (let q = 0; q < queries.length; q += QUERIES)
        pass(queries.slice(q, q + QUERIES), q, see, Math.max(0, first), Math.min(n, end));
    },
    productWith(query) {
      slots[0]?.set(query);
      return (row) => {
        kernel.dots(base + row * bytes, base + (row + 1) * bytes, 0, bytes, out);
        return four[0] as number;
      };
    },
  };
}

/** Rows are filled up with zeros to a multiple of 16 numbers. */
function bytesOf(d: number): number {
  return Math.ceil(d / 16) * 64;
}

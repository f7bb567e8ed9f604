/**
 * Rows in a quarter of their bytes, and how far each can be from what it stands for. A row of length one is kept as whole numbers of 8 bits
 * times a scale; the length of what that leaves out is known. By the inequality of Cauchy and Schwarz its product with a query lies within
 * that length of the coarse product, so that a search may leave out whatever cannot be among the best, and is exact all the same.
 * Products are those of tools/kernels/coarse.wat: whole numbers, the same on every machine. Browser-safe, one thread.
 */
import { COARSE_KERNEL } from "./coarse-kernel.data.ts";
import { openKernel, PAGE } from "./kernel.ts";

const BLOCK_BYTES = 192 * 1024;
/** Queries that pass over one block. */
const QUERIES = 32;
const MOST_BYTES = 2 ** 32 - PAGE;
const LEVELS = 127;

/** Products of rows from `first` with one query: each lies within `slack` of `middle`. Valid only inside the call. */
export type SeeBounds = (first: number, middle: Float64Array, slack: Float64Array, query: number) => void;

export interface CoarseRoom {
  readonly n: number;
  readonly d: number;
  /** Keeps a row of length one, or zero. @throws RangeError where it holds what is not finite */
  keep(i: number, row: Float32Array): void;
  /** Bounds of the products of all rows in [first, end), block by block, with queries of length one. @throws RangeError where a query is not of d numbers */
  bounds(queries: readonly Float32Array[], see: SeeBounds, first?: number, end?: number): void;
}

/** Most rows of d numbers that one room holds. */
export function coarseLimit(d: number): number {
  return Math.floor((MOST_BYTES - headBytes(d)) / bytesOf(d));
}

/** @throws RangeError where the rows do not fit into 4 GiB */
export function coarseRoom(n: number, d: number): CoarseRoom {
  if (!(n >= 0 && d >= 1 && n <= coarseLimit(d)))
    throw new RangeError(
      `expected at most ${coarseLimit(d)} rows of ${d} numbers, received ${n}; divide them over several`,
    );
  const bytes = bytesOf(d);
  const base = headBytes(d);
  const out = QUERIES * 2 * bytes;
  const block = blockOf(bytes);
  const kernel = openKernel(COARSE_KERNEL, base + n * bytes);
  const { buffer } = kernel.memory;
  const products = new Int32Array(buffer, out, block * 4);
  const scales = new Float32Array(n);
  const offs = new Float32Array(n);
  const middle = new Float64Array(block);
  const slack = new Float64Array(block);
  // No sum of d products leaves 32 bits.
  const most = Math.min(32767, Math.floor((2 ** 31 - 1) / (LEVELS * d)));
  // What float32 may lose in the exact product: as many additions as one lane has, and a few more.
  const lost = (d / 16 + 16) * 2 ** -23;
  const show = (
    asked: Asked,
    q: number,
    stride: number,
    lane: number,
    first: number,
    count: number,
    see: SeeBounds,
  ) => {
    const { scale, off } = asked;
    for (let i = 0; i < count; i++) {
      const own = offs[first + i] as number;
      middle[i] = (products[i * stride + lane] as number) * scale * (scales[first + i] as number);
      slack[i] = own + off * (1 + own) + lost;
    }
    see(first, count === block ? middle : middle.subarray(0, count), slack, q);
  };
  return {
    n,
    d,
    keep(i, row) {
      const into = new Int8Array(buffer, base + i * bytes, d);
      const { scale, off } = roundInto(into, row, LEVELS);
      if (!Number.isFinite(off))
        throw new RangeError(`expected finite numbers in row ${i}, received others; leave it out`);
      scales[i] = scale;
      // Rounded up: a bound must not become smaller by being kept.
      offs[i] = off * (1 + 2 ** -22);
    },
    bounds(queries, see, first = 0, end = n) {
      for (const query of queries)
        if (query.length !== d) throw new RangeError(`expected queries of ${d} numbers, received ${query.length}`);
      for (let from = 0; from < queries.length; from += QUERIES) {
        const some = queries.slice(from, from + QUERIES);
        const asked = some.map((query, q) => roundInto(new Int16Array(buffer, q * 2 * bytes, d), query, most));
        for (let row = Math.max(0, first); row < Math.min(n, end); row += block) {
          const count = Math.min(block, Math.min(n, end) - row);
          const at = base + row * bytes;
          if (some.length === 1) {
            kernel.dots(at, at + count * bytes, 0, bytes, out);
            show(asked[0] as Asked, from, 1, 0, row, count, see);
            continue;
          }
          for (let group = 0; group < some.length; group += 4) {
            kernel.dots4(at, at + count * bytes, group * 2 * bytes, bytes, out);
            for (let q = group; q < Math.min(group + 4, some.length); q++)
              show(asked[q] as Asked, from + q, 4, q - group, row, count, see);
          }
        }
      }
    },
  };
}

interface Asked {
  readonly scale: number;
  /** Length of what rounding left out. */
  readonly off: number;
}

/** Whole numbers up to `most` that times `scale` are nearest to the values. */
function roundInto(into: Int8Array | Int16Array, values: Float32Array, most: number): Asked {
  let largest = 0;
  for (let j = 0; j < values.length; j++) largest = Math.max(largest, Math.abs(values[j] as number));
  const scale = Math.fround(largest / most);
  const per = scale > 0 ? 1 / scale : 0;
  let squares = 0;
  for (let j = 0; j < values.length; j++) {
    const value = values[j] as number;
    const whole = Math.max(-most, Math.min(most, Math.round(value * per)));
    into[j] = whole;
    squares += (value - whole * scale) ** 2;
  }
  return { scale, off: Math.sqrt(squares) };
}

/** Rows are filled up with zeros to a multiple of 32 numbers. */
function bytesOf(d: number): number {
  return Math.ceil(d / 32) * 32;
}

function blockOf(bytes: number): number {
  return Math.max(1, Math.floor(BLOCK_BYTES / bytes));
}

function headBytes(d: number): number {
  return QUERIES * 2 * bytesOf(d) + Math.ceil((blockOf(bytesOf(d)) * 16) / 64) * 64;
}

/**
 * Dividing rows into cells: spherical k-means with a seed on a sample, then each row joins its nearest centre. Nearness is that of the coarse
 * products (coarse.ts): a row that lies between two centres may join either, which costs nothing but is counted in the recall.
 */
import { type Random, randomStream } from "@nacre/core";
import { coarseRoom } from "./coarse.ts";
import { readUnit, toUnit, type VectorTable } from "./vector-index.ts";

/** What a build learns, in arrays that can be kept. */
export interface Cells {
  /** [cells, d], length one. */
  readonly centres: Float32Array;
  /** Cell of each row, [n]; -1 in what is handed in: not known yet. */
  readonly cellOf: Int32Array;
}

const SWEEPS = 8;
const SAMPLE = 48;
/** Rows that are read before they join their cells. */
const BATCH = 1024;

type Table = Pick<VectorTable, "n" | "d" | "read">;

/** Rows that were compared with all centres, of all that will be: a row is compared many times. */
export type OnCells = (done: number, of: number) => void;

export function findCells(table: Table, cells: number, seed: number, onProgress?: OnCells): Cells {
  const { n, d } = table;
  const random = randomStream(seed, "cells");
  const all = Array.from({ length: n }, (_, i) => i);
  // Read in the order of rows: they may lie on a disk.
  const sampled = random
    .shuffled(all)
    .slice(0, cells * SAMPLE)
    .sort((a, b) => a - b);
  const rows = random.shuffled(unitsOf(table, sampled));
  let centres = new Float32Array(cells * d);
  rows.slice(0, cells).forEach((row, c) => {
    centres.set(row, c * d);
  });
  const before = SWEEPS * rows.length;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    onProgress?.(sweep * rows.length, before + n);
    centres = swept(rows, centres, d, random);
  }
  const own: OnCells = (done) => onProgress?.(before + done, before + n);
  return completed(table, { centres, cellOf: new Int32Array(n).fill(-1) }, own);
}

/** Each centre moves to the mean of the rows nearest to it; one that nothing is near to begins anew at a row. */
function swept(rows: readonly Float32Array[], centres: Float32Array, d: number, random: Random) {
  const nearest = nearestAmong(centres, d)(rows);
  const next = new Float32Array(centres.length);
  rows.forEach((row, i) => {
    const at = (nearest[i] as number) * d;
    for (let j = 0; j < d; j++) next[at + j] = (next[at + j] as number) + (row[j] as number);
  });
  for (let at = 0; at < next.length; at += d) {
    const own = toUnit(next.subarray(at, at + d));
    if (own.every((value) => value === 0)) own.set(rows[random.below(rows.length)] as Float32Array);
  }
  return next;
}

/** Rows without a cell join the nearest. @throws RangeError where cells are those of another table */
export function completed(table: Table, { centres, cellOf }: Cells, onProgress?: OnCells): Cells {
  const { n, d } = table;
  if (cellOf.length !== n || centres.length % d !== 0)
    throw new RangeError(
      `expected cells of ${n} rows of ${d} numbers, received ${cellOf.length} rows; build them anew`,
    );
  const done = cellOf.slice();
  const missing = Array.from({ length: n }, (_, i) => i).filter((row) => (done[row] as number) < 0);
  const nearest = nearestAmong(centres, d);
  for (let first = 0; first < missing.length; first += BATCH) {
    onProgress?.(first, missing.length);
    const some = missing.slice(first, first + BATCH);
    nearest(unitsOf(table, some)).forEach((cell, i) => {
      done[some[i] as number] = cell;
    });
  }
  return { centres, cellOf: done };
}

function unitsOf(table: Table, rows: readonly number[]): Float32Array[] {
  return rows.map((row) => readUnit(table, row, new Float32Array(table.d)));
}

function nearestAmong(centres: Float32Array, d: number): (rows: readonly Float32Array[]) => Int32Array {
  const count = centres.length / d;
  const room = coarseRoom(count, d);
  for (let c = 0; c < count; c++) room.keep(c, centres.subarray(c * d, (c + 1) * d));
  return (rows) => {
    const nearest = new Int32Array(rows.length);
    const most = new Float64Array(rows.length).fill(Number.NEGATIVE_INFINITY);
    room.bounds(rows, (first, middle, _, q) => {
      for (let i = 0; i < middle.length; i++)
        if ((middle[i] as number) > (most[q] as number)) {
          most[q] = middle[i] as number;
          nearest[q] = first + i;
        }
    });
    return nearest;
  };
}

/** Rows in the order of cells, the first of each cell, and the place of each row. */
export function orderOf(cellOf: Int32Array, count: number) {
  const starts = new Int32Array(count + 1);
  for (const cell of cellOf) starts[cell + 1] = (starts[cell + 1] as number) + 1;
  for (let c = 0; c < count; c++) starts[c + 1] = (starts[c + 1] as number) + (starts[c] as number);
  const next = starts.slice(0, count);
  const order = new Int32Array(cellOf.length);
  const placeOf = new Int32Array(cellOf.length);
  cellOf.forEach((cell, row) => {
    const place = next[cell] as number;
    order[place] = row;
    placeOf[row] = place;
    next[cell] = place + 1;
  });
  return { order, starts, placeOf };
}

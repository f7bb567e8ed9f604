/**
 * The nearest rows of every row of a table, by cosine: exact up to 20,000 rows. Beyond, rows lie in cells (cell-centres.ts), and a row looks
 * into the cells whose centres are nearest to its own centre; so many that nineteen of twenty are found for a sample, which is said.
 */
import { randomStream } from "@nacre/core";
import { bestOf } from "./best.ts";
import { findCells, orderOf } from "./cell-centres.ts";
import { type DotRoom, dotRoom } from "./dots.ts";
import { readUnit, type VectorTable, vectorIndex } from "./vector-index.ts";

export interface NearRows {
  /** [n, k], nearest first; a row is its own first. */
  readonly rows: Int32Array;
  readonly similarity: Float32Array;
  /** Share that was found of the other rows that comparing everything finds; 1 where everything was compared. */
  readonly recall: number;
}

export interface NearOptions {
  readonly k: number;
  readonly seed?: number;
  /** More rows than these lie in cells. Default 20,000. */
  readonly exactRows?: number;
  /** Called between batches; may throw to end it. */
  readonly rest?: (done: number, of: number) => Promise<void> | void;
}

const EXACT_ROWS = 20_000;
const ENOUGH = 0.95;
const ASKED = 64;
const TOGETHER = 32;

/** @throws RangeError where there are fewer than k rows */
export async function nearRows(table: Omit<VectorTable, "groups">, options: NearOptions): Promise<NearRows> {
  const { n, d } = table;
  const { k, seed = 0, exactRows = EXACT_ROWS, rest } = options;
  if (n < k) throw new RangeError(`expected at least ${k} rows, received ${n}`);
  const cells = n <= exactRows ? null : findCells(table, Math.round(Math.sqrt(n)), seed);
  const near = cells === null ? [[0]] : nearCells(cells.centres, d);
  const { order, starts } = orderOf(cells?.cellOf ?? new Int32Array(n), near.length);
  const room = dotRoom(n, d);
  order.forEach((row, place) => {
    readUnit(table, row, room.row(place));
  });
  const probes = cells === null ? { count: 1, recall: 1 } : settled(room, starts, near, k, seed);
  const found = { rows: new Int32Array(n * k), similarity: new Float32Array(n * k), recall: probes.recall };
  for (let first = 0; first < n; first += TOGETHER) {
    const places = Array.from({ length: Math.min(TOGETHER, n - first) }, (_, i) => first + i);
    for (const [cell, own] of byCell(places, starts)) {
      const lists = nearestOf(room, starts, cellsWith(near[cell] ?? [], starts, probes.count, k), own, k, order);
      lists.forEach((list, q) => {
        const at = (order[own[q] as number] as number) * k;
        list.forEach((one, i) => {
          found.rows[at + i] = one.row;
          found.similarity[at + i] = one.similarity;
        });
      });
    }
    if (first % 1024 === 0) await rest?.(first, n);
  }
  return found;
}

type Found = { readonly row: number; readonly similarity: number };

/** The k best rows for places of one cell, among the places of some cells. */
function nearestOf(
  room: DotRoom,
  starts: Int32Array,
  cells: readonly number[],
  places: readonly number[],
  k: number,
  order: Int32Array,
): Found[][] {
  const queries = places.map((place) => room.row(place).slice());
  const bests = places.map(() => bestOf(k));
  const leasts = new Float64Array(places.length).fill(Number.NEGATIVE_INFINITY);
  for (const cell of cells)
    room.products(
      queries,
      (first, products, q) => {
        const best = bests[q] as (typeof bests)[number];
        let least = leasts[q] as number;
        for (let i = 0; i < products.length; i++) {
          if ((products[i] as number) < least) continue;
          best.offer(order[first + i] as number, products[i] as number, 0);
          least = best.least;
        }
        leasts[q] = least;
      },
      starts[cell],
      starts[cell + 1],
    );
  return bests.map((best, q) => ownFirst(best.rows(), order[places[q] as number] as number));
}

/** Rows that are equal to a row may have come before it. */
function ownFirst(found: Found[], row: number): Found[] {
  const others = found.filter((one) => one.row !== row);
  return [{ row, similarity: 1 }, ...others.slice(0, found.length - 1)];
}

/** Cells by the nearness of their centres, for each cell. */
function nearCells(centres: Float32Array, d: number): number[][] {
  const n = centres.length / d;
  const rows = Array.from({ length: n }, (_, c) => centres.subarray(c * d, (c + 1) * d));
  const index = vectorIndex({ n, d, groups: new Int32Array(n), read: (c, into) => into.set(rows[c] as Float32Array) });
  return index.searchMany(rows, () => ({ k: n })).map((found) => found.rows.map(({ row }) => row));
}

/** The first `count` cells, and as many more as it takes to hold k rows: cells may be small, or empty. */
function cellsWith(near: readonly number[], starts: Int32Array, count: number, k: number): readonly number[] {
  let held = 0;
  const enough = near.findIndex((cell, i) => {
    held += (starts[cell + 1] as number) - (starts[cell] as number);
    return i + 1 >= count && held >= k;
  });
  return enough < 0 ? near : near.slice(0, enough + 1);
}

function settled(room: DotRoom, starts: Int32Array, near: readonly number[][], k: number, seed: number) {
  const random = randomStream(seed, "near");
  const asked = Array.from({ length: ASKED }, () => random.below(room.n));
  const every = Array.from(near, (_, cell) => cell);
  const places = Int32Array.from({ length: room.n }, (_, place) => place);
  const truths = nearestOf(room, starts, every, asked, k, places).map((list) => new Set(list.map(({ row }) => row)));
  for (let count = 2; ; count = Math.min(near.length, 2 * count)) {
    let found = 0;
    asked.forEach((place, q) => {
      const cell = [...byCell([place], starts).keys()][0] as number;
      const [list = []] = nearestOf(room, starts, cellsWith(near[cell] ?? [], starts, count, k), [place], k, places);
      found += list.filter(({ row }) => truths[q]?.has(row)).length;
    });
    // Each finds itself, in the truth as in the cells: that says nothing.
    const recall = k === 1 ? 1 : (found - asked.length) / (asked.length * (k - 1));
    if (recall >= ENOUGH || count === near.length) return { count, recall };
  }
}

/** Places, each with those of its cell; places are in order within it. */
function byCell(places: readonly number[], starts: Int32Array): Map<number, number[]> {
  const cells = new Map<number, number[]>();
  let cell = 0;
  for (const place of places) {
    if (place < (starts[cell] as number)) cell = 0;
    while ((starts[cell + 1] as number) <= place) cell++;
    const own = cells.get(cell) ?? [];
    own.push(place);
    cells.set(cell, own);
  }
  return cells;
}

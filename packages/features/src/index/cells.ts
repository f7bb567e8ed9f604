/**
 * Beyond what is compared whole: rows in cells around seeded centres (spherical k-means), and a search looks into the nearest cells alone.
 * How many cells is not guessed: rows of the table itself are searched both ways, and cells are added until nine and a half of the
 * ten nearest are found on average, or all cells are looked into. What was found is said as `recall`.
 */
import { randomStream } from "@nacre/core";
import { bestOf } from "./best.ts";
import { dotRoom } from "./dots.ts";
import {
  type Alike,
  acceptedOf,
  checkK,
  sizesOf,
  toUnit,
  type VectorIndex,
  type VectorTable,
  vectorIndex,
} from "./vector-index.ts";

/** What a build learns, in arrays that can be kept. */
export interface Cells {
  /** [cells, d], length one. */
  readonly centres: Float32Array;
  /** Cell of each row, [n]; -1 in what is handed in: not known yet. */
  readonly cellOf: Int32Array;
}

export interface CellOptions {
  /** Default: the root of the number of rows. */
  readonly cells?: number;
  readonly seed?: number;
  /** Cells of an earlier build: rows that it did not know join the nearest, and the centres stay. */
  readonly known?: Cells;
  /** Share of the ten nearest that must be found. Default 0.95. */
  readonly recall?: number;
}

export interface CellIndex extends VectorIndex {
  readonly cells: Cells;
  /** Cells that a search looks into, of `cells.centres`. */
  readonly probes: number;
  /** Share of the ten nearest of the probe rows that were found with so many. */
  readonly recall: number;
}

const SWEEPS = 8;
const SAMPLE = 48;
const PROBE_ROWS = 32;

/** @throws RangeError above 4 GiB of rows */
export function cellIndex(table: VectorTable, options: CellOptions = {}): CellIndex {
  const { n, d, groups } = table;
  const seed = options.seed ?? 0;
  const cells =
    options.known === undefined
      ? findCells(table, options.cells ?? Math.max(1, Math.round(Math.sqrt(n))), seed)
      : completed(table, options.known);
  const count = cells.centres.length / d;
  const { order, starts } = orderOf(cells.cellOf, count);
  const room = dotRoom(n, d);
  const placed = Int32Array.from(order, (row) => groups[row] as number);
  const sizes = sizesOf(groups);
  const centres = centreIndex(cells.centres, d);
  const placeOf = new Int32Array(n);
  order.forEach((row, place) => {
    placeOf[row] = place;
  });
  // In the order of rows: a table may read them from a disk.
  for (let row = 0; row < n; row++) {
    const into = room.row(placeOf[row] as number);
    table.read(row, into);
    toUnit(into);
  }

  const searchOne = (
    query: Float32Array,
    probes: number,
    { k, accept, perGroup }: Parameters<VectorIndex["search"]>[1],
  ) => {
    checkK(k);
    const unit = toUnit(query.slice());
    const best = bestOf(k, perGroup);
    const accepted = acceptedOf(sizes, accept);
    let compared = 0;
    for (const { row: cell } of centres.search(unit, { k: probes }).rows) {
      room.products(
        [unit],
        (first, products) => {
          for (let i = 0; i < products.length; i++) {
            const group = placed[first + i] as number;
            if (accepted.is[group] === 0) continue;
            compared++;
            const similarity = products[i] as number;
            if (similarity >= best.least) best.offer(order[first + i] as number, similarity, group);
          }
        },
        starts[cell] as number,
        starts[cell + 1] as number,
      );
    }
    return { rows: best.rows(), compared, exact: compared === accepted.rows } satisfies Alike;
  };

  const { probes, recall } = settleProbes();
  return {
    n,
    d,
    groups,
    cells,
    probes,
    recall,
    row: (i) => room.row(placeOf[i] as number),
    search: (query, asked) => searchOne(query, probes, asked),
    searchMany: (queries, optionsOf) => queries.map((query, q) => searchOne(query, probes, optionsOf(q))),
  };

  function settleProbes(): { probes: number; recall: number } {
    const random = randomStream(seed, "cells", "probes");
    const rows = Array.from({ length: Math.min(PROBE_ROWS, n) }, () => room.row(random.below(n)));
    const bests = rows.map(() => bestOf(10));
    room.products(
      rows.map((row) => row.slice()),
      (first, products, q) => {
        const best = bests[q] as (typeof bests)[number];
        products.forEach((similarity, i) => {
          if (similarity >= best.least) best.offer(order[first + i] as number, similarity, 0);
        });
      },
    );
    const truths = bests.map((best) => new Set(best.rows().map(({ row }) => row)));
    for (let tried = Math.max(1, Math.ceil(count / 64)); ; tried = Math.min(count, tried * 2)) {
      const found = rows.map((row, q) => {
        const truth = truths[q] as Set<number>;
        return searchOne(row, tried, { k: 10 }).rows.filter((one) => truth.has(one.row)).length / truth.size;
      });
      const mean = found.reduce((sum, share) => sum + share, 0) / found.length;
      if (mean >= (options.recall ?? 0.95) || tried === count) return { probes: tried, recall: mean };
    }
  }
}

function centreIndex(centres: Float32Array, d: number): VectorIndex {
  const n = centres.length / d;
  const groups = new Int32Array(n);
  return vectorIndex({ n, d, groups, read: (i, into) => into.set(centres.subarray(i * d, (i + 1) * d)) });
}

function findCells({ n, d, read }: VectorTable, cells: number, seed: number): Cells {
  const random = randomStream(seed, "cells");
  const all = Array.from({ length: n }, (_, i) => i);
  const sampled = random.shuffled(all).slice(0, cells * SAMPLE);
  const inOrder = sampled
    .sort((a, b) => a - b)
    .map((row) => {
      const into = new Float32Array(d);
      read(row, into);
      return toUnit(into);
    });
  const rows = random.shuffled(inOrder);
  let centres = new Float32Array(cells * d);
  rows.slice(0, cells).forEach((row, c) => {
    centres.set(row, c * d);
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const nearest = nearestCells(rows, centres, d);
    const next = new Float32Array(cells * d);
    rows.forEach((row, i) => {
      const at = (nearest[i] as number) * d;
      for (let j = 0; j < d; j++) next[at + j] = (next[at + j] as number) + (row[j] as number);
    });
    for (let c = 0; c < cells; c++) {
      const own = toUnit(next.subarray(c * d, (c + 1) * d));
      // A centre that nothing is near to begins anew at a row.
      if (own.every((value) => value === 0)) own.set(rows[random.below(rows.length)] as Float32Array);
    }
    centres = next;
  }
  return completed({ n, d, read }, { centres, cellOf: new Int32Array(n).fill(-1) });
}

const BATCH = 1024;

/** Rows without a cell join the nearest. */
function completed({ n, d, read }: Pick<VectorTable, "n" | "d" | "read">, { centres, cellOf }: Cells): Cells {
  if (cellOf.length !== n || centres.length % d !== 0)
    throw new RangeError(
      `expected cells of ${n} rows of ${d} numbers, received ${cellOf.length} rows; build them anew`,
    );
  const done = cellOf.slice();
  const missing = Array.from({ length: n }, (_, i) => i).filter((row) => (done[row] as number) < 0);
  for (let first = 0; first < missing.length; first += BATCH) {
    const some = missing.slice(first, first + BATCH);
    const rows = some.map((row) => {
      const into = new Float32Array(d);
      read(row, into);
      return toUnit(into);
    });
    const nearest = nearestCells(rows, centres, d);
    some.forEach((row, i) => {
      done[row] = nearest[i] as number;
    });
  }
  return { centres, cellOf: done };
}

function nearestCells(rows: readonly Float32Array[], centres: Float32Array, d: number): Int32Array {
  const found = centreIndex(centres, d).searchMany(rows, () => ({ k: 1 }));
  return Int32Array.from(found, ({ rows: [best] }) => best?.row ?? 0);
}

function orderOf(cellOf: Int32Array, count: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count + 1);
  for (const cell of cellOf) starts[cell + 1] = (starts[cell + 1] as number) + 1;
  for (let c = 0; c < count; c++) starts[c + 1] = (starts[c + 1] as number) + (starts[c] as number);
  const next = starts.slice(0, count);
  const order = new Int32Array(cellOf.length);
  cellOf.forEach((cell, row) => {
    const place = next[cell] as number;
    order[place] = row;
    next[cell] = place + 1;
  });
  return { order, starts };
}

/**
 * Beyond what is compared whole: rows in cells around seeded centres, and a search looks into the nearest cells alone. How many cells is not
 * guessed: rows of the table itself are searched both ways, and cells are added until nine and a half of the ten nearest others are found on
 * average, or all cells are looked into. What was found is said as `recall`. In memory lie coarse rows; the few that can be among the best
 * of the cells looked into are read again from the table, so that similarities are exact.
 */
import { randomStream } from "@nacre/core";
import { type Cells, completed, findCells, type OnCells, orderOf } from "./cell-centres.ts";
import { coarseRoom } from "./coarse.ts";
import { type Asked, askedOf, unitRows } from "./coarse-index.ts";
import {
  type Alike,
  type AlikeOptions,
  readUnit,
  sizesOf,
  type VectorIndex,
  type VectorTable,
  vectorIndex,
} from "./vector-index.ts";

export interface CellOptions {
  /** Default: the root of the number of rows. */
  readonly cells?: number;
  readonly seed?: number;
  /** Cells of an earlier build: rows that it did not know join the nearest, and the centres stay. */
  readonly known?: Cells;
  /** Share of the ten nearest that must be found. Default 0.95. */
  readonly recall?: number;
  readonly onProgress?: OnCells;
}

export interface CellIndex extends VectorIndex {
  readonly cells: Cells;
  /** Cells that a search looks into, of `cells.centres`. */
  readonly probes: number;
  /** Share of the ten nearest others of the probe rows that were found with so many. */
  readonly recall: number;
  /** A search that looks into so many cells in place of `probes`; into more where these hold fewer than k rows that may answer. */
  searchCells(query: Float32Array, probes: number, options: AlikeOptions): Alike;
}

const PROBE_ROWS = 32;
const NEAREST = 10;

/** `table.read` is asked in order while the index is made, and for single rows as long as it is used. @throws RangeError above 4 GiB of coarse rows, or where a row holds what is not finite */
export function cellIndex(table: VectorTable, options: CellOptions = {}): CellIndex {
  const { n, d, groups } = table;
  const seed = options.seed ?? 0;
  const cells =
    options.known === undefined
      ? findCells(table, options.cells ?? Math.max(1, Math.round(Math.sqrt(n))), seed, options.onProgress)
      : completed(table, options.known, options.onProgress);
  const count = cells.centres.length / d;
  const { order, starts, placeOf } = orderOf(cells.cellOf, count);
  const room = coarseRoom(n, d);
  const into = new Float32Array(d);
  for (let row = 0; row < n; row++) room.keep(placeOf[row] as number, readUnit(table, row, into));
  const rows = unitRows(table);
  const sizes = sizesOf(groups);
  const centres = centreIndex(cells.centres, d);
  /** Passes the rows of [first, end), in the order of cells, through the sieve of each query. */
  const sift = (asked: readonly Asked[], first: number, end: number): number => {
    let compared = 0;
    const see = (at: number, middle: Float64Array, slack: Float64Array, q: number): void => {
      const { sieve, accepted } = asked[q] as Asked;
      for (let i = 0; i < middle.length; i++) {
        const row = order[at + i] as number;
        const group = groups[row] as number;
        if (accepted.is[group] === 0) continue;
        compared++;
        const high = (middle[i] as number) + (slack[i] as number);
        if (high >= sieve.least) sieve.offer(row, (middle[i] as number) - (slack[i] as number), high, group);
      }
    };
    const units = asked.map(({ unit }) => unit);
    room.bounds(units, see, first, end);
    return compared;
  };
  const searchCells: CellIndex["searchCells"] = (query, probes, told) => {
    const asked = askedOf(rows, sizes, query, told);
    let compared = 0;
    for (const { row: cell } of centres.search(asked.unit, { k: probes }).rows)
      compared += sift([asked], starts[cell] as number, starts[cell + 1] as number);
    // Few rows of the nearest cells may answer: an empty answer would say that there is nothing alike.
    if (probes < count && compared < Math.min(told.k, asked.accepted.rows))
      return searchCells(query, Math.min(count, 2 * probes), told);
    return { rows: asked.sieve.rows(), compared, exact: compared === asked.accepted.rows };
  };
  const { probes, recall } = settleProbes();
  return {
    n,
    d,
    groups,
    cells,
    probes,
    recall,
    searchCells,
    row: rows.row,
    search: (query, asked) => searchCells(query, probes, asked),
    searchMany: (queries, optionsOf) => queries.map((query, q) => searchCells(query, probes, optionsOf(q))),
  };

  function settleProbes(): { probes: number; recall: number } {
    const random = randomStream(seed, "cells", "probes");
    const probed = Array.from({ length: Math.min(PROBE_ROWS, n) }, () => random.below(n));
    const queries = probed.map((row) => rows.row(row));
    // One more is asked for: a row finds itself whatever is looked into, and would lend its own share to the recall.
    const told = { k: NEAREST + 1 };
    const asked = queries.map((query) => askedOf(rows, sizes, query, told));
    sift(asked, 0, n);
    const truths = asked.map(({ sieve }, q) => new Set(othersOf(sieve.rows(), probed[q] as number)));
    for (let tried = Math.max(1, Math.ceil(count / 64)); ; tried = Math.min(count, tried * 2)) {
      const found = queries.map((query, q) => {
        const truth = truths[q] as Set<number>;
        const near = othersOf(searchCells(query, tried, told).rows, probed[q] as number);
        return truth.size === 0 ? 1 : near.filter((row) => truth.has(row)).length / truth.size;
      });
      const mean = found.reduce((sum, share) => sum + share, 0) / found.length;
      if (mean >= (options.recall ?? 0.95) || tried === count) return { probes: tried, recall: mean };
    }
  }
}

/** The nearest other rows, ten at most. */
function othersOf(found: Alike["rows"], own: number): number[] {
  return found
    .map(({ row }) => row)
    .filter((row) => row !== own)
    .slice(0, NEAREST);
}

function centreIndex(centres: Float32Array, d: number): VectorIndex {
  const n = centres.length / d;
  const groups = new Int32Array(n);
  return vectorIndex({ n, d, groups, read: (i, into) => into.set(centres.subarray(i * d, (i + 1) * d)) });
}

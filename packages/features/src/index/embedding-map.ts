/**
 * Vectors in the plane: 50 principal components, then UMAP on cosine (near-rows.ts, umap-layout.ts). Departures from the paper: the start is
 * the first two components in place of chance, so that what lies far apart in the plane is far apart; at most so many points are fitted, and
 * the others are placed between their nearest fitted ones.
 */
import { randomStream } from "@nacre/core";
import { nearRows } from "./near-rows.ts";
import { type Principal, principalComponents, project } from "./principal.ts";
import { fuzzyEdges, layOut } from "./umap-layout.ts";
import { type VectorTable, vectorIndex } from "./vector-index.ts";

export interface MapTable {
  readonly n: number;
  readonly d: number;
  /** Writes row i; may be asked for any row, twice. */
  readonly read: (row: number, into: Float32Array) => void;
}

/** How far a map is: each phase counts anew. */
export interface MapProgress {
  readonly phase: "components" | "neighbours" | "layout";
  readonly done: number;
  readonly of: number;
}

export interface MapOptions {
  readonly seed?: number;
  /** Points that UMAP moves. Default 100,000. */
  readonly fitted?: number;
  readonly neighbours?: number;
  /** More fitted points than these find their neighbours in cells. */
  readonly exactRows?: number;
  readonly epochs?: number;
  readonly onProgress?: (progress: MapProgress) => void;
  /** Ends the drawing: the promise is rejected with the reason. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedMap {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** What was done, in words. */
  readonly method: string;
}

const COMPONENTS = 50;
const PLACED_BY = 3;
/** Rows that the components are fitted on. */
const SPREAD_ROWS = 5000;
/** Fewer points than these have no neighbourhoods: their first two components are shown. */
const LEAST = 8;

/** The same table and seed give the same bytes on one machine. @throws RangeError where there is no row */
export async function embeddingMap(table: MapTable, options: MapOptions = {}): Promise<EmbeddedMap> {
  const { n, d } = table;
  const { seed = 0, fitted = 100_000 } = options;
  if (n < 1) throw new RangeError("expected at least one row, received none");
  if (n === 1) return { x: Float32Array.of(0), y: Float32Array.of(0), method: "one point, which lies anywhere" };
  const random = randomStream(seed, "map");
  const spread = someOf(n, SPREAD_ROWS, (all) => random.shuffled(all));
  const principal = principalComponents(rowsOf(table, spread), Math.min(COMPONENTS, d), seed);
  const count = principal.components.length;
  const reduced = await reduce(table, principal, restOf("components", options));
  const at = (i: number): Float32Array => reduced.subarray(i * count, (i + 1) * count);
  const explained = Math.round(100 * principal.shares.reduce((a, b) => a + b, 0));
  const chosen = someOf(n, fitted, (all) => random.shuffled(all));
  if (chosen.length < LEAST)
    return {
      x: Float32Array.from({ length: n }, (_, i) => at(i)[0] ?? 0),
      y: Float32Array.from({ length: n }, (_, i) => at(i)[1] ?? 0),
      method: "first two principal components: too few points for a map of neighbourhoods",
    };
  const k = Math.min(options.neighbours ?? 15, chosen.length - 1);
  const own = {
    n: chosen.length,
    d: count,
    groups: new Int32Array(chosen.length),
    read: (i: number, into: Float32Array) => into.set(at(chosen[i] as number)),
  };
  const { exactRows } = options;
  const near = await nearRows(own, {
    k,
    seed,
    rest: restOf("neighbours", options),
    ...(exactRows === undefined ? {} : { exactRows }),
  });
  const places = startOf(chosen.map(at), () => random.uniform());
  await layOut(places.x, places.y, fuzzyEdges(near, k), {
    epochs: options.epochs ?? (chosen.length <= 2500 ? 400 : 200),
    seed: 1 + random.below(2 ** 31 - 1),
    rest: restOf("layout", options),
  });
  const { x, y } = placeAll(n, at, chosen, own, places);
  const found = near.recall === 1 ? "" : ` (${(100 * near.recall).toFixed(0)}% of them found)`;
  const placed =
    n === chosen.length
      ? ""
      : `; ${n - chosen.length} of ${n} points placed by their ${PLACED_BY} nearest of ${chosen.length}`;
  const components = `${count} principal components (${explained}% of the variance)`;
  return { x, y, method: `${components}, UMAP with ${k} neighbours by cosine${found}${placed}; seed ${seed}` };
}

/** Tells how far a phase is, lets messages in, and ends where that is asked. */
function restOf(phase: MapProgress["phase"], { onProgress, signal }: MapOptions) {
  return async (done: number, of: number): Promise<void> => {
    onProgress?.({ phase, done, of });
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
  };
}

function someOf(n: number, most: number, shuffled: (all: number[]) => number[]): number[] {
  const all = Array.from({ length: n }, (_, i) => i);
  if (n <= most) return all;
  return shuffled(all)
    .slice(0, most)
    .sort((a, b) => a - b);
}

function rowsOf({ d, read }: MapTable, chosen: readonly number[]): Float32Array[] {
  return chosen.map((i) => {
    const row = new Float32Array(d);
    read(i, row);
    return row;
  });
}

async function reduce({ n, d, read }: MapTable, principal: Principal, rest: ReturnType<typeof restOf>) {
  const count = principal.components.length;
  const reduced = new Float32Array(n * count);
  const row = new Float32Array(d);
  for (let i = 0; i < n; i++) {
    read(i, row);
    project(row, principal, reduced.subarray(i * count, (i + 1) * count));
    if (i % 2048 === 0) await rest(i, n);
  }
  return reduced;
}

interface Places {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The first two components, ten to each side; a little noise parts what is equal. */
function startOf(rows: readonly Float32Array[], noise: () => number): Places {
  const most = rows.reduce((top, row) => Math.max(top, Math.abs(row[0] as number), Math.abs(row[1] ?? 0)), 0) || 1;
  const along = (axis: number) => Float32Array.from(rows, (row) => (10 * (row[axis] ?? 0)) / most + 1e-3 * noise());
  return { x: along(0), y: along(1) };
}

function placeAll(
  n: number,
  at: (i: number) => Float32Array,
  chosen: readonly number[],
  fitted: VectorTable,
  places: Places,
): Places {
  if (n === chosen.length) return places;
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  chosen.forEach((row, i) => {
    x[row] = places.x[i] as number;
    y[row] = places.y[i] as number;
  });
  const isFitted = new Uint8Array(n);
  for (const row of chosen) isFitted[row] = 1;
  const others = Array.from({ length: n }, (_, i) => i).filter((i) => isFitted[i] === 0);
  const found = vectorIndex(fitted).searchMany(others.map(at), () => ({ k: PLACED_BY }));
  others.forEach((row, q) => {
    let total = 0;
    for (const one of found[q]?.rows ?? []) {
      const weight = 1 / (1e-6 + Math.max(0, 1 - one.similarity));
      total += weight;
      x[row] = (x[row] as number) + weight * (places.x[one.row] as number);
      y[row] = (y[row] as number) + weight * (places.y[one.row] as number);
    }
    x[row] = (x[row] as number) / total;
    y[row] = (y[row] as number) / total;
  });
  return { x, y };
}

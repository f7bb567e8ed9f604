/**
 * Vectors in the plane: 50 principal components, then UMAP (McInnes, Healy and Melville 2018; the optimiser is umap-js) on cosine. Two
 * departures: the nearest neighbours are exact, and the start is the first two components in place of chance, so that what lies far apart
 * in the plane is far apart. At most so many points are fitted; the others are placed between their nearest fitted ones.
 */
import { randomStream } from "@nacre/core";
import { principalComponents, project } from "./principal.ts";
import { type VectorIndex, vectorIndex } from "./vector-index.ts";

export interface MapTable {
  readonly n: number;
  readonly d: number;
  /** Writes row i; rows are asked for in order. */
  readonly read: (row: number, into: Float32Array) => void;
}

export interface MapOptions {
  readonly seed?: number;
  /** Points that UMAP moves. Default 5,000. */
  readonly fitted?: number;
  readonly neighbours?: number;
  readonly epochs?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface EmbeddedMap {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** What was done, in words. */
  readonly method: string;
}

const COMPONENTS = 50;
const MIN_DIST = 0.1;
const PLACED_BY = 3;
/** Fewer points than these have no neighbourhoods: their first two components are shown. */
const LEAST = 8;

/** The same table and seed give the same bytes on one machine. */
export async function embeddingMap(table: MapTable, options: MapOptions = {}): Promise<EmbeddedMap> {
  const { n, d } = table;
  const { seed = 0, fitted = 5000, onProgress } = options;
  const random = randomStream(seed, "map");
  const all = Array.from({ length: n }, (_, i) => i);
  const chosen =
    n <= fitted
      ? all
      : random
          .shuffled(all)
          .slice(0, fitted)
          .sort((a, b) => a - b);
  const principal = principalComponents(rowsOf(table, chosen), Math.min(COMPONENTS, d), seed);
  const count = principal.components.length;
  const reduced = new Float32Array(n * count);
  const row = new Float32Array(d);
  for (let i = 0; i < n; i++) {
    table.read(i, row);
    project(row, principal, reduced.subarray(i * count, (i + 1) * count));
  }
  const at = (i: number): Float32Array => reduced.subarray(i * count, (i + 1) * count);
  const explained = Math.round(100 * principal.shares.reduce((a, b) => a + b, 0));
  const components = `${count} principal components (${explained}% of the variance)`;
  if (chosen.length < LEAST)
    return {
      x: Float32Array.from(all, (i) => at(i)[0] ?? 0),
      y: Float32Array.from(all, (i) => at(i)[1] ?? 0),
      method: "first two principal components: too few points for a map of neighbourhoods",
    };
  const index = vectorIndex({
    n: chosen.length,
    d: count,
    groups: new Int32Array(chosen.length),
    read: (i, into) => into.set(at(chosen[i] as number)),
  });
  const neighbours = Math.min(options.neighbours ?? 15, chosen.length - 1);
  const places = await layOut(index, chosen.map(at), {
    neighbours,
    epochs: options.epochs ?? (chosen.length <= 2500 ? 400 : 200),
    random: () => random.uniform(),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const { x, y } = placeAll(n, at, chosen, index, places);
  const placed =
    n === chosen.length
      ? ""
      : `; ${n - chosen.length} of ${n} points placed by their ${PLACED_BY} nearest of ${chosen.length}`;
  return { x, y, method: `${components}, UMAP with ${neighbours} neighbours by cosine${placed}; seed ${seed}` };
}

function rowsOf({ d, read }: MapTable, chosen: readonly number[]): Float32Array[] {
  return chosen.map((i) => {
    const row = new Float32Array(d);
    read(i, row);
    return row;
  });
}

interface Layout {
  readonly neighbours: number;
  readonly epochs: number;
  readonly random: () => number;
  readonly onProgress?: (done: number, total: number) => void;
}

async function layOut(index: VectorIndex, rows: readonly Float32Array[], options: Layout): Promise<number[][]> {
  const { UMAP } = await import("umap-js");
  const { neighbours, epochs, random, onProgress } = options;
  // A row is its own first neighbour, as UMAP counts.
  const found = index.searchMany(rows, () => ({ k: neighbours }));
  const umap = new UMAP({ nComponents: 2, nNeighbors: neighbours, minDist: MIN_DIST, nEpochs: epochs, random });
  umap.setPrecomputedKNN(
    found.map((alike) => alike.rows.map(({ row }) => row)),
    found.map((alike) => alike.rows.map(({ similarity }) => Math.max(0, 1 - similarity))),
  );
  umap.initializeFit(rows.map((row) => [row[0] as number, row[1] ?? 0]));
  // The optimiser moves these very arrays: what it drew by chance is written over.
  const places = umap.getEmbedding();
  const most = rows.reduce((top, row) => Math.max(top, Math.abs(row[0] as number), Math.abs(row[1] ?? 0)), 0) || 1;
  places.forEach((place, i) => {
    const row = rows[i] as Float32Array;
    // A little noise parts what is equal.
    place[0] = (10 * (row[0] as number)) / most + 1e-3 * random();
    place[1] = (10 * (row[1] ?? 0)) / most + 1e-3 * random();
  });
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    if (epoch % 20 === 19) onProgress?.(epoch + 1, epochs);
  }
  return umap.getEmbedding();
}

function placeAll(
  n: number,
  at: (i: number) => Float32Array,
  chosen: readonly number[],
  index: VectorIndex,
  places: readonly number[][],
): { x: Float32Array; y: Float32Array } {
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  chosen.forEach((row, i) => {
    x[row] = places[i]?.[0] as number;
    y[row] = places[i]?.[1] as number;
  });
  const isFitted = new Uint8Array(n);
  for (const row of chosen) isFitted[row] = 1;
  const others = Array.from({ length: n }, (_, i) => i).filter((i) => isFitted[i] === 0);
  const found = index.searchMany(others.map(at), () => ({ k: PLACED_BY }));
  others.forEach((row, q) => {
    let total = 0;
    for (const one of found[q]?.rows ?? []) {
      const weight = 1 / (1e-6 + Math.max(0, 1 - one.similarity));
      total += weight;
      x[row] = (x[row] as number) + weight * (places[one.row]?.[0] as number);
      y[row] = (y[row] as number) + weight * (places[one.row]?.[1] as number);
    }
    x[row] = (x[row] as number) / total;
    y[row] = (y[row] as number) / total;
  });
  return { x, y };
}

/** The gradients of one long bag, worked through in chunks; its graphs are in `chunk-graph.ts`. */
import type { Session, TensorData } from "@nacre/graph";
import { endTiles, type Ranked, rowsOf } from "./bag-ends.ts";
import { type ChunkGraphs, LOGITS } from "./chunk-graph.ts";
import { runInto } from "./running-sums.ts";
import type { Feeds, Turns } from "./state.ts";

/** What a graph is fed of a bag. */
export interface BagFeeds {
  /** What has a row for each tile: features, places, masks. */
  readonly tiled: Feeds;
  /** What a bag has once. */
  readonly single: Feeds;
}

export interface ChunkedGradient {
  /** Adds the gradients of a bag to the sums; answers its own loss, 0 where there is none. */
  add(bag: BagFeeds, weights: Feeds, sums: Turns): Promise<number>;
  /** The pooled instances of a bag, [b, h]. */
  pool(bag: BagFeeds, weights: Feeds): Promise<TensorData>;
}

export interface ChunkRunning {
  readonly there: Session;
  readonly above: Session;
  readonly back: Session;
  /** Where a further loss looks at the ends of the attention. */
  readonly ends: Session | null;
  /** Tiles at a time, at most. */
  readonly chunk: number;
}

export function chunkedGradient(
  graphs: ChunkGraphs,
  { there, above, back, ends, chunk }: ChunkRunning,
): ChunkedGradient {
  const keep = keptArrays(graphs);
  const join = async ({ tiled, single }: BagFeeds, weights: Feeds, kept: Feeds): Promise<Joined> => {
    const totals = joinTotals(graphs.sizes);
    for (const place of chunksOf(tiled, chunk)) {
      totals.add(await there.run({ ...single, ...weights, ...rowsAt(tiled, place) }, rowsAt(kept, place)));
    }
    return totals.joined();
  };
  return {
    async pool(bag, weights) {
      return (await join(bag, weights, keep(bag.tiled))).pooled;
    },
    async add({ tiled, single }, weights, sums) {
      const kept = keep(tiled);
      const joined = await join({ tiled, single }, weights, kept);
      const { slope, loss } = await runInto(above, { ...single, ...weights, ...joined }, sums);
      const fixed = { ...single, ...weights, ...joined, slope: slope as TensorData };
      for (const place of chunksOf(tiled, chunk)) {
        await runInto(back, { ...fixed, ...rowsAt(tiled, place), ...rowsAt(kept, place) }, sums);
      }
      const own = Number(loss?.data[0] ?? 0);
      if (ends === null || graphs.ends === null) return own;
      const places = endTiles(attentionOf(kept[LOGITS] as TensorData, joined.top), graphs.ends.count);
      const further = await runInto(ends, { ...single, ...weights, ...rowsOf(tiled, places) }, sums);
      return own + Number(further.loss?.data[0]);
    },
  };
}

/** Attention times the total of its branch: it ranks as attention does, down to what is too small for a float. */
function attentionOf({ data }: TensorData, top: TensorData): Ranked {
  const branches = top.data.length;
  const logits = data as Float32Array;
  return { values: logits.map((logit, i) => Math.exp(logit - Number(top.data[i % branches]))), branches };
}

/** Arrays for what a bag of so many tiles keeps, used again by the next bag. */
function keptArrays({ kept }: ChunkGraphs): (tiled: Feeds) => Feeds {
  const arrays = new Map<string, Float32Array<ArrayBuffer>>();
  return (tiled) => {
    const n = tileCount(tiled);
    return Object.fromEntries(
      kept.map(({ name, width }) => {
        let data = arrays.get(name);
        if (data === undefined || data.length < n * width) data = new Float32Array(n * width);
        arrays.set(name, data);
        return [name, { data: data.subarray(0, n * width), dims: [n, width] }];
      }),
    );
  };
}

interface Joined extends Feeds {
  readonly top: TensorData;
  readonly total: TensorData;
  readonly pooled: TensorData;
}

/** Joins softmax pooling over chunks, in double precision. */
function joinTotals({ branches, width }: ChunkGraphs["sizes"]) {
  const top = new Float64Array(branches).fill(Number.NEGATIVE_INFINITY);
  const total = new Float64Array(branches);
  const pooled = new Float64Array(branches * width);
  const rescale = (b: number, scale: number): void => {
    total[b] = (total[b] as number) * scale;
    for (let j = b * width; j < (b + 1) * width; j++) pooled[j] = (pooled[j] as number) * scale;
  };
  return {
    add(found: Readonly<Record<string, TensorData>>): void {
      const [tops, totals] = [numbers(found, "chunk.top"), numbers(found, "chunk.total")];
      const pools = numbers(found, "chunk.pooled");
      for (let b = 0; b < branches; b++) {
        const own = tops[b] as number;
        const before = top[b] as number;
        const highest = Math.max(own, before);
        rescale(b, Math.exp(before - highest));
        const scale = Math.exp(own - highest);
        top[b] = highest;
        total[b] = (total[b] as number) + scale * (totals[b] as number);
        for (let j = b * width; j < (b + 1) * width; j++)
          pooled[j] = (pooled[j] as number) + scale * (pools[j] as number);
      }
    },
    joined(): Joined {
      const means = pooled.map((sum, j) => sum / (total[Math.floor(j / width)] as number));
      const row = [1, branches];
      return {
        top: { data: Float32Array.from(top), dims: row },
        total: { data: Float32Array.from(total), dims: row },
        pooled: { data: Float32Array.from(means), dims: [branches, width] },
      };
    },
  };
}

type Place = readonly [start: number, end: number];

/** Chunks of nearly one size. */
function* chunksOf(tiled: Feeds, chunk: number): Generator<Place> {
  const n = tileCount(tiled);
  const count = Math.ceil(n / chunk);
  for (let i = 0; i < count; i++) yield [Math.floor((i * n) / count), Math.floor(((i + 1) * n) / count)];
}

function tileCount(tiled: Feeds): number {
  return tiled.features?.dims[0] as number;
}

/** Rows of arrays [n, w], without a copy. */
function rowsAt(tiled: Feeds, [start, end]: Place): Feeds {
  return Object.fromEntries(
    Object.entries(tiled).map(
      ([
        name,
        {
          data,
          dims: [, width = 1],
        },
      ]) => [name, { data: data.subarray(start * width, end * width), dims: [end - start, width] }],
    ),
  );
}

function numbers(found: Readonly<Record<string, TensorData>>, name: string): Float32Array {
  const data = found[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TypeError(`expected ${name} among the results, received ${Object.keys(found).join(", ")}`);
}

/**
 * The gradients of one bag, added to running sums: in one piece; in chunks of its tiles, or block by block, where the bag is long and its
 * aggregator allows it.
 */
import type { Random } from "@nacre/core";
import type { Session, SessionOptions, TensorData } from "@nacre/graph";
import { type ChunkGraphs, chunkGraphs } from "./chunk-graph.ts";
import { type BagFeeds, type ChunkedGradient, chunkedGradient } from "./chunked-gradient.ts";
import { type LayerGraphs, layerGraphs } from "./layer-graph.ts";
import { type LayeredGradient, openLayers } from "./layered-gradient.ts";
import { type Masks, maskMaker } from "./masks.ts";
import type { MaskSpec, ModelDesign } from "./program.ts";
import type { Feeds, Turns } from "./state.ts";
import { addingStep, scoringStep } from "./step-graph.ts";
import { mostTiles, type Way } from "./step-memory.ts";

export interface BagGradient {
  /** How a bag of n tiles is worked through. */
  wayOf(n: number): Way;
  /** Adds the gradients of a bag to the sums; answers its own loss, 0 where bags are only compared. `random` makes the masks. */
  add(feeds: Feeds, random: Random, weights: Feeds, sums: Turns): Promise<number>;
  /** Scores of a bag with the masks of a step, [k]. */
  scores(feeds: Feeds, random: Random, weights: Feeds): Promise<Float32Array>;
}

export interface GradientOptions {
  /** Tiles worked on at a time, at most. */
  readonly chunk: number;
  /** Bytes that a bag may keep from the way there for the way back; where they do not suffice it is gone through twice. */
  readonly keptBytes?: number;
  /** Most tiles of a step in one piece, where blocks can be worked through apart; what fits into its memory by default. */
  readonly wholeTiles?: number;
}

type Open = (onnx: Uint8Array, options?: Pick<SessionOptions, "keepMemory">) => Promise<Session>;

const KEPT_BYTES = 2 ** 29;

export function openGradient(
  design: ModelDesign,
  { chunk, keptBytes = KEPT_BYTES, wholeTiles }: GradientOptions,
  open: Open,
): BagGradient {
  const kept = once(() => chunkGraphs(design, true));
  const lean = once(() => chunkGraphs(design, false));
  const adding = once(async () => withMasks(addingStep(design), open));
  const scoring = once(async () => withMasks(scoringStep(design), open));
  const opened = new Map<ChunkGraphs, Promise<ChunkedGradient>>();
  const layers = once(() => layerGraphs(design));
  const most = once(() => wholeTiles ?? mostTiles(design, "whole"));
  const layered = once(async () => openLayered(layers() as LayerGraphs, open)); // wayOf() said so
  const wayOf = (n: number): Way => {
    const graphs = n > chunk ? kept() : null;
    if (graphs !== null && n >= 2 * (graphs.ends?.count ?? 0)) return "chunks";
    return layers() !== null && n > most() ? "layers" : "whole";
  };
  const chunked = (n: number): { readonly graphs: ChunkGraphs; readonly gradient: Promise<ChunkedGradient> } => {
    const keeping = kept() as ChunkGraphs; // wayOf() said so
    const graphs = 4 * n * keptWidth(keeping) > keptBytes ? (lean() as ChunkGraphs) : keeping;
    const gradient = opened.get(graphs) ?? openChunks(graphs, chunk, open);
    opened.set(graphs, gradient);
    return { graphs, gradient };
  };
  const scoresOf = once(async () => open((kept() as ChunkGraphs).scores()));
  return {
    wayOf,
    async add(feeds, random, weights, sums) {
      const n = rowsOf(feeds);
      const way = wayOf(n);
      if (way === "chunks") {
        const { graphs, gradient } = chunked(n);
        return (await gradient).add(bagOf(feeds, graphs.masks, random), weights, sums);
      }
      if (way === "layers") {
        const { gradient, masks } = await layered();
        return gradient.add({ ...feeds, ...weights, ...masks(n, random) }, sums);
      }
      const { session, masks } = await adding();
      const into = sums.spare;
      const { loss } = await session.run({ ...feeds, ...weights, ...sums.now, ...masks(n, random) }, into);
      sums.swap();
      return Number(loss?.data[0] ?? 0);
    },
    async scores(feeds, random, weights) {
      const n = rowsOf(feeds);
      const way = wayOf(n);
      if (way === "chunks") {
        const { graphs, gradient } = chunked(n);
        const pooled = await (await gradient).pool(bagOf(feeds, graphs.masks, random), weights);
        return found(await (await scoresOf()).run({ ...feeds, ...weights, pooled }));
      }
      if (way === "layers") {
        const { gradient, masks } = await layered();
        return found({ scores: await gradient.scores({ ...feeds, ...weights, ...masks(n, random) }) });
      }
      const { session, masks } = await scoring();
      return found(await session.run({ ...feeds, ...weights, ...masks(n, random) }));
    },
  };
}

async function withMasks(
  { onnx, masks }: { readonly onnx: Uint8Array; readonly masks: readonly MaskSpec[] },
  open: Open,
): Promise<{ readonly session: Session; readonly masks: (n: number, random: Random) => Masks }> {
  return { session: await open(onnx), masks: maskMaker(masks) };
}

async function openLayered(
  graphs: LayerGraphs,
  open: Open,
): Promise<{ readonly gradient: LayeredGradient; readonly masks: (n: number, random: Random) => Masks }> {
  const gradient = await openLayers(graphs, (onnx) => open(onnx, { keepMemory: false }));
  return { gradient, masks: maskMaker(graphs.masks) };
}

async function openChunks(graphs: ChunkGraphs, chunk: number, open: Open): Promise<ChunkedGradient> {
  const [there, above, back] = [await open(graphs.there()), await open(graphs.above()), await open(graphs.back())];
  const ends = graphs.ends === null ? null : await open(graphs.ends.onnx());
  return chunkedGradient(graphs, { there, above, back, ends, chunk });
}

/** Feeds and fresh masks of a bag, told apart by whether they have a row for each tile. */
function bagOf(feeds: Feeds, specs: readonly MaskSpec[], random: Random): BagFeeds {
  const masks = maskMaker(specs)(rowsOf(feeds), random);
  const tiled: Record<string, TensorData> = {};
  const single: Record<string, TensorData> = {};
  const ofTiles = new Set(["features", "places", ...specs.filter(({ rows }) => rows === null).map(({ name }) => name)]);
  for (const [name, value] of Object.entries({ ...feeds, ...masks })) {
    (ofTiles.has(name) ? tiled : single)[name] = value;
  }
  return { tiled, single };
}

function keptWidth({ kept }: ChunkGraphs): number {
  return kept.reduce((sum, { width }) => sum + width, 0);
}

function rowsOf(feeds: Feeds): number {
  return feeds.features?.dims[0] as number;
}

function found({ scores }: Readonly<Record<string, TensorData>>): Float32Array {
  return scores?.data as Float32Array;
}

/** Makes something when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

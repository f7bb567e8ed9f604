/**
 * The slide encoder for bags of any size: exactly the forward pass of the aggregator `longnet`, run in blocks. Memory grows with the
 * tiles (some five arrays of [tokens, width]) and never with their square: attention is computed for some queries at a time against
 * the keys of their segment. A model.onnx holds the same pass in one graph, which is simpler and good for some thousand tiles.
 * Every run blocks its thread; long work belongs in a worker.
 */
import { attempt, checkBag, type Outcome, raise, unwrap } from "@nacre/core";
import type { OpenSession, Session } from "@nacre/graph";
import type { Member } from "../model/encode-fitted.ts";
import { placesOf, type Tiles } from "../train/bag-feeds.ts";
import { type ModelDesign, weightSpecs } from "../train/program.ts";
import { layerRunner } from "./layer-runner.ts";
import { configOf, type LongnetOptions } from "./options.ts";
import { type Feeds, inBlocks, type Pass, type Sessions } from "./pass.ts";
import { FIRST_LAYER, type SlideGraphs, slideGraphs } from "./slide-graphs.ts";

export interface SlideEncoding {
  /** [width], as the embedding of the model. */
  readonly embedding: Float32Array;
  /** [n, width], row-major: the state of each tile that the embedding is made of, in the order of the bag. */
  readonly tokens: Float32Array;
}

export interface EncodeOptions {
  readonly signal?: AbortSignal;
  /** Called after each layer, with how many are done of how many. */
  readonly onLayer?: (done: number, of: number) => void;
}

export interface SlideEncoder {
  /** Failures: empty-bag, not-finite, dimension-mismatch, no-places, out-of-bounds (a tile beyond the grid of positions), cancelled. */
  encode(bag: Tiles & { readonly space: string }, options?: EncodeOptions): Promise<Outcome<SlideEncoding>>;
  close(): Promise<void>;
}

export interface SlideEncoderOptions {
  readonly threads?: number;
  /** Rows of a block of what is done row by row. Default 2048. */
  readonly rows?: number;
  /** Attention logits in memory at a time, counted over heads. Default 2^22, 16 MiB. */
  readonly logits?: number;
}

/** Opens the encoder of a longnet model, fitted or imported. @throws TypeError for a model of another aggregator */
export async function openSlideEncoder(
  { design, weights }: Member,
  open: OpenSession,
  { threads = 1, rows = 2048, logits = 2 ** 22 }: SlideEncoderOptions = {},
): Promise<SlideEncoder> {
  if (design.aggregator.name !== "longnet") {
    throw new TypeError(`expected a longnet model, received ${design.aggregator.name}; use predict for others`);
  }
  const options = design.options as LongnetOptions; // checked by its table when the design was made
  const config = configOf(options);
  const shapes = new Map(weightSpecs(design).map(({ name, shape }) => [name, shape]));
  const sessions = await openAll(slideGraphs(config, design.d), open, threads);
  const pass: Pass = { config, options, sessions, rows, logits, weightsOf };
  return {
    encode: (bag, { signal, onLayer } = {}) =>
      attempt(async () => {
        unwrap(checkBag(bag, "the bag"));
        if (bag.d !== design.d) raise("dimension-mismatch", mismatch(design.d, bag.d));
        const order = orderOf(bag, options);
        const x = await embedded(pass, bag, order, design, weights.class as Float32Array);
        const layers = layerRunner(pass, bag.n + 1);
        for (let i = 0; i < config.layers; i++) {
          await layers.run(x, `layers.${i}`, signal);
          onLayer?.(i + 1, config.layers);
        }
        return pooled(pass, x, order);
      }),
    async close() {
      for (const session of Object.values(sessions)) await session.close();
    },
  };

  /** Weights that a session asks for, with those of a layer under the names of the first. */
  function weightsOf({ inputs }: Session, layer: string): Feeds {
    const feeds: Feeds = {};
    for (const name of inputs) {
      const own = name.replace(FIRST_LAYER, layer);
      const data = weights[own];
      if (data !== undefined) feeds[name] = { data, dims: shapes.get(own) ?? [] };
    }
    return feeds;
  }
}

async function openAll(graphs: SlideGraphs, open: OpenSession, threads: number): Promise<Sessions> {
  const opened: Partial<Record<keyof SlideGraphs, Session>> = {};
  for (const name of Object.keys(graphs) as (keyof SlideGraphs)[]) {
    opened[name] = await open(graphs[name], { threads });
  }
  return opened as Sessions;
}

function mismatch(expected: number, received: number) {
  return {
    expected: `${expected} features a tile, as the model was fitted on`,
    received: String(received),
    remedy: "encode the slide with the encoder that the model was fitted on",
  };
}

/** Places of tiles, and which tile comes first, second and so on. */
interface Order {
  readonly places: Float32Array<ArrayBuffer>;
  readonly tiles: Int32Array;
}

function orderOf(bag: Tiles, { sorted, grid }: LongnetOptions): Order {
  const places = placesOf(bag, "the bag", grid);
  const tiles = Int32Array.from({ length: bag.n }, (_, i) => i);
  const key = (i: number): number => (places[2 * i] as number) * grid + (places[2 * i + 1] as number);
  // A stable sort: tiles at one place stay as they came.
  return { places, tiles: sorted ? tiles.sort((a, b) => key(a) - key(b) || a - b) : tiles };
}

/** The class token and the tiles' tokens, [n + 1, width]. */
async function embedded(
  pass: Pass,
  bag: Tiles,
  order: Order,
  { standardisation, d }: ModelDesign,
  token: Float32Array,
) {
  const { config, sessions } = pass;
  const x = new Float32Array((bag.n + 1) * config.width);
  x.set(token);
  const weights = pass.weightsOf(sessions.embed, "");
  await inBlocks(bag.n, pass.rows, async (start, count) => {
    const features = new Float32Array(count * d);
    const places = new Float32Array(2 * count);
    for (let i = 0; i < count; i++) {
      const tile = order.tiles[start + i] as number;
      for (let j = 0; j < d; j++) {
        const centred = (bag.features[tile * d + j] as number) - (standardisation.mean[j] as number);
        features[i * d + j] = centred / (standardisation.deviation[j] as number);
      }
      places.set(order.places.subarray(2 * tile, 2 * tile + 2), 2 * i);
    }
    const fed = { features: { data: features, dims: [count, d] }, places: { data: places, dims: [count, 2] } };
    const { tokens } = await sessions.embed.run({ ...weights, ...fed });
    x.set(tokens?.data as Float32Array, (start + 1) * config.width);
  });
  return x;
}

/** The embedding, and the tiles' tokens in the order of the bag. */
async function pooled(pass: Pass, x: Float32Array<ArrayBuffer>, order: Order): Promise<SlideEncoding> {
  const { sessions, options, rows } = pass;
  const { width } = pass.config;
  if (options.lastNorm) {
    const weights = pass.weightsOf(sessions.last, "");
    await inBlocks(x.length / width, rows, async (start, count) => {
      const block = x.subarray(start * width, (start + count) * width);
      const { normed } = await sessions.last.run({ ...weights, x: { data: block, dims: [count, width] } });
      block.set(normed?.data as Float32Array);
    });
  }
  const tokens = new Float32Array(x.length - width);
  const sums = new Float64Array(width);
  for (const [place, tile] of order.tiles.entries()) {
    const token = x.subarray((place + 1) * width, (place + 2) * width);
    tokens.set(token, tile * width);
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + (token[j] as number);
  }
  const centre = options.classToken ? x.slice(0, width) : Float32Array.from(sums, (sum) => sum / order.tiles.length);
  const fed = { ...pass.weightsOf(sessions.outer, ""), x: { data: centre, dims: [1, width] } };
  const { normed } = await sessions.outer.run(fed);
  return { embedding: normed?.data as Float32Array, tokens };
}

/**
 * Pretraining of the slide encoder without labels: most tiles of a slide are hidden, the encoder sees the others, and a small decoder says
 * what the hidden ones are (He et al. 2022, Masked autoencoders; Xu et al. 2024, who hide tile features in the same way).
 *
 *   loss = mean over hidden tiles and features of (decoder(encoder(visible tiles), places) - standardised feature)²
 *
 * The decoder is the same kind of encoder, narrower and with full attention; it is thrown away. The weights that come out bear the names of
 * the aggregator `longnet`, so a fit can begin with them.
 */
import { attempt, type Bag, type Outcome, type Random, raise, randomStream, unwrap } from "@nacre/core";
import { adamOptimiser, encodeModel, gradients, type OpenSession, updateWeights } from "@nacre/graph";
import { configOf, type LongnetOptions, longnetWeights } from "../aggregator/longnet.ts";
import { chooseAggregator } from "../aggregator/registry.ts";
import { bagFeeds } from "../train/bag-feeds.ts";
import type { BagSource } from "../train/bag-source.ts";
import type { Weights } from "../train/initialise.ts";
import { sampleTiles } from "../train/sample-tiles.ts";
import { moments, type Standardisation } from "../train/standardise.ts";
import { copyWeights, type Feeds, firstState, takeTurns } from "../train/state.ts";
import { decoderWeights, maskedLoss, maskedWeights } from "./masked-graph.ts";

export interface MaskedOptions {
  readonly epochs: number;
  /** Learning rate of AdamW. */
  readonly lr: number;
  readonly weightDecay: number;
  /** Share of the tiles that is hidden. */
  readonly share: number;
  /** Layers and width of the decoder; the width is a multiple of 4 times its heads (4). */
  readonly decoderLayers: number;
  readonly decoderWidth: number;
  /** At most this many tiles of a bag in a step, drawn anew each epoch; null takes all. */
  readonly maxTiles: number | null;
  readonly threads: number;
  readonly seed: number;
}

export const MASKED_DEFAULTS: MaskedOptions = {
  epochs: 20,
  lr: 5e-4,
  weightDecay: 0.05,
  share: 0.75,
  decoderLayers: 1,
  decoderWidth: 128,
  maxTiles: 4096,
  threads: 1,
  seed: 1,
};

export interface MaskedRequest {
  /** Options of the aggregator `longnet`; its dropout and stochastic depth are not used here. */
  readonly encoder?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<MaskedOptions>;
  readonly bags: BagSource;
  /** The bags to learn from: those of the train part. */
  readonly ids: readonly string[];
  readonly openSession: OpenSession;
  readonly signal?: AbortSignal;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

export interface Pretrained {
  /** The encoder's, by the names of the aggregator. */
  readonly weights: Weights;
  readonly encoder: LongnetOptions;
  readonly standardisation: Standardisation;
  readonly d: number;
  /** Mean loss of each epoch, each step before it moved the weights. 1 is what the mean tile would give. */
  readonly losses: readonly number[];
}

/** Failures: bad-study (options), too-few (no bag, or one of a single tile), diverged, cancelled, and what the source of bags says. */
export function pretrainOnMaskedTiles(request: MaskedRequest): Promise<Outcome<Pretrained>> {
  return attempt(async () => {
    const options = { ...MASKED_DEFAULTS, ...request.options };
    const chosen = unwrap(chooseAggregator({ ...request.encoder, name: "longnet" }, 0));
    const encoder = chosen.options as LongnetOptions; // read by its own table
    const standardisation = await survey(request);
    const d = standardisation.mean.length;
    const { learn, names, state } = graphOf(encoder, options, standardisation);
    const session = await request.openSession(learn, { threads: options.threads });
    const optimiser = adamOptimiser({ isDecoupled: true, weightDecay: options.weightDecay });
    const turns = takeTurns(state);
    const losses: number[] = [];
    let step = 0;
    try {
      for (let epoch = 1; epoch <= options.epochs; epoch++) {
        const random = randomStream(options.seed, "masked-tiles", epoch);
        let sum = 0;
        for (const id of random.shuffled(request.ids)) {
          request.signal?.throwIfAborted();
          const bag = unwrap(await request.bags.load(id));
          const tiles = sampleTiles(bag, options.maxTiles, random);
          step += 1;
          const scalars = scalarFeeds(optimiser.scalars(step, options.lr));
          const feeds = { ...turns.now, ...scalars, ...maskFeeds({ ...bag, ...tiles }, options.share, random, id) };
          const { loss } = await session.run(feeds, turns.spare);
          turns.swap();
          sum += Number(loss?.data[0]);
        }
        const mean = sum / request.ids.length;
        if (!Number.isFinite(mean)) raise("diverged", divergence(epoch, options.lr));
        losses.push(mean);
        request.onEpoch?.(epoch, mean);
      }
    } finally {
      await session.close();
    }
    const all = copyWeights(Object.fromEntries(Object.entries(turns.now).filter(([name]) => names.has(name))));
    return { weights: all, encoder, standardisation, d, losses };
  });
}

function graphOf(encoder: LongnetOptions, options: MaskedOptions, standardisation: Standardisation) {
  const d = standardisation.mean.length;
  const decoder = { layers: options.decoderLayers, width: options.decoderWidth };
  const own = longnetWeights(encoder, d).filter(({ name }) => !name.startsWith("outer.norm"));
  const specs = [...own, ...decoderWeights(configOf(encoder), decoder, d)];
  const weights = maskedWeights(specs);
  const loss = maskedLoss({ encoder, decoder, standardisation, weights });
  const slopes = gradients(loss, [...weights.values()]);
  const trained = [...weights].map(([name, weight], i) => ({
    name,
    weight,
    gradient: slopes[i] as (typeof slopes)[number], // answered in the order of the question
    isDecayed: weight.shape.length > 1,
  }));
  const optimiser = adamOptimiser({ isDecoupled: true, weightDecay: options.weightDecay });
  const { outputs, state } = updateWeights(optimiser, trained);
  return {
    learn: encodeModel({ outputs: { loss, ...outputs }, name: "masked" }),
    names: new Set(own.map(({ name }) => name)),
    state: firstState(specs, state, options.seed),
  };
}

/** Moments of every feature over all tiles. */
async function survey({ bags, ids, signal }: MaskedRequest): Promise<Standardisation> {
  let found: ReturnType<typeof moments> | null = null;
  for (const id of ids) {
    signal?.throwIfAborted();
    const bag = unwrap(await bags.load(id));
    found ??= moments(bag.d);
    found.add(bag);
  }
  if (found !== null) return found.standardisation();
  return raise("too-few", {
    expected: "at least one bag to learn from",
    received: "none",
    remedy: "name the train part",
  });
}

/** A bag with some of its tiles hidden. */
function maskFeeds(bag: Bag, share: number, random: Random, id: string): Feeds {
  const { n } = bag;
  if (n < 2) {
    raise("too-few", {
      expected: `at least 2 tiles in ${id}, one to hide and one to see`,
      received: String(n),
      remedy: "leave the slide out",
    });
  }
  const seen = Math.min(n - 1, Math.max(1, Math.round(n * (1 - share))));
  const visible = random
    .shuffled(Array.from({ length: n }, (_, i) => i))
    .slice(0, seen)
    .sort((a, b) => a - b);
  const slot = new BigInt64Array(n).fill(BigInt(seen));
  const hidden = new Float32Array(n).fill(1);
  for (const [row, tile] of visible.entries()) {
    slot[tile] = BigInt(row);
    hidden[tile] = 0;
  }
  return {
    ...bagFeeds(bag, null, { places: true, covariates: 0 }, id),
    visible: { data: BigInt64Array.from(visible, BigInt), dims: [seen] },
    slot: { data: slot, dims: [n] },
    hidden: { data: hidden, dims: [n, 1] },
  };
}

function scalarFeeds(scalars: Readonly<Record<string, number>>): Feeds {
  return Object.fromEntries(
    Object.entries(scalars).map(([name, value]) => [name, { data: Float32Array.of(value), dims: [] }]),
  );
}

function divergence(epoch: number, lr: number) {
  return { expected: "a finite loss", received: `none in epoch ${epoch}`, remedy: `lower lr (it is ${lr})` };
}

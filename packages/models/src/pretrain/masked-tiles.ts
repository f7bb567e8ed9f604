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
import { adamOptimiser, encodeModel, gradients, updateWeights } from "@nacre/graph";
import { longnetWeights } from "../aggregator/longnet.ts";
import { integerOption, numberOption, type OptionValues, readOptions } from "../aggregator/option.ts";
import { chooseAggregator } from "../aggregator/registry.ts";
import { configOf, type LongnetOptions } from "../longnet/options.ts";
import { bagFeeds } from "../train/bag-feeds.ts";
import { sampleTiles } from "../train/sample-tiles.ts";
import type { Standardisation } from "../train/standardise.ts";
import { copyWeights, type Feeds, firstState, takeTurns } from "../train/state.ts";
import { askWeights } from "./bare-scope.ts";
import { decoderWeights, maskedLoss } from "./masked-graph.ts";
import type { Pretrained, PretrainRequest } from "./pretrained.ts";
import { scalarFeeds } from "./scalars.ts";
import { surveyUnlabelled } from "./survey.ts";

export const MASKED_OPTIONS = {
  epochs: integerOption(20, { min: 1, max: 100000 }, "times each bag is seen"),
  lr: numberOption(5e-4, { min: 1e-30, max: 1 }, "learning rate of AdamW"),
  weightDecay: numberOption(0.05, { min: 0, max: 1 }, "decay of matrices, decoupled"),
  share: numberOption(0.75, { min: 0.01, max: 0.99 }, "share of the tiles that is hidden"),
  decoderLayers: integerOption(1, { min: 1, max: 24 }, "layers of the decoder"),
  decoderWidth: integerOption(
    128,
    { min: 4, max: 4096 },
    "width of the decoder, a multiple of 4 times its heads, which are 4",
  ),
  maxTiles: integerOption(4096, { min: 2, max: 1e6 }, "tiles of a bag in a step at most, drawn anew each epoch"),
  threads: integerOption(1, { min: 1, max: 256 }, "threads inside an operator"),
  seed: integerOption(1, { min: 0, max: 2 ** 31 }, "seed of first weights and of every draw"),
};

export type MaskedOptions = OptionValues<typeof MASKED_OPTIONS>;

export interface MaskedRequest extends Omit<PretrainRequest, "aggregator"> {
  /** Options of the aggregator `longnet`; its dropout and stochastic depth are not used here. */
  readonly encoder?: Readonly<Record<string, unknown>>;
  readonly options?: Partial<MaskedOptions>;
  /** The bags to learn from: those of the train part. */
  readonly ids: readonly string[];
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/**
 * A loss of 1 is what the mean tile would give. Failures: bad-study (options), too-few (no bag, or one of a single tile), empty-bag, not-finite,
 * dimension-mismatch, encoder-mismatch, diverged, cancelled, and what the source of bags says.
 */
export function pretrainOnMaskedTiles(request: MaskedRequest): Promise<Outcome<Pretrained>> {
  return attempt(async () => {
    const options = unwrap(readOptions(MASKED_OPTIONS, request.options ?? {}, "pretraining on masked tiles"));
    const chosen = unwrap(chooseAggregator({ ...request.encoder, name: "longnet" }, 0));
    const encoder = chosen.options as LongnetOptions; // read by its own table
    const { bags, ids, signal } = request;
    const { d, space, standardisation } = await surveyUnlabelled(bags, ids, { least: 1, signal });
    const { learn, shapes, state } = graphOf(encoder, options, standardisation);
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
    const weights = copyWeights(Object.fromEntries(Object.entries(turns.now).filter(([name]) => shapes.has(name))));
    return { aggregator: { name: "longnet", options: encoder }, weights, shapes, standardisation, d, space, losses };
  });
}

function graphOf(encoder: LongnetOptions, options: MaskedOptions, standardisation: Standardisation) {
  const d = standardisation.mean.length;
  const decoder = { layers: options.decoderLayers, width: options.decoderWidth };
  const own = longnetWeights(encoder, d).filter(({ name }) => !name.startsWith("outer.norm"));
  const specs = [...own, ...decoderWeights(configOf(encoder), decoder, d)];
  const asking = askWeights(specs);
  const loss = maskedLoss({ encoder, decoder, standardisation, weight: asking.weight });
  const asked = asking.asked();
  const slopes = gradients(
    loss,
    asked.map(({ weight }) => weight),
  );
  const trained = asked.map(({ spec: { name, shape }, weight }, i) => ({
    name,
    weight,
    gradient: slopes[i] as (typeof slopes)[number], // answered in the order of the question
    isDecayed: shape.length > 1,
  }));
  const optimiser = adamOptimiser({ isDecoupled: true, weightDecay: options.weightDecay });
  const { outputs, state } = updateWeights(optimiser, trained);
  return {
    learn: encodeModel({ outputs: { loss, ...outputs }, name: "masked" }),
    shapes: new Map(own.map(({ name, shape }) => [name, shape])),
    state: firstState(specs, state, options.seed),
  };
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

function divergence(epoch: number, lr: number) {
  return { expected: "a finite loss", received: `none in epoch ${epoch}`, remedy: `lower lr (it is ${lr})` };
}

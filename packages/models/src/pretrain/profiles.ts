/**
 * Pretraining of a bag encoder on binary genetic profiles of the patients: the second stage of GenBloom (2026, arXiv 2605.29980), as a rule
 * from the weights of the first. By its published tables alignment helps where the label is genetic and costs where it is not, and the
 * mean of the tiles is a strong neighbour: keep both views (docs/methods/genbloom.md).
 */
import { attempt, fail, type Outcome, ok, raise, randomStream, unwrap } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import { integerOption, numberOption, type OptionValues, readOptions } from "../aggregator/option.ts";
import { chooseAggregator } from "../aggregator/registry.ts";
import { dropoutRate } from "../train/dropout-mask.ts";
import { type FirstWeights, matchSpecs } from "../train/first-weights.ts";
import { sampleTiles } from "../train/sample-tiles.ts";
import { rateAt } from "../train/schedule.ts";
import { copyWeights } from "../train/state.ts";
import { bareSizes, hasEmbedding } from "./bare-scope.ts";
import type { Pretrained, PretrainRequest } from "./pretrained.ts";
import type { Profiled } from "./profile-feeds.ts";
import { openProfileLearner, type ProfileLearner } from "./profile-learner.ts";
import { surveyUnlabelled } from "./survey.ts";

export const PROFILE_OPTIONS = {
  epochs: integerOption(50, { min: 1, max: 100000 }, "times each bag is seen"),
  batch: integerOption(32, { min: 2, max: 4096 }, "bags that are compared with each other"),
  lr: numberOption(1e-4, { min: 1e-30, max: 1 }, "highest learning rate of AdamW"),
  warmup: numberOption(0.1, { min: 0, max: 1 }, "share of the steps in which the rate rises; half a cosine follows"),
  weightDecay: numberOption(0.04, { min: 0, max: 1 }, "decay of matrices, decoupled"),
  clipNorm: numberOption(3, { min: 0.001, max: 1e6 }, "length that all gradients together are shortened to"),
  temperature: numberOption(0.1, { min: 0.001, max: 10 }, "what cosines are divided by; not published"),
  lambda: numberOption(1, { min: 0, max: 1000 }, "weight of the reconstruction of the profiles"),
  inner: integerOption(64, { min: 1, max: 4096 }, "width inside the projection and the perceptrons"),
  code: integerOption(128, { min: 1, max: 4096 }, "width of what is compared"),
  dropout: numberOption(0.1, { min: 0, max: 0.9 }, "share of values dropped inside the projection"),
  maxTiles: integerOption(4096, { min: 1, max: 1e6 }, "tiles of a bag in a step at most, drawn anew each epoch"),
  threads: integerOption(1, { min: 1, max: 256 }, "threads inside an operator"),
  seed: integerOption(1, { min: 0, max: 2 ** 31 }, "seed of first weights and of every draw"),
};

export type ProfileOptions = OptionValues<typeof PROFILE_OPTIONS>;

export interface ProfileRequest extends PretrainRequest {
  readonly options?: Partial<ProfileOptions>;
  /** What each profile is called (karyotype, mutations), and its columns. */
  readonly profiles: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** The bags to learn from, those of the train part, with their profiles in that order. */
  readonly bagged: readonly Profiled[];
  /** Weights of the first stage; fresh ones where absent. */
  readonly from?: FirstWeights;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/**
 * Failures: bad-study (options, aggregator), bad-table (profiles without a column, rows of another length), too-few (fewer than two bags, or
 * a profile of which nothing is known), bad-weights (`from`), empty-bag, not-finite, dimension-mismatch, encoder-mismatch, diverged,
 * cancelled, and what the source of bags says.
 */
export function pretrainOnProfiles(request: ProfileRequest): Promise<Outcome<Pretrained>> {
  return attempt(async () => {
    const options = unwrap(readOptions(PROFILE_OPTIONS, request.options ?? {}, "pretraining on profiles"));
    const chosen = unwrap(chooseAggregator(request.aggregator, 0));
    unwrap(checkProfiles(request));
    const { bags, bagged, profiles, signal, from } = request;
    const ids = bagged.map(({ id }) => id);
    const { d, space, standardisation: own } = await surveyUnlabelled(bags, ids, { least: 2, signal });
    const h = unwrap(hasEmbedding(chosen, d));
    const standardisation = from?.standardisation ?? own;
    const first =
      from === undefined
        ? undefined
        : unwrap(matchSpecs(from, chosen.aggregator.weights(chosen.options, bareSizes(d)), d));
    const columns = profiles.map((profile) => profile.columns.length);
    const sizes = { ...options, h, columns, dropout: dropoutRate(options.dropout) };
    const settings = { ...options, from: first?.weights };
    const learner = await openProfileLearner({ ...chosen, standardisation, sizes }, settings, request.openSession);
    try {
      const losses = await runEpochs(learner, options, request);
      const now = learner.mover.weights();
      return {
        aggregator: { name: chosen.aggregator.name, options: chosen.options },
        weights: copyWeights(Object.fromEntries(learner.learned.map(({ name }) => [name, now[name] as TensorData]))),
        shapes: new Map(learner.learned.map(({ name, shape }) => [name, shape])),
        standardisation,
        d,
        space,
        losses,
      };
    } finally {
      await learner.close();
    }
  });
}

async function runEpochs(learner: ProfileLearner, options: ProfileOptions, request: ProfileRequest): Promise<number[]> {
  const { bags, bagged, signal, onEpoch } = request;
  const { epochs, lr, seed, maxTiles } = options;
  const sizes = evenly(bagged.length, options.batch);
  const steps = epochs * sizes.length;
  const losses: number[] = [];
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const random = randomStream(seed, "profiles", epoch);
    const order = random.shuffled(bagged);
    let total = 0;
    for (const size of sizes) {
      signal?.throwIfAborted();
      step += 1;
      const group = [];
      for (const one of order.splice(0, size)) {
        group.push({ ...one, tiles: sampleTiles(unwrap(await bags.load(one.id)), maxTiles, random) });
      }
      total += (await learner.see(group, learner.drawMasks(size, random))) * size;
      const rate = rateAt("cosine", lr, step, steps, Math.round(options.warmup * steps));
      await learner.mover.move({ step, lr: rate, share: 1 });
    }
    const mean = total / bagged.length;
    if (!Number.isFinite(mean)) {
      const remedy = `lower lr (it is ${lr})`;
      raise("diverged", { expected: "a finite loss", received: `none in epoch ${epoch}`, remedy });
    }
    losses.push(mean);
    onEpoch?.(epoch, mean);
  }
  return losses;
}

/** Sizes of batches of about `most`, as equal as can be: no bag is left alone, since there would be nothing to compare it with. */
function evenly(count: number, most: number): number[] {
  const batches = Math.max(1, Math.min(Math.ceil(count / most), Math.floor(count / 2)));
  return Array.from({ length: batches }, (_, i) => Math.floor((count + i) / batches));
}

function checkProfiles({ profiles, bagged }: ProfileRequest): Outcome<null> {
  const empty = profiles.find(({ columns }) => columns.length === 0);
  if (profiles.length === 0 || empty !== undefined) {
    return fail("bad-table", {
      expected: "at least one profile of at least one column",
      received: empty === undefined ? "no profile" : `none in ${empty.name}`,
      remedy: "name the columns of each profile",
    });
  }
  for (const [p, { name, columns }] of profiles.entries()) {
    const odd = bagged.find((one) => one.profiles[p]?.length !== columns.length);
    if (odd !== undefined) {
      return fail("bad-table", {
        expected: `${columns.length} entries in ${name} of ${odd.id}`,
        received: String(odd.profiles[p]?.length ?? 0),
        remedy: "give one entry a column, null where it is not known",
      });
    }
    const known = bagged.filter((one) => one.profiles[p]?.some((value) => value !== null)).length;
    if (known < 2) {
      return fail("too-few", {
        expected: `at least two bags of which something is known in ${name}`,
        received: String(known),
        remedy: "leave the profile out, or correct the table",
      });
    }
  }
  return ok(null);
}

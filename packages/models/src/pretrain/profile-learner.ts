/**
 * Steps of the alignment with profiles. The loss compares the bags of a batch, so each is gone through twice: once for its embedding, then,
 * when the slopes of the loss with respect to all embeddings are known, once more for the gradients of the weights. Memory is that of one
 * bag, and the gradients are those of all of them in one graph.
 */
import type { Random } from "@nacre/core";
import { encodeModel, gradients, input, mul, type OpenSession, type Session, sum, type TensorData } from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import type { ChosenAggregator } from "../aggregator/registry.ts";
import { bagFeeds, type Tiles } from "../train/bag-feeds.ts";
import type { Weights } from "../train/initialise.ts";
import { type Masks, maskMaker } from "../train/masks.ts";
import type { Standardisation } from "../train/standardise.ts";
import { askWeights, bareSizes, pooledBag } from "./bare-scope.ts";
import { gradientOutputs, type Mover, openMover } from "./mover.ts";
import { type Profiled, profileFeeds } from "./profile-feeds.ts";
import { PROFILE_MASK, type ProfileSizes, profileLoss, profileWeights } from "./profile-graph.ts";

export interface ProfileDesign extends ChosenAggregator {
  readonly standardisation: Standardisation;
  readonly sizes: ProfileSizes;
}

export interface LearnerSettings {
  readonly weightDecay: number;
  readonly clipNorm: number;
  readonly seed: number;
  readonly threads: number;
  readonly from?: Weights | undefined;
}

export interface ProfileLearner {
  readonly mover: Mover;
  /** Weights of the aggregator that learn. */
  readonly learned: readonly WeightSpec[];
  /** Adds the gradients of a batch; answers its loss. */
  see(group: readonly (Profiled & { readonly tiles: Tiles })[], masks: Masks): Promise<number>;
  /** Masks of dropout for a batch of b bags. */
  drawMasks(b: number, random: Random): Masks;
  close(): Promise<void>;
}

/** Bag in, `embedding` [1, h] out. */
function embeddingGraph(design: ProfileDesign): Uint8Array {
  const { weight } = askWeights(aggregatorWeights(design));
  const { embedding } = pooledBag(design, design.standardisation, weight);
  return encodeModel({ outputs: { embedding }, name: "embed" });
}

/** Bag and `slope` [1, h] in, sums of gradients out. */
function backwardGraph(design: ProfileDesign) {
  const asking = askWeights(aggregatorWeights(design));
  const { embedding } = pooledBag(design, design.standardisation, asking.weight);
  const { learned, outputs } = gradientOutputs(
    sum(mul(embedding, input("slope", [1, design.sizes.h]))),
    asking.asked(),
  );
  return { learned, onnx: encodeModel({ outputs, name: "backward" }) };
}

/** The inputs of `profileLoss` in; `loss`, `slopes` [b, h] and sums of gradients out. */
function batchGraph({ sizes }: ProfileDesign): Uint8Array {
  const asking = askWeights(profileWeights(sizes));
  const { loss, embeddings } = profileLoss(sizes, asking.weight);
  const [slopes] = gradients(loss, [embeddings]);
  const { outputs } = gradientOutputs(loss, asking.asked());
  return encodeModel({ outputs: { loss, slopes: slopes as typeof loss, ...outputs }, name: "profiles" });
}

function aggregatorWeights({ aggregator, options, standardisation }: ProfileDesign): readonly WeightSpec[] {
  return aggregator.weights(options, bareSizes(standardisation.mean.length));
}

export async function openProfileLearner(
  design: ProfileDesign,
  settings: LearnerSettings,
  open: OpenSession,
): Promise<ProfileLearner> {
  const { sizes, aggregator } = design;
  const { learned, onnx } = backwardGraph(design);
  const sessions: Session[] = [];
  for (const model of [embeddingGraph(design), batchGraph(design), onnx]) {
    sessions.push(await open(model, { threads: settings.threads }));
  }
  const [embed, compare, backward] = sessions as [Session, Session, Session];
  const mover = await openMover([...learned, ...profileWeights(sizes)], { ...settings, hasTeacher: false }, open);
  const drawMasks = maskMaker(
    sizes.dropout === 0 ? [] : [{ name: PROFILE_MASK, rows: null, width: sizes.inner, rate: sizes.dropout }],
  );
  const feedsOf = (tiles: Tiles, id: string) =>
    bagFeeds(tiles, null, { places: aggregator.usesPlaces === true, covariates: 0 }, id);
  return {
    mover,
    learned,
    drawMasks,
    async see(group, masks) {
      const embeddings = new Float32Array(group.length * sizes.h);
      for (const [i, { tiles, id }] of group.entries()) {
        const { embedding } = await embed.run({ ...mover.weights(), ...feedsOf(tiles, id) });
        embeddings.set(embedding?.data as Float32Array, i * sizes.h);
      }
      const { loss, slopes } = await mover.add(compare, {
        ...mover.weights(),
        ...profileFeeds(group, sizes.columns),
        ...masks,
        embeddings: { data: embeddings, dims: [group.length, sizes.h] },
      });
      const all = slopes?.data as Float32Array;
      for (const [i, { tiles, id }] of group.entries()) {
        const slope: TensorData = { data: all.slice(i * sizes.h, (i + 1) * sizes.h), dims: [1, sizes.h] };
        await mover.add(backward, { ...mover.weights(), ...feedsOf(tiles, id), slope });
      }
      return Number(loss?.data[0]);
    },
    async close() {
      for (const session of sessions) await session.close();
      await mover.close();
    },
  };
}

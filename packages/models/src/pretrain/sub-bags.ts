/**
 * Pretraining of a bag encoder without labels, by self-distillation on sub-bags: the first stage of GenBloom (2026, arXiv 2605.29980), with the
 * losses of Oquab et al. 2024 (DINOv2). Of each bag two large sub-bags and some small ones are drawn; the student sees all of them, the
 * large ones with tiles hidden; the teacher sees the large ones whole; each view is to say what the teacher says of the others. Works for
 * any aggregator with one embedding; hidden tiles ask for one that knows what it makes of each tile.
 */
import { attempt, type Outcome, raise, randomStream, unwrap } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import { readOptions } from "../aggregator/option.ts";
import { chooseAggregator } from "../aggregator/registry.ts";
import { rateAt } from "../train/schedule.ts";
import { copyWeights } from "../train/state.ts";
import { hasEmbedding } from "./bare-scope.ts";
import type { Pretrained, PretrainRequest } from "./pretrained.ts";
import { type Distilled, isThrownAway } from "./self-distillation.ts";
import { SUB_BAG_OPTIONS, type SubBagOptions } from "./sub-bag-options.ts";
import { surveyUnlabelled } from "./survey.ts";
import { openPair, type Pair } from "./teacher-and-student.ts";
import { watchTeacher } from "./teacher-watch.ts";

export interface SubBagRequest extends PretrainRequest {
  readonly options?: Partial<SubBagOptions>;
  /** The bags to learn from: those of the train part. */
  readonly ids: readonly string[];
  readonly onEpoch?: (epoch: number, loss: number, information: number) => void;
}

export interface SubBagPretrained extends Pretrained {
  /** What the teacher's answers told of the bag in each epoch, in nats; 0 where they are the same for all. */
  readonly information: readonly number[];
}

/** Below this the teacher says the same of every bag. */
const LEAST_INFORMATION = 0.01;

/**
 * The weights are the teacher's. Failures: bad-study (options, aggregator), too-few (fewer than two bags), empty-bag, not-finite,
 * dimension-mismatch, encoder-mismatch, diverged (a loss that is not finite; or a teacher that, from the middle of the epochs on, says the
 * same of every bag), cancelled, and what the source of bags says.
 */
export function pretrainOnSubBags(request: SubBagRequest): Promise<Outcome<SubBagPretrained>> {
  return attempt(async () => {
    const options = unwrap(readOptions(SUB_BAG_OPTIONS, request.options ?? {}, "pretraining on sub-bags"));
    const chosen = unwrap(chooseAggregator(request.aggregator, 0));
    const { bags, ids, signal } = request;
    const { d, space, standardisation } = await surveyUnlabelled(bags, ids, { least: 2, signal });
    const h = unwrap(hasEmbedding(chosen, d));
    const design: Distilled = { ...chosen, ...options, headWidth: options.perceptron, standardisation, h };
    const pair = await openPair(design, options, request.openSession);
    try {
      const { losses, information } = await runEpochs(pair, options, request);
      const learned = pair.learned.filter(({ name }) => !isThrownAway(name));
      const taught = pair.mover.teacher();
      return {
        aggregator: { name: chosen.aggregator.name, options: chosen.options },
        weights: copyWeights(Object.fromEntries(learned.map(({ name }) => [name, taught[name] as TensorData]))),
        shapes: new Map(learned.map(({ name, shape }) => [name, shape])),
        standardisation,
        d,
        space,
        losses,
        information,
      };
    } finally {
      await pair.close();
    }
  });
}

async function runEpochs(pair: Pair, options: SubBagOptions, request: SubBagRequest) {
  const { bags, ids, signal, onEpoch } = request;
  const { epochs, batch, prototypes, lr, seed } = options;
  const steps = epochs * Math.ceil(ids.length / batch);
  const watch = watchTeacher(prototypes);
  const losses: number[] = [];
  const information: number[] = [];
  let step = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const random = randomStream(seed, "sub-bags", epoch);
    const order = random.shuffled(ids);
    const sharpness = teacherTemperatureAt(options, epoch);
    let total = 0;
    for (let at = 0; at < order.length; at += batch) {
      step += 1;
      const group = order.slice(at, at + batch);
      for (const id of group) {
        signal?.throwIfAborted();
        const bag = unwrap(await bags.load(id));
        total += await pair.see(bag, id, { temperature: sharpness, random, onAnswer: watch.add });
      }
      const momentum = 1 - ((1 - options.teacherMomentum) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      const rate = rateAt("cosine", lr, step, steps, Math.round(options.warmup * steps));
      await pair.mover.move({ step, lr: rate, share: 1 / group.length, momentum });
      pair.moveCentres();
    }
    const mean = total / order.length;
    if (!Number.isFinite(mean)) raise("diverged", divergence(epoch, lr));
    losses.push(mean);
    information.push(watch.close());
    onEpoch?.(epoch, mean, information.at(-1) as number);
    if (epoch >= epochs / 2 && (information.at(-1) as number) < LEAST_INFORMATION) raise("diverged", collapse(epoch));
  }
  return { losses, information };
}

function teacherTemperatureAt(options: SubBagOptions, epoch: number): number {
  const { firstTeacherTemperature: first, teacherTemperature: last, epochs } = options;
  return first + (last - first) * Math.min(1, (3 * (epoch - 1)) / epochs);
}

function divergence(epoch: number, lr: number) {
  return { expected: "a finite loss", received: `none in epoch ${epoch}`, remedy: `lower lr (it is ${lr})` };
}

function collapse(epoch: number) {
  return {
    expected: "a teacher that tells bags apart",
    received: `a collapsed one: it says the same of every bag in epoch ${epoch}`,
    remedy: "raise epochs, lr or the layerScale it begins with, lower centreMomentum, or set spreadWeight to 0.1",
  };
}

/**
 * The running fit: weights and what the optimiser keeps of them go into the graphs of a step and come out moved. Nothing is kept
 * inside the runtime, and a graph is built when the first bag needs it.
 */
import { type Random, randomStream } from "@nacre/core";
import {
  type Device,
  type OpenSession,
  type Session,
  type SessionOptions,
  settleMoments,
  type TensorData,
} from "@nacre/graph";
import type { Label } from "../head/head.ts";
import { askedOf, bagFeeds, type Tiles } from "./bag-feeds.ts";
import { type BagGradient, once, openGradient } from "./bag-gradient.ts";
import { compareBags } from "./compared-bags.ts";
import { type HeldBags, holdBags } from "./held-bags.ts";
import type { Weights } from "./initialise.ts";
import { maskMaker } from "./masks.ts";
import { chooseOptimiser } from "./optimiser-choice.ts";
import { type ModelDesign, weightSpecs } from "./program.ts";
import { copyWeightsFrom, type Feeds, firstState, type Turns, takeTurns } from "./state.ts";
import { keptState, movingStep, type StepOptions, SUM, wholeStep } from "./step-graph.ts";
import { openRow } from "./steps-in-row.ts";

export interface LearnerOptions extends StepOptions {
  /** Bags of one step. */
  readonly batch: number;
  /** Bags of more tiles are worked through in chunks of at most so many, where the aggregator allows it. */
  readonly chunk: number;
  /** Bags of more tiles are worked through block by block, where the aggregator allows it; by default those that do not fit into memory. */
  readonly wholeTiles?: number;
  /** Steps of one bag each that one run of a graph makes, where `steps` is asked for so many; 1 (the default) for single ones. */
  readonly inRow?: number;
  readonly threads: number;
  readonly seed: number;
  /** Weights to begin with in place of fresh ones, by name; those not named are fresh. */
  readonly from?: Weights | null;
}

/** A bag, what is known beside it, and its answer. */
export interface Example {
  readonly id: string;
  readonly tiles: Tiles;
  readonly covariates: readonly number[] | null;
  readonly label: Label;
}

export interface Learner {
  /** One step on a batch; answers its mean loss before the step. `random` makes the dropout masks. */
  step(batch: readonly Example[], lr: number, random: Random): Promise<number>;
  /** Steps one after the other, each its batch at its rate; answers their losses. The numbers are those of `step`. */
  steps(row: readonly PlannedStep[], random: Random): Promise<number[]>;
  /** Clears moments of dead units, which decay to subnormal numbers and then slow every step several times. Once an epoch is enough. */
  settle(): void;
  /** The weights to judge and keep, as feeds: their average where one is kept. The next step but one writes over them: copy them. */
  current(): Feeds;
  /** Copies of them. */
  weights(): Promise<Weights>;
  close(): Promise<void>;
}

export interface PlannedStep {
  readonly batch: readonly Example[];
  readonly lr: number;
}

/** A step over given turns of weights; `scalars` are the optimiser's. Answers the mean loss. */
type Step = (batch: readonly Example[], scalars: Feeds, random: Random) => Promise<number>;

/** Fresh weights, and the graphs of a step as they are needed. */
export async function openLearner(design: ModelDesign, options: LearnerOptions, open: OpenSession): Promise<Learner> {
  const specs = weightSpecs(design);
  const kept = keptState(design, options);
  const state = takeTurns(firstState(specs, kept, options.seed, options.from ?? null));
  const optimiser = chooseOptimiser(options);
  const isAveraged = kept.some(({ start }) => start === "weight");
  const sessions: Session[] = [];
  let device: Device | undefined;
  const opened: Opened = async (onnx, { keep = [], keepMemory = true, plansMemory = true } = {}) => {
    const session = await open(onnx, { threads: options.threads, keep, keepMemory, plansMemory });
    sessions.push(session);
    if (session.device !== undefined && keep.length > 0) {
      device = session.device;
      await state.hold(device);
    }
    return session;
  };
  const gradient = openGradient(design, options, opened);
  const isWhole = options.batch === 1 && design.head.slopes === undefined;
  const bags = holdBags();
  const whole = once(() => oneBag(design, options, { state, bags }, opened));
  const many = once(() => manyBags(design, options, { state, gradient }, opened));
  const { inRow = 1 } = options;
  const together = once(() => openRow(design, { ...options, count: inRow }, state, opened));
  const feedsInRow = Array.from({ length: inRow }, () => exampleFeeds(design));
  let taken = 0;
  const current = (): Feeds =>
    Object.fromEntries(specs.map(({ name }) => [name, state.now[isAveraged ? `${name}.average` : name] as TensorData]));
  const scalarsAt = (lr: number): Feeds => {
    taken += 1;
    const numbers = Object.entries(optimiser.scalars(taken, lr));
    return Object.fromEntries(numbers.map(([name, value]) => [name, scalar(value)]));
  };
  const isOne = (batch: readonly Example[]): boolean =>
    isWhole && batch.every(({ tiles }) => gradient.wayOf(tiles.n) === "whole");
  const step: Learner["step"] = async (batch, lr, random) => {
    const scalars = scalarsAt(lr);
    const move = isOne(batch) ? await whole() : await many();
    const loss = await move(batch, scalars, random);
    state.swap();
    return loss;
  };
  /** On a device nothing is copied that a row could spare. */
  const isRow = async (row: readonly PlannedStep[]): Promise<boolean> => {
    if (inRow === 1 || row.length !== inRow || !row.every(({ batch }) => isOne(batch))) return false;
    await whole();
    return device === undefined;
  };
  return {
    step,
    async steps(row, random) {
      if (await isRow(row)) {
        const fed = row.map(({ batch, lr }, i) => {
          const example = batch[0] as Example; // isOne() said so
          const feedsOf = feedsInRow[i] as (example: Example) => Feeds;
          return { tiles: example.tiles.n, feeds: { ...scalarsAt(lr), ...feedsOf(example) } };
        });
        const losses = await (await together())(fed, random);
        state.swap();
        return losses;
      }
      const losses: number[] = [];
      for (const { batch, lr } of row) losses.push(await step(batch, lr, random));
      return losses;
    },
    settle() {
      if (device !== undefined) return; // an adapter takes subnormal numbers for zero
      for (const { name, start } of kept) {
        if (start === "zeros") settleMoments(state.now[name]?.data as Float32Array);
      }
    },
    current,
    weights: () => copyWeightsFrom(current(), device),
    async close() {
      for (const value of [...Object.values(state.now), ...Object.values(state.spare)]) device?.free(value);
      bags.free();
      for (const session of sessions) await session.close();
    },
  };
}

/** Opens a session that keeps what it makes of the state, where it can. */
type Opened = (
  onnx: Uint8Array,
  options?: Pick<SessionOptions, "keep" | "keepMemory" | "plansMemory">,
) => Promise<Session>;

async function oneBag(
  design: ModelDesign,
  options: LearnerOptions,
  { state, bags }: { readonly state: Turns; readonly bags: HeldBags },
  open: Opened,
): Promise<Step> {
  const { onnx, masks } = wholeStep(design, options);
  const session = await open(onnx, { keep: Object.keys(state.spare) });
  const makeMasks = maskMaker(masks);
  const feedsOf = exampleFeeds(design);
  const loss = scalar(0);
  return async ([example], scalars, random) => {
    if (example === undefined) throw new RangeError("expected a batch of one bag, received none");
    const feeds = { ...state.now, ...scalars, ...makeMasks(example.tiles.n, random) };
    await session.run({ ...feeds, ...(await bags.feeds(feedsOf(example), session.device)) }, { loss, ...state.spare });
    return loss.data[0] as number;
  };
}

interface Parts {
  readonly state: Turns;
  readonly gradient: BagGradient;
}

async function manyBags(
  design: ModelDesign,
  options: LearnerOptions,
  { state, gradient }: Parts,
  open: Opened,
): Promise<Step> {
  const { head } = design;
  const specs = weightSpecs(design);
  const moving = await open(movingStep(design, options), { keep: Object.keys(state.spare) });
  const feedsOf = exampleFeeds(design);
  const sums = takeTurns(
    Object.fromEntries(
      specs.map(({ name }) => {
        const { dims } = state.now[name] as TensorData; // a state holds every spec
        return [name + SUM, { data: new Float32Array(dims.reduce((size, dim) => size * dim, 1)), dims }];
      }),
    ),
  );
  return async (batch, scalars, random) => {
    const m = batch.length;
    const weights = Object.fromEntries(specs.map(({ name }) => [name, state.now[name] as TensorData]));
    const chances = batch.map(() => (head.slopes === undefined ? () => random : again(random)));
    const scored = batch.map((example, i) => ({ feeds: () => feedsOf(example), chance: chances[i] as () => Random }));
    const compared = head.slopes === undefined ? null : await compareBags(design, gradient, scored, weights);
    for (const { data } of Object.values(sums.now)) (data as Float32Array).fill(0);
    let own = 0;
    for (const [i, { feeds, chance }] of scored.entries()) {
      const slopes = compared === null ? {} : { slopes: compared.slopes[i] as TensorData };
      own += await gradient.add({ ...feeds(), ...slopes }, chance(), weights, sums);
    }
    await moving.run({ ...state.now, ...scalars, ...sums.now, share: scalar(1 / m) }, state.spare);
    return own / m + (compared?.loss ?? 0);
  };
}

/** A bag that is gone through twice needs the same masks both times, and none of them in memory in between. */
function again(random: Random): () => Random {
  const seed = random.bits();
  return () => randomStream(seed, "masks");
}

/** The feeds of an example; the array of the target is used again by the next call. */
function exampleFeeds(design: ModelDesign): (example: Example) => Record<string, TensorData> {
  const { head } = design;
  const asked = askedOf(design);
  const target = { data: new Float32Array(head.t), dims: [1, head.t] };
  return (example) => {
    head.encode(example.label, target.data);
    return { ...bagFeeds(example.tiles, example.covariates, asked, example.id), target };
  };
}

function scalar(value: number) {
  return { data: Float32Array.of(value), dims: [] };
}

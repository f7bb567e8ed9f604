/** How a fit runs. Defaults follow the training recipe published with CLAM (Lu 2021) where it states one. */
import { fail, type Outcome, ok } from "@nacre/core";
import { guess } from "../aggregator/option.ts";
import { type LossOptions, PLAIN_LOSS } from "../head/head.ts";
import type { OptimiserName } from "./optimiser-choice.ts";
import type { Sampling } from "./sampling.ts";
import type { Schedule } from "./schedule.ts";

export interface FitOptions extends LossOptions {
  /** Passes over the train part, at most. */
  readonly epochs: number;
  readonly optimiser: OptimiserName;
  /** Learning rate. */
  readonly lr: number;
  /** Share of the last move that sgd keeps; the others have averages of their own. */
  readonly momentum: number;
  /** Epochs without a lower tune loss before the fit stops. */
  readonly patience: number;
  /** Never stop before this epoch. */
  readonly minEpochs: number;
  /** L2 penalty, added to the gradient by adam and sgd; adamw shrinks matrices by it directly, and spares offsets and gains. */
  readonly weightDecay: number;
  /** Length that the gradients of a step are shortened to, all weights together; null for none. */
  readonly clipNorm: number | null;
  /** Decay of a moving average of the weights, which is then what is judged and kept; null for none. */
  readonly ema: number | null;
  /** Learning rate of a layer over that of the layer above it, for aggregators of several layers; 1 moves all alike. */
  readonly layerDecay: number;
  /** Dropout rate in place of the aggregator's own; null keeps that. */
  readonly dropout: number | null;
  /** Centre and scale features by the train tiles. */
  readonly standardise: boolean;
  readonly schedule: Schedule;
  /** Epochs over which the learning rate rises to `lr` before the schedule begins. */
  readonly warmup: number;
  /** Every bag once an epoch, or classes equally often with replacement; then `classWeights` is none unless it is given. */
  readonly sampling: Sampling;
  /** Share of the tiles of a bag left out of a step, drawn anew each time; one tile at least is kept. */
  readonly tileDropout: number;
  /** At most this many tiles of a bag in one training step, drawn anew each epoch; null takes all. Judging always takes all. */
  readonly maxTiles: number | null;
  /** Tiles worked on at a time where a bag has more and the aggregator allows it: bounds memory, changes only rounding. */
  readonly chunk: number;
  /**
   * Bags whose gradients are averaged for one step; null for 1, or 32 where a loss compares bags (Cox), which compares those of a
   * step.
   */
  readonly batch: number | null;
  /** Threads of the runtime. The result does not depend on it. */
  readonly threads: number;
  readonly seed: number;
}

export const FIT_DEFAULTS: FitOptions = {
  epochs: 100,
  optimiser: "adam",
  lr: 2e-4,
  momentum: 0.9,
  patience: 20,
  minEpochs: 0,
  weightDecay: 1e-5,
  clipNorm: null,
  ema: null,
  layerDecay: 1,
  dropout: null,
  ...PLAIN_LOSS,
  classWeights: "balanced",
  standardise: true,
  schedule: "constant",
  warmup: 0,
  sampling: "each",
  tileDropout: 0,
  maxTiles: null,
  chunk: 4096,
  batch: null,
  threads: 1,
  seed: 1,
};

/** Bags of a step whose loss compares bags, where the study names no number. */
const COUPLED_BATCH = 32;

/** How many bags a step takes. */
export function batchOf({ batch }: Pick<FitOptions, "batch">, isCoupled: boolean): number {
  return batch ?? (isCoupled ? COUPLED_BATCH : 1);
}

type Check = readonly [expected: string, holds: (value: unknown) => boolean];

const between = (value: unknown, min: number, max: number): boolean =>
  typeof value === "number" && value >= min && value <= max;
const wholeFrom = (min: number): Check => [
  `a whole number of at least ${min}`,
  (value) => Number.isSafeInteger(value) && (value as number) >= min,
];

const oneOf = (...known: readonly string[]): Check => [
  known.join(" or "),
  (value) => typeof value === "string" && known.includes(value),
];
const orNull = ([expected, holds]: Check): Check => [`${expected}, or null`, (value) => value === null || holds(value)];
const withinBounds = (what: string, min: number, max: number): Check => [what, (value) => between(value, min, max)];

const CHECKS: Readonly<Record<keyof FitOptions, Check>> = {
  epochs: wholeFrom(1),
  optimiser: oneOf("adam", "adamw", "sgd"),
  lr: withinBounds("a learning rate above 0 and at most 1", Number.MIN_VALUE, 1),
  momentum: withinBounds("a share from 0 to 0.999", 0, 0.999),
  patience: wholeFrom(1),
  minEpochs: wholeFrom(0),
  weightDecay: withinBounds("a number from 0 to 1", 0, 1),
  clipNorm: orNull(withinBounds("a length above 0", Number.MIN_VALUE, Number.MAX_VALUE)),
  ema: orNull(withinBounds("a decay from 0 to 0.99999", 0, 0.99999)),
  layerDecay: withinBounds("a share above 0 and at most 1", Number.MIN_VALUE, 1),
  dropout: orNull(withinBounds("a rate from 0 to 0.9", 0, 0.9)),
  loss: oneOf("cross-entropy", "focal", "asymmetric", "huber"),
  labelSmoothing: withinBounds("a share from 0 to 0.5", 0, 0.5),
  classWeights: oneOf("balanced", "none"),
  standardise: ["true or false", (value) => typeof value === "boolean"],
  schedule: oneOf("constant", "cosine"),
  warmup: withinBounds("a number of epochs from 0 to 10000", 0, 10_000),
  sampling: oneOf("each", "balanced"),
  tileDropout: withinBounds("a share from 0 to 0.99", 0, 0.99),
  maxTiles: orNull(wholeFrom(1)),
  chunk: wholeFrom(64),
  batch: orNull(wholeFrom(1)),
  threads: wholeFrom(1),
  seed: ["a whole number", (value) => Number.isSafeInteger(value)],
};

/** Defaults filled in by what is given. Fails with `bad-study` on an unknown name (naming the nearest) or a value out of bounds. */
export function readFitOptions(given: Readonly<Record<string, unknown>>): Outcome<FitOptions> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(CHECKS, name)) {
      const known = Object.keys(CHECKS);
      return fail("bad-study", {
        expected: `an option of fit: ${known.join(", ")}`,
        received: name,
        remedy: guess(name, known),
      });
    }
    const option = name as keyof FitOptions; // Object.hasOwn has just shown it
    const [expected, holds] = CHECKS[option];
    if (value !== undefined && !holds(value)) {
      return fail("bad-study", {
        expected: `${expected} for fit.${name}`,
        received: JSON.stringify(value) ?? String(value),
        remedy: `correct it, or leave it out for the default, ${FIT_DEFAULTS[option]}`,
      });
    }
  }
  const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const classWeights = given.sampling === "balanced" ? "none" : FIT_DEFAULTS.classWeights;
  return ok({ ...FIT_DEFAULTS, classWeights, ...stated });
}

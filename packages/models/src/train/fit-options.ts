/** How a fit runs. Defaults follow the training recipe published with CLAM (Lu 2021) where it states one. */
import { fail, type Outcome, ok } from "@nacre/core";
import { guess } from "../aggregator/option.ts";
import type { ClassWeighting } from "./class-weights.ts";
import type { Schedule } from "./schedule.ts";

export interface FitOptions {
  /** Passes over the train part, at most. */
  readonly epochs: number;
  /** Learning rate of Adam. */
  readonly lr: number;
  /** Epochs without a lower tune loss before the fit stops. */
  readonly patience: number;
  /** Never stop before this epoch. */
  readonly minEpochs: number;
  /** L2 penalty, added to the gradient as in Adam (not decoupled). */
  readonly weightDecay: number;
  /** Dropout rate in place of the aggregator's own; null keeps that. */
  readonly dropout: number | null;
  readonly classWeights: ClassWeighting;
  /** Centre and scale features by the train tiles. */
  readonly standardise: boolean;
  readonly schedule: Schedule;
  /** At most this many tiles of a bag in one training step, drawn anew each epoch; null takes all. Judging always takes all. */
  readonly maxTiles: number | null;
  /** Threads of the runtime. The result does not depend on it. */
  readonly threads: number;
  readonly seed: number;
}

export const FIT_DEFAULTS: FitOptions = {
  epochs: 100,
  lr: 2e-4,
  patience: 20,
  minEpochs: 0,
  weightDecay: 1e-5,
  dropout: null,
  classWeights: "balanced",
  standardise: true,
  schedule: "constant",
  maxTiles: null,
  threads: 1,
  seed: 1,
};

type Check = readonly [expected: string, holds: (value: unknown) => boolean];

const between = (value: unknown, min: number, max: number): boolean =>
  typeof value === "number" && value >= min && value <= max;
const wholeFrom = (min: number): Check => [
  `a whole number of at least ${min}`,
  (value) => Number.isSafeInteger(value) && (value as number) >= min,
];

const CHECKS: Readonly<Record<keyof FitOptions, Check>> = {
  epochs: wholeFrom(1),
  lr: ["a learning rate above 0 and at most 1", (value) => between(value, Number.MIN_VALUE, 1)],
  patience: wholeFrom(1),
  minEpochs: wholeFrom(0),
  weightDecay: ["a number from 0 to 1", (value) => between(value, 0, 1)],
  dropout: ["a rate from 0 to 0.9, or null", (value) => value === null || between(value, 0, 0.9)],
  classWeights: ["balanced or none", (value) => value === "balanced" || value === "none"],
  standardise: ["true or false", (value) => typeof value === "boolean"],
  schedule: ["constant or cosine", (value) => value === "constant" || value === "cosine"],
  maxTiles: ["a whole number of at least 1, or null", (value) => value === null || wholeFrom(1)[1](value)],
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
  return ok({ ...FIT_DEFAULTS, ...stated });
}

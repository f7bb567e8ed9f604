/** Predictions of the same patients by several models that share what makes a patient hard. */
import { randomStream } from "@nacre/core";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

export interface TwinSpec {
  readonly n: number;
  readonly seed: number;
  /** Distance of the classes on the logit scale, one for each model. */
  readonly gains: readonly number[];
}

/** One sample for each gain; every other patient is positive. */
export function twins({ n, seed, gains }: TwinSpec): Sample[] {
  const random = randomStream(seed, "twins", n);
  const y = Array.from({ length: n }, (_, i) => i % 2);
  const shared = y.map(() => random.normal());
  return gains.map((gain) =>
    binary(
      y,
      y.map((v, i) => 1 / (1 + Math.exp(-(gain * (v - 0.5) + (shared[i] as number) + random.normal())))),
    ),
  );
}

/**
 * What an optimiser is: how one weight moves, given its gradient and a few arrays kept beside it. Everything around that
 * (names, several weights, accumulation, clipping) is shared, in `update.ts`; an average of the weights is put on any of
 * them by `withAverage`.
 */
import { add, mul, sub } from "../op/elementwise.ts";
import type { Tensor } from "../tensor.ts";
import { type AdamOptions, adam, adamScalars } from "./adam.ts";

/** An array of a weight's shape that is kept from step to step, and what it holds before the first one. */
export interface Slot {
  readonly name: string;
  readonly start: "zeros" | "weight";
}

/** One weight about to move. */
export interface Moving {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  /** The slots, by name. */
  readonly kept: Readonly<Record<string, Tensor>>;
  /** The scalars of the step, by name. */
  readonly scalars: Readonly<Record<string, Tensor>>;
  /** Share of the learning rate this weight moves at. 1 for all but layer-wise decay. */
  readonly rateScale: number;
  /** Whether weight decay applies; offsets and gains are usually spared. */
  readonly isDecayed: boolean;
}

export interface Moved {
  readonly weight: Tensor;
  readonly kept: Readonly<Record<string, Tensor>>;
}

export interface Optimiser {
  readonly slots: readonly Slot[];
  /** The numbers fed at step t = 1, 2, ... at learning rate lr, by name; the same names at every step. */
  scalars(step: number, lr: number): Readonly<Record<string, number>>;
  move(moving: Moving): Moved;
}

export interface AdamSettings extends Pick<AdamOptions, "beta1" | "beta2" | "epsilon" | "weightDecay"> {
  /**
   * Whether decay shrinks the weight itself by lr * weightDecay (AdamW; Loshchilov and Hutter 2019, algorithm 2) instead of
   * entering the gradient. Default false.
   */
  readonly isDecoupled?: boolean;
}

/** Adam, or AdamW where decay is decoupled. */
export function adamOptimiser({ isDecoupled = false, ...options }: AdamSettings = {}): Optimiser {
  const { weightDecay = 0 } = options;
  const shrinks = isDecoupled && weightDecay > 0;
  return {
    slots: [
      { name: "m", start: "zeros" },
      { name: "v", start: "zeros" },
    ],
    scalars(step, lr) {
      const scalars = adamScalars(step, lr, options);
      return shrinks ? { ...scalars, decay: lr * weightDecay } : scalars;
    },
    move({ weight, gradient, kept, scalars, rateScale, isDecayed }) {
      const { m, v } = kept as Record<"m" | "v", Tensor>;
      const { rate, correction, decay } = scalars as Record<"rate" | "correction" | "decay", Tensor>;
      const shrunk = shrinks && isDecayed ? mul(weight, sub(1, mul(decay, rateScale))) : weight;
      const moved = adam(shrunk, gradient, m, v, {
        ...options,
        rate: mul(rate, rateScale),
        correction,
        weightDecay: isDecayed && !isDecoupled ? weightDecay : 0,
      });
      return { weight: moved.parameter, kept: { m: moved.m, v: moved.v } };
    },
  };
}

export interface DescentSettings {
  /** Share of the last move that is kept. Default 0: plain descent. */
  readonly momentum?: number;
  /** Whether the gradient is taken where the momentum leads to (Nesterov, in Sutskever's form). Default false. */
  readonly isNesterov?: boolean;
  /** Share of the weight added to its gradient. Default 0. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent: speed = momentum * speed + gradient, weight = weight - lr * speed (Sutskever et al. 2013). */
export function descentOptimiser({
  momentum = 0,
  isNesterov = false,
  weightDecay = 0,
}: DescentSettings = {}): Optimiser {
  return {
    slots: momentum === 0 ? [] : [{ name: "speed", start: "zeros" }],
    scalars: (_, lr) => ({ rate: lr }),
    move({ weight, gradient, kept, scalars, rateScale, isDecayed }) {
      const rate = mul(scalars.rate as Tensor, rateScale);
      const g = isDecayed && weightDecay > 0 ? add(gradient, mul(weight, weightDecay)) : gradient;
      if (kept.speed === undefined) return { weight: sub(weight, mul(g, rate)), kept: {} };
      const speed = add(mul(kept.speed, momentum), g);
      const way = isNesterov ? add(g, mul(speed, momentum)) : speed;
      return { weight: sub(weight, mul(way, rate)), kept: { speed } };
    },
  };
}

/** An optimiser that also keeps the moving average of each weight: average = decay * average + (1 - decay) * weight. */
export function withAverage(optimiser: Optimiser, decay: number): Optimiser {
  if (!(decay >= 0 && decay < 1)) throw new RangeError(`expected a decay of the average in [0, 1), received ${decay}`);
  return {
    slots: [...optimiser.slots, { name: "average", start: "weight" }],
    scalars: optimiser.scalars,
    move(moving) {
      const moved = optimiser.move(moving);
      const average = add(mul(moving.kept.average as Tensor, decay), mul(moved.weight, 1 - decay));
      return { weight: moved.weight, kept: { ...moved.kept, average } };
    },
  };
}

/**
 * One step of an optimiser over all weights of a model, as inputs and outputs of a graph: for a weight "w" the inputs are
 * "w" and "w.<slot>", the outputs "w.next" and "w.<slot>.next", so that state is whatever goes in under a name and comes out
 * under it with ".next". Bags too large or too few for a step of their own are summed first: `gradientSums` adds to "w.sum",
 * and the update that takes the sums in divides by how many there were.
 */

import { minimum } from "../op/compare.ts";
import { add, mul, reciprocal, sqrt, square } from "../op/elementwise.ts";
import { sum } from "../op/sum.ts";
import { input, parameter, type Tensor } from "../tensor.ts";
import type { Optimiser, Slot } from "./optimiser.ts";

/** A weight and the gradient of the loss with respect to it. */
export interface Trained {
  readonly name: string;
  readonly weight: Tensor;
  readonly gradient: Tensor;
  /** Share of the learning rate this weight moves at: layer-wise decay. Default 1. */
  readonly rateScale?: number;
  /** Whether weight decay applies. Default true. */
  readonly isDecayed?: boolean;
}

/** An array fed under `name` and returned under `name` + ".next". */
export interface StateSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Slot["start"];
  /** The weight it belongs to. */
  readonly weight: string;
}

export interface Update {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What is kept beside the weights. */
  readonly state: readonly StateSpec[];
  /** Names of the numbers fed at each step: those of the optimiser, and `share` where gradients were summed before. */
  readonly scalars: readonly string[];
}

export interface UpdateOptions {
  /** Length that all gradients together are shortened to where they are longer. Default: none. */
  readonly clipNorm?: number;
  /** Whether "w.sum" and the scalar `share` (1 / number of bags) come in: gradient = (sum + gradient) * share. */
  readonly isAccumulated?: boolean;
}

export const NEXT = ".next";
const SUM = ".sum";

/** The outputs of one step of `optimiser`. */
export function updateWeights(
  optimiser: Optimiser,
  trained: readonly Trained[],
  { clipNorm, isAccumulated = false }: UpdateOptions = {},
): Update {
  const names = Object.keys(optimiser.scalars(1, 1));
  const scalars = Object.fromEntries(names.map((name) => [name, input(name, [])]));
  const share = isAccumulated ? input("share", []) : null;
  const whole = trained.map((t) => (share === null ? t.gradient : mul(summed(t), share)));
  const slopes = clipNorm === undefined ? whole : clipByNorm(whole, clipNorm);
  const outputs: Record<string, Tensor> = {};
  trained.forEach(({ name, weight, rateScale = 1, isDecayed = true }, i) => {
    const kept = Object.fromEntries(optimiser.slots.map((slot) => [slot.name, beside(name, weight, `.${slot.name}`)]));
    const gradient = slopes[i] as Tensor; // one for each weight
    const moved = optimiser.move({ weight, gradient, kept, scalars, rateScale, isDecayed });
    outputs[name + NEXT] = moved.weight;
    for (const [slot, value] of Object.entries(moved.kept)) outputs[`${name}.${slot}${NEXT}`] = value;
  });
  return {
    outputs,
    state: trained.flatMap((t) => optimiser.slots.map(({ name, start }) => specOf(t, `.${name}`, start))),
    scalars: share === null ? names : [...names, "share"],
  };
}

/** The outputs of a bag that only adds its gradients to the sums. */
export function gradientSums(trained: readonly Trained[]): Update {
  const outputs = Object.fromEntries(trained.map((t) => [t.name + SUM + NEXT, summed(t)]));
  return { outputs, state: trained.map((t) => specOf(t, SUM, "zeros")), scalars: [] };
}

/** Gradients times min(1, limit / length of all of them together) (Pascanu et al. 2013, algorithm 1). */
export function clipByNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  if (!(limit > 0)) throw new RangeError(`expected a limit above 0 for the length of the gradients, received ${limit}`);
  const squares = gradients.map((g) => sum(square(g)));
  const length = sqrt(squares.reduce((a, b) => add(a, b)));
  // The small number is PyTorch's; it keeps a gradient of zeros what it is.
  const scale = minimum(mul(reciprocal(add(length, 1e-6)), limit), 1);
  return gradients.map((g) => mul(g, scale));
}

function summed({ name, weight, gradient }: Trained): Tensor {
  return add(beside(name, weight, SUM), gradient);
}

function beside(name: string, { shape }: Tensor, suffix: string): Tensor {
  return parameter(name + suffix, shape.map(Number));
}

function specOf({ name, weight }: Trained, suffix: string, start: Slot["start"]): StateSpec {
  return { name: name + suffix, shape: weight.shape.map(Number), start, weight: name };
}

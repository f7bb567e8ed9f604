/**
 * What an aggregator is: a description of how a bag becomes one embedding, with its options, its weights and its paper.
 * Everything else (fit, predict, explain, saving, averaging) is shared and asks these descriptions; it never asks for a name.
 * An aggregator pools additively: embedding = sum over tiles of share x instance. With a linear head the contribution of
 * each tile to each logit is then exact, not an approximation.
 */
import type { Tensor } from "@nacre/graph";
import type { OptionTable, OptionValues } from "./option.ts";

/** How fresh weights are drawn: Glorot 2010 normal (deviation sqrt(2 / (fan in + fan out))), or zeros. */
export type Initialisation = "glorot" | "zeros";

/** One array of weights; `shape` is [in, out] for a matrix and [out] for an offset. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialisation: Initialisation;
}

/** What a builder may use. */
export interface Scope {
  /** Standardised features, [n, d]. */
  readonly tiles: Tensor;
  /** Number of features of a tile. */
  readonly d: number;
  /** Number of classes. */
  readonly k: number;
  /** One-hot label of the bag, [1, k]; null outside the fit. */
  readonly label: Tensor | null;
  /** The weights declared under this name. @throws RangeError for a name that was not declared */
  weight(name: string): Tensor;
  /** Inverted dropout of x [n, width] by a seeded mask that is fed at each step; outside the fit, x itself. */
  dropout(name: string, x: Tensor, rate: number): Tensor;
}

export interface Pooled {
  /** [n, h]: what is pooled. */
  readonly instances: Tensor;
  /** [n, 1] or [n, h]: how much of each instance goes into the embedding; each column sums to 1. */
  readonly shares: Tensor;
  /** [1, h]: sum over tiles of shares x instances. */
  readonly embedding: Tensor;
  /** A further loss (scalar) and its share of the total; the bag loss has the rest. */
  readonly auxiliary?: { readonly loss: Tensor; readonly share: number };
}

export interface Aggregator<T extends OptionTable = OptionTable> {
  readonly name: string;
  readonly title: string;
  /** Where the method comes from, as a reader would cite it. */
  readonly paper: string;
  readonly options: T;
  /** Width h of the embedding. */
  width(options: OptionValues<T>, d: number): number;
  weights(options: OptionValues<T>, d: number, k: number): readonly WeightSpec[];
  build(scope: Scope, options: OptionValues<T>): Pooled;
}

/** Checks an aggregator's description against its own option table; returns it unchanged. */
export function defineAggregator<const T extends OptionTable>(aggregator: Aggregator<T>): Aggregator<T> {
  return aggregator;
}

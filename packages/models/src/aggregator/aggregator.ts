/**
 * What an aggregator is: a description of how a bag becomes an embedding, with its options, its weights and its paper.
 * Everything else (fit, predict, explain, saving, averaging) is shared and asks these descriptions; it never asks for a name.
 * Most aggregators pool additively: embedding = sum over tiles of share x instance. With a linear head the contribution of
 * each tile to each score is then exact. Those that mix tiles before they pool say so by leaving `instances` out, and their
 * contributions are gradients times inputs; those that score by a rule of their own hand in `Scored`.
 */
import type { Outcome, Task } from "@nacre/core";
import type { Tensor } from "@nacre/graph";
import type { OptionTable, OptionValues } from "./option.ts";

/**
 * How fresh weights are drawn: Glorot 2010 normal (deviation sqrt(2 / (fan in + fan out))), zeros, ones, a normal of a given
 * deviation, or one number everywhere.
 */
export type Initialisation = "glorot" | "zeros" | "ones" | { readonly normal: number } | { readonly fill: number };

/** One array of weights; `shape` is [in, out] for a matrix and [out] for an offset. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initialisation: Initialisation;
  /** The layer it lies in, counted from the tiles: 0 for what makes tokens of them, then the blocks. Absent above all layers. */
  readonly layer?: number;
}

/** Weights that lie in one layer. */
export function inLayer(layer: number, specs: readonly WeightSpec[]): WeightSpec[] {
  return specs.map((spec) => ({ ...spec, layer }));
}

/** Numbers known before any graph is built. */
export interface Sizes {
  /** Number of features of a tile. */
  readonly d: number;
  /** Number of scores. */
  readonly k: number;
  /** Scores of each task, in order; they sum to k. */
  readonly groups: readonly number[];
  /** Numbers known of a bag beside its tiles; 0 for none. */
  readonly covariates: number;
}

/** What a builder may use. */
export interface Scope extends Omit<Sizes, "covariates"> {
  /** Standardised features, [n, d]. */
  readonly tiles: Tensor;
  /** Column and row of each tile on the grid of tiles, [n, 2] float32; null unless the aggregator says `usesPlaces`. */
  readonly places: Tensor | null;
  /** [1, c], or null where the study names none. */
  readonly covariates: Tensor | null;
  /** One-hot label of the bag, [1, k]; null outside the fit and for tasks without classes. */
  readonly label: Tensor | null;
  readonly isFit: boolean;
  /** The weights declared under this name. @throws RangeError for a name that was not declared */
  weight(name: string): Tensor;
  /** Inverted dropout of x [rows, width] by a seeded mask that is fed at each step; outside the fit, x itself. Rows are n or a number. */
  dropout(name: string, x: Tensor, rate: number): Tensor;
  /**
   * Says that x enters a block: what lies above learns of the weights below through x alone. Gives x back, which must be what the block
   * is built on. A step too large for memory is then worked through block by block (docs/methods/fit.md).
   */
  block(x: Tensor): Tensor;
}

/** A loss of the aggregator's own. */
export interface FurtherLoss {
  /** Scalar. */
  readonly loss: Tensor;
  /** Its share of the total; the loss of the task has the rest. */
  readonly share: number;
  /** It looks at no tiles but so many of highest and of lowest attention in each branch; absent where it sees others. */
  readonly ends?: number;
}

export interface Pooled {
  /** [b, h]: one row a branch; one branch, one for each score, or one for each task. */
  readonly embedding: Tensor;
  /** [n, b]: how much of each tile goes into each branch, each column summing to 1; or [n, h] for one branch pooled by feature. */
  readonly shares: Tensor;
  /** [n, h]: what is pooled, where embedding = sum over tiles of shares x instances (+ offset); absent where tiles were mixed before. */
  readonly instances?: Tensor;
  /** [1, h]: the part of every branch's embedding that no tile brought. */
  readonly offset?: Tensor;
  readonly auxiliary?: FurtherLoss;
  /** Further outputs of the saved model, by name. */
  readonly further?: Readonly<Record<string, Tensor>>;
  /** [n, h]: each tile's own state after all mixing, in the order of the tiles; built where a pretraining asks for it. */
  readonly tokens?: () => Tensor;
}

/** What is known of a bag once it is scored. */
export interface Scored {
  /** [1, k] */
  readonly scores: Tensor;
  /** [b, h] */
  readonly embedding: Tensor;
  /** [n, b] or [n, h], each column summing to 1. */
  readonly shares: Tensor;
  /** [n, k]: what each tile adds to each score; null where that is not exact. */
  readonly terms: Tensor | null;
  /** [1, k]: scores minus the sum of the terms; null with them. */
  readonly rest: Tensor | null;
  readonly auxiliary?: FurtherLoss;
  readonly further?: Pooled["further"];
}

/** Numbers alive at one time: of a step in one piece, and of one worked through block by block. */
export interface AlivePairs {
  readonly whole: number;
  readonly block: number;
}

export interface Aggregator<T extends OptionTable = OptionTable> {
  readonly name: string;
  readonly title: string;
  /** Where the method comes from, as a reader would cite it. */
  readonly paper: string;
  readonly options: T;
  /** Whether options that are fine one by one go together. Fails with `bad-study`. */
  check?(options: OptionValues<T>): Outcome<null>;
  /** Whether the places of tiles are asked for. Default false. */
  readonly usesPlaces?: true;
  /** How many columns and rows of tiles it knows; any number where it does not say. */
  grid?(options: OptionValues<T>): number;
  /** Whether the answer depends on the order in which the tiles come. Default false. */
  readonly isOrdered?: true;
  /** Whether its instances have seen other tiles before they are pooled: contributions are exact then, but of mixed tokens. Default false. */
  readonly mixesTiles?: true;
  /** Kinds of task it is made for; absent for all. */
  readonly kinds?: readonly Task["kind"][];
  /** Numbers that tables of pairs of tiles hold at one time of a step on n tiles; absent where no two tiles meet. */
  pairs?(options: OptionValues<T>, n: number): AlivePairs;
  /** Width h of the embedding; null for an aggregator that makes its own scores. */
  width(options: OptionValues<T>, d: number): number | null;
  weights(options: OptionValues<T>, sizes: Sizes): readonly WeightSpec[];
  /** `Scored` exactly where `width` is null. */
  build(scope: Scope, options: OptionValues<T>): Pooled | Scored;
}

/** Checks an aggregator's description against its own option table; returns it unchanged. */
export function defineAggregator<const T extends OptionTable>(aggregator: Aggregator<T>): Aggregator<T> {
  return aggregator;
}

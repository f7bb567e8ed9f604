/**
 * What is known of a published method's weight files: how sizes are read off the keys, which of our weights each key is, and what
 * the original calls its answers. Adding a method is one file of this form and a line in the registry.
 */
import type { Tensor, WeightTensor } from "@nacre/graph";
import type { Scope } from "../aggregator/aggregator.ts";
import type { Assembled, ModelDesign } from "../train/program.ts";

export type Tensors = ReadonlyMap<string, WeightTensor>;

/** Where one of our weights lies in the file. */
export interface KeySource {
  /** Our name. */
  readonly name: string;
  /** Their name, or several of which the first that is there is taken. */
  readonly from: string | readonly string[];
  /** The file has the last two axes the other way round, as torch's linear layers do. */
  readonly transpose?: boolean;
  /** The shape in the file where it differs otherwise, with as many numbers in the same order. */
  readonly shapeInFile?: readonly number[];
}

/** A file's own settings, where sizes do not say them: what stood in its config, by the original's names. */
export type CheckpointConfig = Readonly<Record<string, unknown>>;

/** What the original's answers may be made of, beside ours. */
export interface Original {
  readonly config: CheckpointConfig;
  /** The scope of the pass: tiles, places, covariates, weights by our names, the label where there is one; no dropout. */
  readonly scope: Scope;
  /** The file as it is, before `rearrange`. */
  readonly file: Tensors;
  /** An array of the file that our model has no use for (its key is in `ignore`), in the file's shape; null where there is none. */
  left(key: string | readonly string[]): Tensor | null;
}

/** What a method is asked beside the features of the tiles: numbers as they stand in a file. */
export interface Beside {
  /** x and y of each tile in level-0 pixels. */
  readonly coords?: readonly (readonly number[])[];
  readonly sex?: number;
  readonly organ?: number;
  /** The class, or yes and no of each class. */
  readonly label?: number | readonly number[];
}

/** Numbers our model is fed with beside the features. */
export interface BesideFeeds {
  /** Column and row of each tile, [n, 2] row-major. */
  readonly places?: Float32Array<ArrayBuffer>;
  /** [c] */
  readonly covariates?: readonly number[];
}

export interface Checkpoint {
  readonly method: string;
  readonly title: string;
  /** Where the method comes from, as a reader would cite it. */
  readonly paper: string;
  /** Arrays that the original keeps apart and we keep together, put together under names of their own. */
  rearrange?(tensors: Tensors): Tensors;
  /** The model that the file is of, with identity standardisation and no dropout. @throws FailureError bad-model */
  design(tensors: Tensors, config: CheckpointConfig): ModelDesign;
  keys(design: ModelDesign): readonly KeySource[];
  /** Names, or beginnings of names that end in a dot, that the file may hold beyond: buffers, offsets that change nothing. */
  readonly ignore?: readonly string[];
  /** What a reader must know of a file that lacks something the method can do without. */
  notes?(file: Tensors): readonly string[];
  /**
   * Places and covariates of a bag, where the method does not follow the rule: places = floor(coords / tile_size of the config, or
   * 256); one covariate is `sex`, several are `organ` as one-hot.
   */
  beside?(given: Beside, design: ModelDesign, config: CheckpointConfig): BesideFeeds;
  /** What the original answers, by its own names and in its own layout, several names for one value allowed. */
  answers(assembled: Assembled, design: ModelDesign, original: Original): Readonly<Record<string, Tensor>>;
}

/** Length of an axis of one of their arrays. @throws FailureError bad-model where there is none */
export type SizeOf = (key: string | readonly string[], axis: number) => number;

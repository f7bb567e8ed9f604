/**
 * Weights of any file as named arrays: what every reader here gives, whatever wrote the file. Numbers are decoded when they are
 * asked for, so a checkpoint with its optimiser costs no more than the weights that are used.
 */
import type { ElementType } from "./element.ts";

export type WeightFormat = "torch-zip" | "torch-legacy" | "safetensors" | "npz" | "npy" | "onnx";

export interface WeightTensor {
  readonly shape: readonly number[];
  /** The type in the file. */
  readonly dtype: ElementType;
  /**
   * The numbers in row-major order, as float32: float16, bfloat16 and integers up to 2^24 exactly, others rounded. Float32 that lies
   * in order is a view of the file's bytes: do not write into it.
   */
  values(): Float32Array;
}

export interface WeightArchive {
  readonly format: WeightFormat;
  /** By dotted name, in file order. The one array of a file without names is called ONLY_TENSOR. */
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  /** Dotted names of the dictionaries inside the file that hold tensors, outer before inner; empty for flat formats. */
  readonly groups: readonly string[];
  /** Texts, and numbers beside the tensors (an epoch, a learning rate), as text. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The name of an array that stands alone in its file. */
export const ONLY_TENSOR = "tensor";

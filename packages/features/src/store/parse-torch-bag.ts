/**
 * Feature files of CLAM's pt_files, and of tools that followed it: one bare tensor saved by torch, a row a tile, with no places, no
 * encoder and no scale beside it. Safetensors, npz and npy of one array are read alike.
 */
import { type Bag, fail, type Outcome, ok } from "@nacre/core";
import { ONLY_TENSOR, type WeightArchive } from "@nacre/graph";
import { matrixOf } from "./matrix.ts";
import type { BagMeta } from "./meta.ts";
import { rowPlaces } from "./places.ts";

const UNSAID: BagMeta = {
  layout: "clam",
  frame: "index",
  ...{ name: null, encoder: null, mpp: null, size: null, overlap: null, stride: null, width: null, height: null },
  ...{ key: null, decoder: null, colour: null, stain: null, tissue: null },
};

/** The bag of an archive with one tensor. Fails with `bad-features` (several tensors, or no matrix) or `empty-bag`. */
export function torchBag(archive: WeightArchive, where: string): Outcome<Bag & { readonly meta: BagMeta }> {
  const [name, ...others] = archive.tensors.keys();
  const tensor = archive.tensors.get(name ?? ONLY_TENSOR);
  if (tensor === undefined || others.length > 0) {
    return fail("bad-features", {
      expected: `one tensor with features in ${where}`,
      received: `${archive.tensors.size}: ${[...archive.tensors.keys()].slice(0, 5).join(", ")}`,
      remedy: "give the features alone, [n, d], or the h5 file that the same tool wrote",
    });
  }
  // A copy: the numbers may be a view of the whole file, with more behind them than the tensor shows.
  const matrix = matrixOf({ shape: tensor.shape, values: () => tensor.values().slice() }, where);
  if (!matrix.ok) return matrix;
  const { x, y, side } = rowPlaces(matrix.value.n);
  return ok({ ...matrix.value, x, y, side, space: "unknown", meta: UNSAID });
}

/** Where the file of a cohort row lies. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CohortRow, fail, type Outcome, ok, withoutExtension } from "@nacre/core";

const EXTENSIONS = [".h5", ".hdf5", ".pt", ".safetensors", ".npy", ".npz"];

/** A slide: its path inside the slides folder. Whether it is there is the inventory's question. */
export function locateSlide(root: string, row: CohortRow): Outcome<string> {
  return ok(join(root, row.path));
}

/**
 * Features: `<slide>.h5`, or one bare array as `.pt`, `.safetensors`, `.npy` or `.npz`, named as the row or as the slide without
 * its extension. HDF5 comes first, since it also holds the places of the tiles.
 */
export function locateFeatures(root: string, row: CohortRow): Outcome<string> {
  const stems = [row.path, withoutExtension(row.path), row.slide];
  const named = EXTENSIONS.flatMap((extension) => [row.path, ...stems.map((stem) => stem + extension)]);
  const names = [...new Set(named)].filter((n) => EXTENSIONS.some((extension) => n.toLowerCase().endsWith(extension)));
  const found = names.map((n) => join(root, n)).find((p) => existsSync(p));
  if (found !== undefined) return ok(found);
  return fail("missing-file", {
    expected: `features of ${row.slide}: ${withoutExtension(row.path)} with ${EXTENSIONS.join(" or ")}`,
    received: `none of them in ${root}`,
    remedy: "check the slide column and the features: folder of the study",
  });
}

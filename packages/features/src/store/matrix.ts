/** The features of a file as a matrix, whatever array the file holds. */
import { fail, type Outcome, ok } from "@nacre/core";

/** An array of a file: its numbers are read only when its shape is right. */
export interface StoredArray {
  readonly shape: readonly number[];
  values(): Float32Array;
}

/** [n, d], or [1, n, d] as TRIDENT may write it. Fails with `bad-features` or `empty-bag`. */
export function matrixOf(array: StoredArray, where: string): Outcome<{ n: number; d: number; features: Float32Array }> {
  const { shape } = array;
  const [n, d] = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  if (shape.length === 1) {
    return fail("bad-features", {
      expected: `features of tiles, [n, d], in ${where}`,
      received: `one vector of ${n}, the embedding of a whole slide`,
      remedy: "give the folder with tile features",
    });
  }
  if (n === undefined || d === undefined || shape.length > 3 || (shape.length === 3 && shape[0] !== 1)) {
    return fail("bad-features", {
      expected: `features as [n, d] in ${where}`,
      received: `shape [${shape.join(", ")}]`,
      remedy: "write one row a tile",
    });
  }
  if (n === 0 || d === 0) {
    return fail("empty-bag", {
      expected: `at least one tile in ${where}`,
      received: `shape [${shape.join(", ")}]`,
      remedy: "encode the slide again with other tissue settings, or leave it out of the cohort",
    });
  }
  return ok({ n, d, features: array.values() });
}

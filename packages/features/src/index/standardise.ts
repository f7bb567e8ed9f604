/** Brings features of any scale to one: without it, cosine sees the few features with large numbers alone. */
import type { StoredVectors } from "./vector-store.ts";

/** (value - mean) / scale for a row that begins at `at`. */
export function standardise(
  values: ArrayLike<number>,
  { mean, scale }: Pick<StoredVectors, "mean" | "scale">,
  into: Float32Array,
  at = 0,
): Float32Array {
  for (let j = 0; j < into.length; j++)
    into[j] = ((values[at + j] as number) - (mean[j] as number)) / (scale[j] as number);
  return into;
}

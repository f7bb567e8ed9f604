/**
 * Centring and scaling of embeddings by the train part. Centring never changes a linear fit with a free offset, it only makes
 * it quicker; scaling does, since the penalty then weighs every feature alike.
 */
import type { Embeddings } from "./embeddings.ts";
import type { Scaling } from "./linear-head.ts";

/** Relative to the size of a feature: below this a deviation is rounding of float32 values. */
const ROUNDING = 1e-6;

/** Mean and population deviation of each column; `scaled: false` gives deviation 1. A column that does not vary is scaled by 1. */
export function scalingOf({ values, n, d }: Embeddings, scaled: boolean): Scaling {
  const centre = new Float64Array(d);
  const scale = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) centre[j] = (centre[j] as number) + (values[i * d + j] as number) / n;
  }
  for (let i = 0; i < n && scaled; i++) {
    for (let j = 0; j < d; j++)
      scale[j] = (scale[j] as number) + ((values[i * d + j] as number) - (centre[j] as number)) ** 2;
  }
  for (let j = 0; j < d; j++) {
    const deviation = Math.sqrt((scale[j] as number) / n);
    scale[j] = deviation > ROUNDING * Math.abs(centre[j] as number) ? deviation : 1;
  }
  return { centre, scale };
}

/** Centred and scaled values, row-major [n, d]. */
export function scaled({ values, n, d }: Embeddings, { centre, scale }: Scaling): Float64Array {
  const out = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      out[i * d + j] = ((values[i * d + j] as number) - (centre[j] as number)) / (scale[j] as number);
    }
  }
  return out;
}

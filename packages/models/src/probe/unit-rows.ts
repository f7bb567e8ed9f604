/** Rows less a centre, brought to length 1: what cosine neighbours and prototypes compare. */
import type { Embeddings } from "./embeddings.ts";
import { dot } from "./vector.ts";

export interface Preparation {
  /** Subtracted from every row first, [d]; null for nothing. */
  readonly centre: Float64Array | null;
  /** Whether rows are then divided by their length. A row of zeros has no direction and stays: it is nearer to every row than a right angle. */
  readonly unit: boolean;
}

/** Prepared rows, row-major [n, d]. */
export function prepareRows({ values, n, d }: Embeddings, { centre, unit }: Preparation): Float64Array {
  const out = Float64Array.from(values);
  for (let i = 0; i < n; i++) {
    const row = out.subarray(i * d, (i + 1) * d);
    if (centre !== null) for (let j = 0; j < d; j++) row[j] = (row[j] as number) - (centre[j] as number);
    const length = unit ? Math.sqrt(dot(row, 0, row, 0, d)) : 1;
    if (length > 0) for (let j = 0; j < d; j++) row[j] = (row[j] as number) / length;
  }
  return out;
}

/**
 * All learned numbers of a model in one array, as they lie in its file: the standardisation first, then the weights in the order
 * of their specs. One named layout in the metadata makes the file readable by any program, without knowing our graph.
 */

import type { Weights } from "../train/initialise.ts";
import type { Standardisation } from "../train/standardise.ts";

/** Where one array lies: its shape, and its first number. */
export interface PackedSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
}

export interface Packed {
  readonly values: Float32Array<ArrayBuffer>;
  readonly layout: readonly PackedSlot[];
}

/** Where the mean train tile lies. */
export const MEAN = "features.mean";
const DEVIATION = "features.deviation";

export function packWeights(
  { mean, deviation }: Standardisation,
  weights: Weights,
  shapes: readonly { readonly name: string; readonly shape: readonly number[] }[],
): Packed {
  const parts = [
    { name: MEAN, shape: [mean.length], values: mean },
    { name: DEVIATION, shape: [deviation.length], values: deviation },
    ...shapes.map(({ name, shape }) => ({ name, shape, values: requireArray(weights, name) })),
  ];
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  const layout: PackedSlot[] = [];
  let start = 0;
  for (const part of parts) {
    values.set(part.values, start);
    layout.push({ name: part.name, shape: part.shape, start });
    start += part.values.length;
  }
  return { values, layout };
}

/** The opposite of `packWeights`. @throws RangeError where the layout does not fit the array */
export function unpackWeights({ values, layout }: Packed): { standardisation: Standardisation; weights: Weights } {
  const arrays: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const { name, shape, start } of layout) {
    const end = start + shape.reduce((product, size) => product * size, 1);
    if (!(start >= 0 && end <= values.length)) {
      throw new RangeError(`expected ${name} inside ${values.length} numbers, received places ${start} to ${end}`);
    }
    arrays[name] = values.slice(start, end);
  }
  const { [MEAN]: mean, [DEVIATION]: deviation, ...weights } = arrays;
  if (mean === undefined || deviation === undefined) {
    throw new RangeError(`expected ${MEAN} and ${DEVIATION} in the layout, received ${Object.keys(arrays).join(", ")}`);
  }
  return { standardisation: { mean, deviation }, weights };
}

function requireArray(weights: Weights, name: string): Float32Array<ArrayBuffer> {
  const values = weights[name];
  if (values !== undefined) return values;
  throw new RangeError(`expected weights called ${name}, received ${Object.keys(weights).join(", ")}`);
}

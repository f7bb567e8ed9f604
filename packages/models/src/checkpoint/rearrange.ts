/** Arrays of a file put together, cut and renamed, without reading a number before it is asked for. */
import { raise } from "@nacre/core";
import type { WeightTensor } from "@nacre/graph";
import type { Tensors } from "./checkpoint.ts";

/** Arrays one after the other, as one of the given shape. */
export function joined(parts: readonly WeightTensor[], shape: readonly number[]): WeightTensor {
  return {
    shape,
    dtype: "float32",
    values() {
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
      let start = 0;
      for (const part of parts) {
        values.set(part.values(), start);
        start += part.values().length;
      }
      return values;
    },
  };
}

/** One place along the first axis, which is taken out. */
export function row(tensor: WeightTensor, place: number): WeightTensor {
  const shape = tensor.shape.slice(1);
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, dtype: tensor.dtype, values: () => tensor.values().slice(place * size, (place + 1) * size) };
}

/** An array of a shape whose numbers follow from others. */
export function made(shape: readonly number[], values: () => Float32Array): WeightTensor {
  return { shape, dtype: "float32", values };
}

export function zeros(shape: readonly number[]): WeightTensor {
  return made(shape, () => new Float32Array(shape.reduce((product, size) => product * size, 1)));
}

/**
 * The arrays `${stem}.0.${leaf}`, `${stem}.1.${leaf}` and on, as many as there are, each of `rows` rows.
 * @throws FailureError bad-weights for arrays of other shapes
 */
export function numbered(tensors: Tensors, stem: string, leaf: string, rows: number): Map<string, WeightTensor> {
  const found = new Map<string, WeightTensor>();
  for (let i = 0; tensors.has(`${stem}.${i}.${leaf}`); i++) {
    found.set(`${stem}.${i}.${leaf}`, tensors.get(`${stem}.${i}.${leaf}`) as WeightTensor); // has() has just said so
  }
  const [first] = found.values();
  const shape = [rows, ...(first?.shape.slice(1) ?? [])];
  for (const [key, tensor] of found) {
    if (String(tensor.shape) === String(shape)) continue;
    raise("bad-weights", {
      expected: `${key} of shape [${shape.join(", ")}]`,
      received: `[${tensor.shape.join(", ")}]`,
      remedy: "check that the file is whole and of this method",
    });
  }
  return found;
}

/** A copy with some arrays taken out and others put in. */
export function exchanged(
  tensors: Tensors,
  out: Iterable<string>,
  into: Iterable<readonly [string, WeightTensor]>,
): Tensors {
  const gone = new Set(out);
  return new Map([...[...tensors].filter(([key]) => !gone.has(key)), ...into]);
}

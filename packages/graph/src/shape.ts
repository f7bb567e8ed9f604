/** Arithmetic on shapes: broadcasting as in ONNX (and NumPy), axes counted from the end, sizes known or named. */
import { type Dim, type Shape, shapeText } from "./tensor.ts";

/** Shape of two tensors side by side: axes are matched from the last one, an axis of 1 stretches. @throws RangeError */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const p = a[a.length - rank + i] ?? 1;
    const q = b[b.length - rank + i] ?? 1;
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    throw new RangeError(
      `expected shapes that broadcast, received ${shapeText(a)} and ${shapeText(b)}; give equal axes equal names`,
    );
  });
}

/** An axis counted from the start. @throws RangeError */
export function axisOf(axis: number, rank: number): number {
  const i = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(i) && i >= 0 && i < rank) return i;
  throw new RangeError(`expected an axis between ${-rank} and ${rank - 1}, received ${axis}`);
}

/** Axes counted from the start, in rising order, without repeats. */
export function axesOf(axes: readonly number[], rank: number): number[] {
  return [...new Set(axes.map((a) => axisOf(a, rank)))].sort((a, b) => a - b);
}

/** Shape after a reduction over `axes` (counted from the start). */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  return keep ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
}

/** Product of axes, or null where one of them is only named. */
export function knownSize(dims: Shape): number | null {
  let size = 1;
  for (const d of dims) {
    if (typeof d !== "number") return null;
    size *= d;
  }
  return size;
}

/** Sum of axes: a number where all are known, else a name made of theirs. */
export function sumOfDims(dims: readonly Dim[]): Dim {
  const total = dims.reduce<number>((n, d) => (typeof d === "number" ? n + d : Number.NaN), 0);
  return Number.isNaN(total) ? dims.join("+") : total;
}

/** Product of axes: a number where all are known, else a name made of theirs. Ones are left out. */
export function productOfDims(dims: readonly Dim[]): Dim {
  const size = knownSize(dims);
  return size ?? dims.filter((d) => d !== 1).join("*");
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** The dimension at an axis, with an error that names the shape. */
export function dimAt(shape: Shape, axis: number): Dim {
  return shape[axisOf(axis, shape.length)] as Dim;
}

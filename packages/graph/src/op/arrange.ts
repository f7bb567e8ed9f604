/** Tensors laid out anew along one axis: stacked, split, repeated, turned round, reflected at the ends. */
import { axisOf, dimAt } from "../shape.ts";
import { integers, operator, shapeText, type Tensor } from "../tensor.ts";
import { concat, slice } from "./select.ts";
import { unsqueeze } from "./shape.ts";

/** Tensors of one shape, one after the other along a new axis. */
export function stack(parts: readonly Tensor[], axis = 0): Tensor {
  return concat(
    parts.map((part) => unsqueeze(part, [axis])),
    axis,
  );
}

/** Consecutive runs of the given lengths along an axis, which they must fill. */
export function split(x: Tensor, lengths: readonly number[], axis: number): Tensor[] {
  const total = lengths.reduce((a, b) => a + b, 0);
  const size = dimAt(x.shape, axis);
  if (size !== total) {
    throw new RangeError(`expected lengths that fill an axis of ${size}, received ${lengths.join(" + ")} = ${total}`);
  }
  let start = 0;
  return lengths.map((length) => {
    const part = slice(x, { axis, start, end: start + length });
    start += length;
    return part;
  });
}

/** The whole tensor `count` times, one after the other along an axis. */
export function repeat(x: Tensor, count: number, axis: number): Tensor {
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`expected to repeat 1, 2, ... times, received ${count}`);
  return concat(new Array<Tensor>(count).fill(x), axis);
}

/** Last place first along an axis. */
export function reverse(x: Tensor, axis: number): Tensor {
  const at = integers([axisOf(axis, x.shape.length)]);
  const step = integers([-1]);
  return operator("Slice", [x, step, integers([-(2 ** 53)]), at, step], x, {
    pullbacks: [(g) => reverse(g, axis), null, null, null, null],
  });
}

/** An axis made longer at both ends by its own mirror image, the end itself not repeated: c b | a b c | b a. */
export function reflect(x: Tensor, { axis, before, after }: { axis: number; before: number; after: number }): Tensor {
  const size = dimAt(x.shape, axis);
  const most = typeof size === "number" ? size - 1 : Number.POSITIVE_INFINITY;
  if (before > most || after > most) {
    throw new RangeError(
      `expected to reflect at most ${most} places of ${shapeText(x.shape)}, received ${before} and ${after}`,
    );
  }
  const mirrored = (start: number, end: number): Tensor[] =>
    start === end ? [] : [reverse(slice(x, { axis, start, end, dim: end - start }), axis)];
  return concat([...mirrored(1, 1 + before), x, ...mirrored(-1 - after, -1)], axis);
}

/**
 * Positions learned from the neighbourhood on the square of tiles, called PPEG (Shao 2021, figure 3): each feature by itself is
 *
 *   x + conv7(x) + conv5(x) + conv3(x)
 *
 * A convolution with small kernels, put at the centre of a large one, is a convolution: all four are one of 7 x 7, in a single pass.
 */
import {
  add,
  assumeShape,
  concat,
  constant,
  conv,
  mergeAxes,
  pad,
  slice,
  splitAxis,
  squeeze,
  type Tensor,
  transpose,
  unsqueeze,
} from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { firstRow } from "./tokens.ts";

const SIDES = [7, 5, 3] as const;
const LARGEST = SIDES[0];

export function gridWeights(name: string, width: number): WeightSpec[] {
  return SIDES.flatMap((side) => [
    {
      name: `${name}.conv${side}.weight`,
      shape: [width, 1, side, side],
      initialisation: { normal: 1 / (Math.sqrt(3) * side) },
    },
    { name: `${name}.conv${side}.bias`, shape: [width], initialisation: "zeros" },
  ]);
}

/** x [1 + side², w], a class token before the square of tiles (row by row) -> the same; the class token is left as it is. */
export function gridConvolution(scope: Scope, name: string, x: Tensor, side: Tensor): Tensor {
  const [rows, width] = x.shape as [string, number];
  const features = transpose(slice(x, { axis: 0, start: 1, dim: "square" }));
  const sides = { size: side, dim: "side" };
  const image = unsqueeze(splitAxis(features, 1, [sides, sides]), [0]);
  const { kernel, bias } = kernelOf(scope, name);
  const seen = conv(image, kernel, { bias, groups: width, padding: (LARGEST - 1) / 2 });
  const tokens = transpose(mergeAxes(squeeze(seen, [0]), 1, 2));
  return assumeShape(concat([firstRow(x), tokens], 0), [rows, width]);
}

/** The three kernels and the identity as one, [w, 1, 7, 7], and their offsets as one, [w]. */
function kernelOf(scope: Scope, name: string): { kernel: Tensor; bias: Tensor } {
  const identity = constant(
    Array.from({ length: LARGEST ** 2 }, (_, i) => (i === (LARGEST ** 2 - 1) / 2 ? 1 : 0)),
    [1, 1, LARGEST, LARGEST],
  );
  const kernels = SIDES.map((side) => widened(scope.weight(`${name}.conv${side}.weight`), (LARGEST - side) / 2));
  return {
    kernel: kernels.reduce((all, kernel) => add(all, kernel), identity),
    bias: SIDES.map((side) => scope.weight(`${name}.conv${side}.bias`)).reduce((a, b) => add(a, b)),
  };
}

function widened(kernel: Tensor, rim: number): Tensor {
  return [2, 3].reduce((k, axis) => pad(k, { axis, before: rim, after: rim }), kernel);
}

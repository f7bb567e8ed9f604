/**
 * Matrix products. `gemm` takes its transposes as flags, so that none is ever made in memory, and its gradients are again
 * products of that kind; `matmul` multiplies stacks of matrices.
 */
import { broadcastShape, sameShape } from "../shape.ts";
import { operator, type Shape, shapeText, type Tensor } from "../tensor.ts";
import { mergeAxes, sizeOf, splitAxis, squeeze, transposeLast, unsqueeze } from "./shape.ts";
import { sumToShape } from "./sum.ts";

export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Added to the product; stretched to its shape. */
  readonly c?: Tensor;
}

/** a b + c for matrices: [m, k] [k, n] -> [m, n], each factor transposed first where its flag says so. */
export function gemm(a: Tensor, b: Tensor, { transA = false, transB = false, c }: GemmOptions = {}): Tensor {
  const [m, k] = sides(a, transA);
  const [l, n] = sides(b, transB);
  if (k !== l) {
    throw new RangeError(
      `expected factors that share an inner axis, received ${factor(a, transA)} and ${factor(b, transB)}`,
    );
  }
  const shape = [m, n];
  if (c !== undefined && !sameShape(broadcastShape(shape, c.shape), shape)) {
    throw new RangeError(
      `expected a third operand that stretches to ${shapeText(shape)}, received ${shapeText(c.shape)}`,
    );
  }
  return operator(
    "Gemm",
    c === undefined ? [a, b] : [a, b, c],
    { shape, dtype: a.dtype },
    {
      attributes: { transA: transA ? 1 : 0, transB: transB ? 1 : 0 },
      pullbacks: [
        (g) => (transA ? gemm(b, g, { transA: transB, transB: true }) : gemm(g, b, { transB: !transB })),
        (g) => (transB ? gemm(g, a, { transA: true, transB: transA }) : gemm(a, g, { transA: !transA })),
        c === undefined ? null : (g) => sumToShape(g, c),
      ],
    },
  );
}

/**
 * x w + b along the last axis: [..., d] [d, h] -> [..., h]; b is [h]. Leading axes are taken together, so that the gradient
 * of w is one product over all rows and not a stack of products to be summed.
 */
export function linear(x: Tensor, w: Tensor, b?: Tensor): Tensor {
  const leading = x.shape.length - 1;
  if (leading === 1) return gemm(x, w, b === undefined ? {} : { c: b });
  const rows = leading === 0 ? unsqueeze(x, [0]) : mergeAxes(x, 0, leading);
  const y = linear(rows, w, b);
  if (leading === 0) return squeeze(y, [0]);
  return splitAxis(
    y,
    0,
    x.shape.slice(0, -1).map((dim, i) => (typeof dim === "number" ? dim : { size: sizeOf(x, i), dim })),
  );
}

/** Product on the last two axes, [..., m, k] [..., k, n] -> [..., m, n]; the axes before them broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [m, k] = lastTwo(a);
  const [l, n] = lastTwo(b);
  if (k !== l) {
    throw new RangeError(
      `expected factors that share an inner axis, received ${shapeText(a.shape)} and ${shapeText(b.shape)}`,
    );
  }
  const shape = [...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n];
  return operator(
    "MatMul",
    [a, b],
    { shape, dtype: a.dtype },
    {
      pullbacks: [(g) => sumToShape(matmul(g, transposeLast(b)), a), (g) => sumToShape(matmul(transposeLast(a), g), b)],
    },
  );
}

function lastTwo(x: Tensor): [Shape[number], Shape[number]] {
  const [m, k] = x.shape.slice(-2);
  if (m === undefined || k === undefined) {
    throw new RangeError(`expected a matrix or a stack of them, received shape ${shapeText(x.shape)}`);
  }
  return [m, k];
}

function sides(x: Tensor, isTransposed: boolean): [Shape[number], Shape[number]] {
  const [m, k] = x.shape;
  if (x.shape.length !== 2 || m === undefined || k === undefined) {
    throw new RangeError(`expected a matrix, received shape ${shapeText(x.shape)}; use matmul for stacks of matrices`);
  }
  return isTransposed ? [k, m] : [m, k];
}

function factor(x: Tensor, isTransposed: boolean): string {
  return isTransposed ? `${shapeText(x.shape)} transposed` : shapeText(x.shape);
}

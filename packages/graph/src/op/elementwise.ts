/**
 * Element by element, with broadcasting; the gradient of a stretched operand is summed back to its own shape.
 * A plain number beside a tensor costs nothing where it changes nothing (x + 0, x * 1, x / 1).
 */
import { broadcastShape } from "../shape.ts";
import { asTensor, asTensors, type Operand, operator, type Pullback, type Tensor } from "../tensor.ts";
import { sumToShape } from "./sum.ts";

/** a + b */
export function add(a: Operand, b: Operand): Tensor {
  if (b === 0 && typeof a !== "number") return a;
  if (a === 0 && typeof b !== "number") return b;
  return binary(
    "Add",
    a,
    b,
    (g) => g,
    (g) => g,
  );
}

/** a - b */
export function sub(a: Operand, b: Operand): Tensor {
  if (b === 0 && typeof a !== "number") return a;
  return binary(
    "Sub",
    a,
    b,
    (g) => g,
    (g) => neg(g),
  );
}

/** a * b */
export function mul(a: Operand, b: Operand): Tensor {
  if (b === 1 && typeof a !== "number") return a;
  if (a === 1 && typeof b !== "number") return b;
  return binary(
    "Mul",
    a,
    b,
    (g) => mul(g, b),
    (g) => mul(g, a),
  );
}

/** a / b. Whole numbers are divided towards zero. */
export function div(a: Operand, b: Operand): Tensor {
  if (b === 1 && typeof a !== "number") return a;
  return binary(
    "Div",
    a,
    b,
    (g) => div(g, b),
    (g, y) => neg(div(mul(g, y), b)),
  );
}

/** -x */
export function neg(x: Tensor): Tensor {
  return unary("Neg", x, (g) => neg(g));
}

/** e to the x */
export function exp(x: Tensor): Tensor {
  return unary("Exp", x, (g, y) => mul(g, y));
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return unary("Log", x, (g) => div(g, x));
}

export function sqrt(x: Tensor): Tensor {
  return unary("Sqrt", x, (g, y) => div(mul(g, 0.5), y));
}

/** x * x */
export function square(x: Tensor): Tensor {
  return unaryOf("Mul", [x, x], (g) => mul(mul(g, 2), x));
}

/** 1 / x */
export function reciprocal(x: Tensor): Tensor {
  return unary("Reciprocal", x, (g, y) => neg(mul(g, square(y))));
}

/** a to the power b. A number as exponent is the common case; a tensor as exponent wants a >= 0. */
export function pow(a: Operand, b: Operand): Tensor {
  return binary(
    "Pow",
    a,
    b,
    (g) => mul(g, mul(b, pow(a, typeof b === "number" ? b - 1 : sub(b, 1)))),
    (g, y) => mul(g, mul(y, log(asTensor(a, y.dtype)))),
  );
}

export function sin(x: Tensor): Tensor {
  return unary("Sin", x, (g) => mul(g, cos(x)));
}

export function cos(x: Tensor): Tensor {
  return unary("Cos", x, (g) => neg(mul(g, sin(x))));
}

/** |x|, with gradient 0 at 0. */
export function abs(x: Tensor): Tensor {
  return unary("Abs", x, (g) => mul(g, operator("Sign", [x], x)));
}

function unary(op: string, x: Tensor, pullback: Pullback): Tensor {
  return operator(op, [x], x, { pullbacks: [pullback] });
}

function unaryOf(op: string, inputs: readonly [Tensor, Tensor], pullback: Pullback): Tensor {
  return operator(op, inputs, inputs[0], { pullbacks: [pullback, null] });
}

/** An operator of two operands. Pullbacks are written as if nothing were stretched; what was is summed back here. */
export function binary(op: string, a: Operand, b: Operand, toA: Pullback, toB: Pullback): Tensor {
  const [p, q] = asTensors(a, b);
  if (p.dtype !== q.dtype) {
    throw new TypeError(`expected operands of one element type in ${op}, received ${p.dtype} and ${q.dtype}; cast one`);
  }
  const shape = broadcastShape(p.shape, q.shape);
  return operator(
    op,
    [p, q],
    { shape, dtype: p.dtype },
    {
      pullbacks: [(g, y) => sumToShape(toA(g, y), p), (g, y) => sumToShape(toB(g, y), q)],
    },
  );
}

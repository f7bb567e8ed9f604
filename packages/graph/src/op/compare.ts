/** Comparisons, choices and changes of element type. No gradient flows through a comparison. */

import { elementCode } from "../model/schema.ts";
import { broadcastShape } from "../shape.ts";
import { asTensor, asTensors, type DType, type Operand, operator, type Tensor } from "../tensor.ts";
import { add, binary, mul } from "./elementwise.ts";
import { sumToShape } from "./sum.ts";

/** a > b, as bool. */
export function greater(a: Operand, b: Operand): Tensor {
  return compare("Greater", a, b);
}

/** a < b, as bool. */
export function less(a: Operand, b: Operand): Tensor {
  return compare("Less", a, b);
}

/** a = b, as bool. */
export function equal(a: Operand, b: Operand): Tensor {
  return compare("Equal", a, b);
}

/** The same values as another element type; bool becomes 0 and 1. Gradients flow between float types only. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const isSmooth = isFloat(x.dtype) && isFloat(dtype);
  return operator(
    "Cast",
    [x],
    { shape: x.shape, dtype },
    {
      attributes: { to: elementCode(dtype) },
      pullbacks: [isSmooth ? (g) => cast(g, x.dtype) : null],
    },
  );
}

/** a where the condition (bool) holds, else b. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (condition.dtype !== "bool") {
    throw new TypeError(`expected a condition of bool, received ${condition.dtype}; compare it with something first`);
  }
  const [p, q] = asTensors(a, b);
  const shape = broadcastShape(condition.shape, broadcastShape(p.shape, q.shape));
  const { dtype } = p;
  return operator(
    "Where",
    [condition, p, q],
    { shape, dtype },
    {
      pullbacks: [
        null,
        (g) => sumToShape(mul(g, cast(condition, dtype)), p),
        (g) => sumToShape(mul(g, cast(not(condition), dtype)), q),
      ],
    },
  );
}

/** The smaller of a and b; where they are equal each gets half of the gradient. */
export function minimum(a: Operand, b: Operand): Tensor {
  return binary(
    "Min",
    a,
    b,
    (g) => mul(g, share(b, a)),
    (g) => mul(g, share(a, b)),
  );
}

/** The larger of a and b; where they are equal each gets half of the gradient. */
export function maximum(a: Operand, b: Operand): Tensor {
  return binary(
    "Max",
    a,
    b,
    (g) => mul(g, share(a, b)),
    (g) => mul(g, share(b, a)),
  );
}

/** x moved into [low, high]; the gradient passes where x is inside or on the border. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  if (!(low <= high)) throw new RangeError(`expected low <= high, received ${low} and ${high}`);
  const [from, to] = [asTensor(low, x.dtype), asTensor(high, x.dtype)];
  return operator("Clip", [x, from, to], x, { pullbacks: [(g, y) => mul(g, cast(equal(x, y), x.dtype)), null, null] });
}

/** Whether each value is not a number, as bool. */
export function isNotANumber(x: Tensor): Tensor {
  return operator("IsNaN", [x], { shape: x.shape, dtype: "bool" });
}

/** Whether both hold, of bools. */
export function and(a: Tensor, b: Tensor): Tensor {
  return compare("And", a, b);
}

/** Whether at least one holds, of bools. */
export function or(a: Tensor, b: Tensor): Tensor {
  return compare("Or", a, b);
}

/** The opposite of a bool. */
export function not(x: Tensor): Tensor {
  return operator("Not", [x], x);
}

function compare(op: string, a: Operand, b: Operand): Tensor {
  const [p, q] = asTensors(a, b);
  return operator(op, [p, q], { shape: broadcastShape(p.shape, q.shape), dtype: "bool" });
}

/** 1 where a > b, 1/2 where they are equal, 0 elsewhere, as numbers of the type of the operands. */
function share(a: Operand, b: Operand): Tensor {
  const [p, q] = asTensors(a, b);
  return add(cast(greater(p, q), p.dtype), mul(cast(equal(p, q), p.dtype), 0.5));
}

function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

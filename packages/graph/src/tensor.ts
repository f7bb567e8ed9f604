/**
 * The nodes of a computation, as immutable values. A tensor knows which node made it and what its shape is; it holds no
 * numbers. There is no graph object: the graph is whatever can be reached from the tensors one asks for, so building is
 * free of state and a part that nothing needs is never encoded.
 *
 * Numbers flow forward through ONNX operators; each operator carries, per input, a pullback that turns the gradient of
 * its output into the gradient of that input (reverse mode; Griewank and Walther 2008, chapter 3).
 */

/** Length of one axis: a number, or a name where it is known only at run time. */
export type Dim = number | string;
export type Shape = readonly Dim[];
export type DType = "float32" | "float64" | "int64" | "int32" | "uint8" | "bool";
export type TensorValues = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** An operator's attribute. An integer number is written as INT; wrap a float as `{ float }`. */
export type Attribute = number | string | readonly number[] | { readonly float: number };
export type Attributes = Readonly<Record<string, Attribute>>;

/** Gradient of one input, from the gradient `g` of the first output `y`. */
export type Pullback = (g: Tensor, y: Tensor) => Tensor;
/** One pullback per input; null where no gradient flows by definition (indices, masks, comparisons). */
export type Pullbacks = readonly (Pullback | null)[];

export interface InputNode {
  readonly kind: "input";
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly inputs: readonly [];
}

export interface ConstantNode {
  readonly kind: "constant";
  readonly values: TensorValues;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly inputs: readonly [];
}

export interface OperatorNode {
  readonly kind: "operator";
  /** Name of an operator of ONNX opset 17. */
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputCount: number;
  readonly pullbacks: Pullbacks;
}

/** The first input under another shape or with other gradients. Costs nothing: it is left out when the model is encoded. */
export interface AliasNode {
  readonly kind: "alias";
  readonly inputs: readonly [Tensor, ...Tensor[]];
  readonly pullbacks: Pullbacks;
}

export type Node = InputNode | ConstantNode | OperatorNode | AliasNode;

export interface Tensor {
  readonly node: Node;
  /** Which output of the node this is. */
  readonly output: number;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A tensor, or a number that takes the element type of the tensor beside it. */
export type Operand = Tensor | number;

export interface Result {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A value fed at run time. Names of axes that are equal in two inputs must be equal lengths at run time. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  if (name === "") throw new RangeError('expected a name for an input, received ""; every input is fed by its name');
  checkShape(shape, name);
  return { node: { kind: "input", name, shape, dtype, inputs: [] }, output: 0, shape, dtype };
}

/** A weight: an input of fixed shape, fed at each run so that it can change. */
export function parameter(name: string, shape: readonly number[]): Tensor {
  return input(name, shape);
}

/**
 * Fixed numbers. A typed array is kept, not copied: leave it unchanged until the model is encoded.
 * Shape defaults to a scalar for a number and to one axis for a list; the element type to that of the array, else float32.
 */
export function constant(values: number | readonly number[] | TensorValues, shape?: Shape, dtype?: DType): Tensor {
  const data = typedValues(values, dtype);
  const dims = shape ?? (typeof values === "number" ? [] : [data.length]);
  const expected = dims.reduce<number>((n, d) => n * (typeof d === "number" ? d : Number.NaN), 1);
  if (data.length !== expected) {
    throw new RangeError(
      `expected ${expected} values for a constant of shape ${shapeText(dims)}, received ${data.length}`,
    );
  }
  const type = dtype ?? dtypeOf(data);
  const node: ConstantNode = { kind: "constant", values: data, shape: dims, dtype: type, inputs: [] };
  return { node, output: 0, shape: dims, dtype: type };
}

/** A node with one output. */
export function operator(
  op: string,
  inputs: readonly Tensor[],
  result: Result,
  options: { readonly attributes?: Attributes; readonly pullbacks?: Pullbacks } = {},
): Tensor {
  return operators(op, inputs, [result], options)[0] as Tensor;
}

/** A node with several outputs. Gradients flow through the first one only. */
export function operators(
  op: string,
  inputs: readonly Tensor[],
  results: readonly Result[],
  { attributes = {}, pullbacks = [] }: { readonly attributes?: Attributes; readonly pullbacks?: Pullbacks } = {},
): Tensor[] {
  const node: OperatorNode = { kind: "operator", op, inputs, attributes, outputCount: results.length, pullbacks };
  return results.map(({ shape, dtype }, output) => ({ node, output, shape, dtype }));
}

/** `value`, whose gradient goes to `inputs` through `pullbacks` instead of the way it was computed. */
export function withPullbacks(value: Tensor, inputs: readonly Tensor[], pullbacks: Pullbacks): Tensor {
  const node: AliasNode = { kind: "alias", inputs: [value, ...inputs], pullbacks: [null, ...pullbacks] };
  return { node, output: 0, shape: value.shape, dtype: value.dtype };
}

/** The same numbers, through which no gradient flows. */
export function stopGradient(x: Tensor): Tensor {
  return withPullbacks(x, [], []);
}

/** The same numbers under other names of axes. Says nothing at run time; a number is a promise the runtime does not check. */
export function assumeShape(x: Tensor, shape: Shape): Tensor {
  if (shape.length !== x.shape.length) {
    throw new RangeError(`expected ${x.shape.length} axes for ${shapeText(x.shape)}, received ${shapeText(shape)}`);
  }
  const node: AliasNode = { kind: "alias", inputs: [x], pullbacks: [(g) => assumeShape(g, x.shape)] };
  return { node, output: 0, shape, dtype: x.dtype };
}

/** An operand as a tensor, a number becoming a scalar constant of the element type `dtype`. */
export function asTensor(x: Operand, dtype: DType): Tensor {
  return typeof x === "number" ? constant([x], [], dtype) : x;
}

/** Two operands as tensors; a number takes the element type of the other, float32 where both are numbers. */
export function asTensors(a: Operand, b: Operand): [Tensor, Tensor] {
  const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
  return [asTensor(a, dtype), asTensor(b, dtype)];
}

/** A list of whole numbers as the int64 tensor that ONNX wants for axes, sizes and places. */
export function integers(values: readonly number[]): Tensor {
  return constant(values, [values.length], "int64");
}

export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

function checkShape(shape: Shape, name: string): void {
  for (const d of shape) {
    const isGood = typeof d === "string" ? d !== "" : Number.isInteger(d) && d >= 0;
    if (!isGood)
      throw new RangeError(`expected axes of ${name} as whole numbers or names, received ${shapeText(shape)}`);
  }
}

function dtypeOf(values: TensorValues): DType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof BigInt64Array) return "int64";
  return values instanceof Int32Array ? "int32" : "uint8";
}

function typedValues(values: number | readonly number[] | TensorValues, dtype: DType | undefined): TensorValues {
  if (ArrayBuffer.isView(values)) {
    const found = dtypeOf(values);
    const isBool = dtype === "bool" && found === "uint8";
    if (dtype === undefined || dtype === found || isBool) return values;
    throw new TypeError(`expected an array of ${dtype}, received ${found}; convert it first, or leave the type out`);
  }
  const list = typeof values === "number" ? [values] : values;
  switch (dtype ?? "float32") {
    case "float32":
      return Float32Array.from(list);
    case "float64":
      return Float64Array.from(list);
    case "int64":
      return BigInt64Array.from(list, (v) => BigInt(v));
    case "int32":
      return Int32Array.from(list);
    case "uint8":
    case "bool":
      return Uint8Array.from(list);
  }
}

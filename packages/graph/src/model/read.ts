/**
 * What an ONNX file says about itself, without running it: its texts, its inputs and outputs with their shapes, its
 * weights. Any ONNX file can be asked; weights are views into the given bytes where their alignment allows.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Dim, DType, TensorValues } from "../tensor.ts";
import { type Field, fields, integersOf } from "./protobuf.ts";
import {
  DIM,
  ENTRY,
  elementName,
  elementType,
  GRAPH,
  MODEL,
  OPSET_ID,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from "./schema.ts";

export interface ModelValue {
  readonly name: string;
  /** "float32", "int64", ..., or the name of a type we do not compute with. */
  readonly dtype: string;
  /** Empty name: the file does not say. */
  readonly shape: readonly Dim[];
}

export interface ModelMetadata {
  readonly irVersion: number;
  /** Version of the standard operators. */
  readonly opset: number;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** What must be fed: weights that the file holds are left out. */
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
}

export interface ModelWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: TensorValues;
}

const decoder = new TextDecoder();

/** Texts, inputs and outputs of an ONNX file. Failure: bad-model */
export function readModelMetadata(model: Uint8Array): Outcome<ModelMetadata> {
  return reading(() => {
    const parts = [...fields(model)];
    const graph = [...fields(oneOf(parts, MODEL.graph, "a graph").bytes)];
    const weights = new Set(all(graph, GRAPH.initializer).map((f) => tensorHead(f.bytes).name));
    const outputs = all(graph, GRAPH.output).map((f) => valueInfo(f.bytes));
    if (outputs.length === 0) throw new RangeError("expected outputs in the graph, received none");
    return {
      irVersion: parts.find((f) => f.field === MODEL.irVersion)?.integer ?? 0,
      opset: opsetOf(all(parts, MODEL.opset)),
      producer: textOf(parts, MODEL.producerName),
      metadata: Object.fromEntries(all(parts, MODEL.metadata).map((f) => entryOf(f.bytes))),
      inputs: all(graph, GRAPH.input)
        .map((f) => valueInfo(f.bytes))
        .filter((v) => !weights.has(v.name)),
      outputs,
    };
  });
}

/** The constants of an ONNX file by name, in file order; those of element types we do not know are left out. Failure: bad-model */
export function readModelWeights(model: Uint8Array): Outcome<ReadonlyMap<string, ModelWeight>> {
  return reading(() => {
    const graph = fields(oneOf([...fields(model)], MODEL.graph, "a graph").bytes);
    const weights = new Map<string, ModelWeight>();
    for (const { field, bytes } of graph) {
      const weight = field === GRAPH.initializer ? weightOf(bytes) : null;
      if (weight !== null) weights.set(weight.name, weight);
    }
    return weights;
  });
}

function reading<T>(body: () => T): Outcome<T> {
  try {
    return ok(body());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail("bad-model", {
      expected: "an ONNX file",
      received: error.message,
      remedy: "export the model to ONNX again, and check that the file was copied whole",
    });
  }
}

function valueInfo(bytes: Uint8Array): ModelValue {
  const parts = [...fields(bytes)];
  const type = parts.find((f) => f.field === VALUE.type);
  const tensor = type && [...fields(type.bytes)].find((f) => f.field === TYPE.tensor);
  const inside = tensor === undefined ? [] : [...fields(tensor.bytes)];
  const shape = inside.find((f) => f.field === TENSOR_TYPE.shape);
  return {
    name: textOf(parts, VALUE.name),
    dtype: elementName(inside.find((f) => f.field === TENSOR_TYPE.dtype)?.integer ?? 0),
    shape: shape === undefined ? [] : all([...fields(shape.bytes)], SHAPE.dim).map((f) => dimOf(f.bytes)),
  };
}

function dimOf(bytes: Uint8Array): Dim {
  for (const part of fields(bytes)) {
    if (part.field === DIM.value) return part.integer;
    if (part.field === DIM.name) return decoder.decode(part.bytes);
  }
  return "";
}

interface TensorHead {
  readonly name: string;
  readonly shape: readonly number[];
  readonly code: number;
  readonly parts: readonly Field[];
}

function tensorHead(bytes: Uint8Array): TensorHead {
  const parts = [...fields(bytes)];
  return {
    name: textOf(parts, TENSOR.name),
    shape: all(parts, TENSOR.dims).flatMap(integersOf),
    code: parts.find((f) => f.field === TENSOR.dtype)?.integer ?? 0,
    parts,
  };
}

function weightOf(bytes: Uint8Array): ModelWeight | null {
  const { name, shape, code, parts } = tensorHead(bytes);
  const dtype = elementType(code);
  if (dtype === null) return null;
  if (parts.some((f) => f.field === TENSOR.location && f.integer !== 0)) {
    throw new RangeError(`weights of "${name}" in another file, which is not read`);
  }
  const raw = parts.find((f) => f.field === TENSOR.raw);
  const values = raw === undefined ? listedValues(parts, dtype) : rawValues(raw.bytes, dtype);
  const size = shape.reduce((n, d) => n * d, 1);
  if (values.length !== size)
    throw new RangeError(`${values.length} numbers for "${name}" of shape [${shape.join(", ")}]`);
  return { name, shape, dtype, values };
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

function rawValues(bytes: Uint8Array, dtype: DType): TensorValues {
  const Values = ARRAYS[dtype];
  const size = Values.BYTES_PER_ELEMENT;
  if (bytes.length % size !== 0) throw new RangeError(`${bytes.length} bytes for numbers of ${size} bytes`);
  // A copy by constructor: `slice` of a Node Buffer is a view on the same bytes.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new Values(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / size);
}

/** Numbers in the typed fields that some exporters use instead of raw bytes. */
function listedValues(parts: readonly Field[], dtype: DType): TensorValues {
  if (dtype === "float32" || dtype === "float64") {
    const chunks = all(parts, dtype === "float32" ? TENSOR.floats : TENSOR.doubles).map((f) => f.bytes);
    return rawValues(joined(chunks), dtype);
  }
  const list = all(parts, dtype === "int64" ? TENSOR.int64s : TENSOR.int32s).flatMap(integersOf);
  if (dtype === "int64") return BigInt64Array.from(list, BigInt);
  return dtype === "int32" ? Int32Array.from(list) : Uint8Array.from(list);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

function opsetOf(imports: readonly Field[]): number {
  for (const { bytes } of imports) {
    const parts = [...fields(bytes)];
    if (textOf(parts, OPSET_ID.domain) === "") return parts.find((f) => f.field === OPSET_ID.version)?.integer ?? 0;
  }
  return 0;
}

function entryOf(bytes: Uint8Array): [string, string] {
  const parts = [...fields(bytes)];
  return [textOf(parts, ENTRY.key), textOf(parts, ENTRY.value)];
}

function all(parts: readonly Field[], field: number): Field[] {
  return parts.filter((f) => f.field === field);
}

function oneOf(parts: readonly Field[], field: number, what: string): Field {
  const found = parts.find((f) => f.field === field);
  if (found === undefined) throw new RangeError(`a file without ${what}`);
  return found;
}

function textOf(parts: readonly Field[], field: number): string {
  const found = parts.find((f) => f.field === field);
  return found === undefined ? "" : decoder.decode(found.bytes);
}

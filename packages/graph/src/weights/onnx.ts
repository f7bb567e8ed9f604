/** The constants of an ONNX file as weights. Half precision and small integers, which we do not compute with, are read here too. */
import { unwrap } from "@nacre/core";
import { type Field, fields, integersOf } from "../model/protobuf.ts";
import { readModelMetadata, readModelWeights } from "../model/read.ts";
import { elementName, GRAPH, MODEL, TENSOR } from "../model/schema.ts";
import type { TensorValues } from "../tensor.ts";
import type { WeightArchive, WeightTensor } from "./archive.ts";
import { unsupported } from "./broken.ts";
import type { ElementType } from "./element.ts";
import { packedStrides, windowOn } from "./strided.ts";

const FOREIGN: ReadonlySet<string> = new Set<ElementType>([
  "float16",
  "bfloat16",
  "int8",
  "int16",
  "uint16",
  "uint32",
  "uint64",
]);
const decoder = new TextDecoder();

/** @throws FailureError bad-model (the file is no whole ONNX), bad-weights, unsupported-format (a constant of a type that is no number) */
export function readOnnx(model: Uint8Array, where: string): WeightArchive {
  const { metadata } = unwrap(readModelMetadata(model));
  const known = unwrap(readModelWeights(model));
  const tensors = new Map<string, WeightTensor>();
  for (const bytes of initializersOf(model)) {
    const parts = [...fields(bytes)];
    const name = decoder.decode(parts.find((f) => f.field === TENSOR.name)?.bytes);
    const weight = known.get(name);
    tensors.set(
      name,
      weight === undefined
        ? foreignTensor(parts, `"${name}" of ${where}`)
        : { shape: weight.shape, dtype: weight.dtype, values: () => floatsOf(weight.values) },
    );
  }
  return { format: "onnx", tensors, groups: [], metadata };
}

function initializersOf(model: Uint8Array): Uint8Array[] {
  const graph = [...fields(model)].find((f) => f.field === MODEL.graph);
  return [...fields(graph?.bytes ?? new Uint8Array(0))]
    .filter((f) => f.field === GRAPH.initializer)
    .map((f) => f.bytes);
}

function foreignTensor(parts: readonly Field[], where: string): WeightTensor {
  const type = elementName(parts.find((f) => f.field === TENSOR.dtype)?.integer ?? 0);
  const raw = parts.find((f) => f.field === TENSOR.raw);
  if (!FOREIGN.has(type) || raw === undefined) {
    return unsupported(`${where} as plain numbers`, type, "export the model with weights as float32");
  }
  const shape = parts.filter((f) => f.field === TENSOR.dims).flatMap(integersOf);
  return windowOn(raw.bytes, { dtype: type as ElementType, shape, strides: packedStrides(shape), offset: 0 }, where);
}

function floatsOf(values: TensorValues): Float32Array {
  if (values instanceof Float32Array) return values;
  return values instanceof BigInt64Array ? Float32Array.from(values, Number) : Float32Array.from(values);
}

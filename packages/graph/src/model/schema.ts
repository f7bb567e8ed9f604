/**
 * The numbers of the ONNX format that we write and read: fields of its messages and codes of its element types
 * (onnx.proto3, IR version 8; https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */
import type { DType } from "../tensor.ts";

export const IR_VERSION = 8;
export const OPSET = 17;

export const MODEL = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7, opset: 8, metadata: 14 } as const;
export const OPSET_ID = { domain: 1, version: 2 } as const;
export const ENTRY = { key: 1, value: 2 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
export const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5 } as const;
export const ATTRIBUTE = { name: 1, float: 2, integer: 3, text: 4, integers: 8, type: 20 } as const;
export const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, integers: 7 } as const;
export const TENSOR = {
  dims: 1,
  dtype: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  location: 14,
} as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { dtype: 1, shape: 2 } as const;
export const SHAPE = { dim: 1 } as const;
export const DIM = { value: 1, name: 2 } as const;

const CODES: Readonly<Record<DType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 };

/** Element types of ONNX that we do not compute with but may meet in a file. */
const FOREIGN: Readonly<Record<number, string>> = {
  3: "int8",
  4: "uint16",
  5: "int16",
  8: "string",
  10: "float16",
  12: "uint32",
  13: "uint64",
  16: "bfloat16",
};

export function elementCode(dtype: DType): number {
  return CODES[dtype];
}

/** Our name of an element type, or null where we have none. */
export function elementType(code: number): DType | null {
  const found = Object.entries(CODES).find(([, c]) => c === code);
  return found === undefined ? null : (found[0] as DType);
}

/** A readable name of any element type. */
export function elementName(code: number): string {
  return elementType(code) ?? FOREIGN[code] ?? `type ${code}`;
}

/** The types of numbers that weight files hold, and how their bytes become float32. */
import { widenBfloat16, widenFloat16 } from "./float16.ts";

type Read = (view: DataView, at: number) => number;

/** Bytes of one number, and how one is read, little-endian. */
const ELEMENTS = {
  float32: { size: 4, read: (v, at) => v.getFloat32(at, true) },
  float64: { size: 8, read: (v, at) => v.getFloat64(at, true) },
  float16: { size: 2, read: (v, at) => widenFloat16(twoBytes(v, at))[0] as number },
  bfloat16: { size: 2, read: (v, at) => widenBfloat16(twoBytes(v, at))[0] as number },
  int8: { size: 1, read: (v, at) => v.getInt8(at) },
  int16: { size: 2, read: (v, at) => v.getInt16(at, true) },
  int32: { size: 4, read: (v, at) => v.getInt32(at, true) },
  int64: { size: 8, read: (v, at) => Number(v.getBigInt64(at, true)) },
  uint8: { size: 1, read: (v, at) => v.getUint8(at) },
  uint16: { size: 2, read: (v, at) => v.getUint16(at, true) },
  uint32: { size: 4, read: (v, at) => v.getUint32(at, true) },
  uint64: { size: 8, read: (v, at) => Number(v.getBigUint64(at, true)) },
  bool: { size: 1, read: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
} as const satisfies Readonly<Record<string, { size: number; read: Read }>>;

export type ElementType = keyof typeof ELEMENTS;

export const ELEMENT_TYPES = Object.keys(ELEMENTS) as readonly ElementType[];

/** The table of names by which a format calls our types. */
export function elementsByName(names: Readonly<Record<string, ElementType>>): ReadonlyMap<string, ElementType> {
  return new Map(Object.entries(names));
}

export function elementSize(type: ElementType): number {
  return ELEMENTS[type].size;
}

/** One number of little-endian bytes, without rounding to float32. */
export function numberAt(bytes: Uint8Array, type: ElementType, index: number): number {
  return ELEMENTS[type].read(viewOf(bytes), index * ELEMENTS[type].size);
}

/** All numbers of little-endian bytes as float32: a view where they are float32 and aligned, else a copy. */
export function widen(bytes: Uint8Array, type: ElementType): Float32Array {
  if (type === "float16") return widenFloat16(bytes);
  if (type === "bfloat16") return widenBfloat16(bytes);
  const { size, read } = ELEMENTS[type];
  const count = Math.floor(bytes.length / size);
  if (type === "float32" && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
  }
  // A copy by constructor: `slice` of a Node Buffer is a view on the same bytes.
  if (type === "float32") return new Float32Array(new Uint8Array(bytes).buffer, 0, count);
  const view = viewOf(bytes);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = read(view, i * size);
  return out;
}

/** The bytes of every number in the opposite order: a copy. */
export function swapped(bytes: Uint8Array, type: ElementType): Uint8Array {
  const { size } = ELEMENTS[type];
  const out = new Uint8Array(bytes);
  for (let at = 0; at + size <= out.length; at += size) out.subarray(at, at + size).reverse();
  return out;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function twoBytes(view: DataView, at: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, 2);
}

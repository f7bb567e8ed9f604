/**
 * Safetensors: the length of a header, the header as JSON with each tensor's type, shape and bytes, then the bytes
 * (https://github.com/huggingface/safetensors, format section). As there, every byte belongs to exactly one tensor: a file with holes
 * or overlaps is refused. We write types of wide numbers first, then names in order, so that equal weights are equal bytes.
 */
import type { TensorValues } from "../tensor.ts";
import type { WeightArchive, WeightTensor } from "./archive.ts";
import { broken, endsEarly, unsupported } from "./broken.ts";
import { type ElementType, elementSize, elementsByName } from "./element.ts";
import { numbersIn, packedStrides, windowOn } from "./strided.ts";

const METADATA = "__metadata__";
const PREFIX = 8;
const BRACE = 0x7b;
const LONGEST_HEADER = 100_000_000;
const TYPES = elementsByName({
  ...{ F64: "float64", F32: "float32", F16: "float16", BF16: "bfloat16", BOOL: "bool" },
  ...{ I64: "int64", I32: "int32", I16: "int16", I8: "int8", U64: "uint64", U32: "uint32", U16: "uint16", U8: "uint8" },
});

/** Whether the bytes begin like a safetensors file, whole or not. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length > PREFIX && bytes[PREFIX] === BRACE && headerLength(bytes) <= LONGEST_HEADER;
}

/** @throws FailureError truncated-file, bad-weights, unsupported-format */
export function readSafetensors(bytes: Uint8Array, where: string): WeightArchive {
  const length = headerLength(bytes);
  if (length > bytes.length - PREFIX) endsEarly(`a header of ${length} bytes in ${where}`, `${bytes.length - PREFIX}`);
  const header = parseHeader(bytes.subarray(PREFIX, PREFIX + length), where);
  const body = bytes.subarray(PREFIX + length);
  const places = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => placeOf(name, entry, where));
  checkCover(places, body.length, where);
  const tensors = new Map(places.map((place) => [place.name, tensorAt(body, place, where)]));
  return { format: "safetensors", tensors, groups: [], metadata: textsOf(header[METADATA], where) };
}

function headerLength(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return broken(`a header in JSON in ${where}`, error instanceof Error ? error.message : String(error));
  }
  return isRecord(parsed) ? parsed : broken(`an object as header of ${where}`, typeof parsed);
}

interface Place {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function placeOf(name: string, entry: unknown, where: string): Place {
  const { dtype, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (typeof dtype !== "string" || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    return broken(`dtype, shape and data_offsets of "${name}" in ${where}`, JSON.stringify(entry).slice(0, 120));
  }
  const type = TYPES.get(dtype);
  if (type === undefined) {
    return unsupported(`"${name}" of ${where} as ${[...TYPES.keys()].join(", ")}`, dtype, "save it as float32");
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== numbersIn(shape) * elementSize(type)) {
    broken(`bytes of "${name}" in ${where} for ${dtype} [${shape}]`, `${begin} to ${end}`);
  }
  return { name, dtype: type, shape, begin, end };
}

function checkCover(places: readonly Place[], length: number, where: string): void {
  let covered = 0;
  for (const { name, begin, end } of places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered)
      broken(`"${name}" of ${where} at byte ${covered}, behind the tensor before it`, `byte ${begin}`);
    covered = end;
  }
  if (covered > length) endsEarly(`${covered} bytes of tensors in ${where}`, `${length}`);
  if (covered < length) broken(`${covered} bytes of tensors in ${where}`, `${length}`);
}

function tensorAt(body: Uint8Array, { name, dtype, shape, begin, end }: Place, where: string): WeightTensor {
  const window = { dtype, shape, strides: packedStrides(shape), offset: 0 };
  return windowOn(body.subarray(begin, end), window, `"${name}" of ${where}`);
}

function textsOf(value: unknown, where: string): Record<string, string> {
  if (value === undefined) return {};
  const texts = isRecord(value) ? Object.entries(value) : [];
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === "string";
  if (isRecord(value) && texts.every(isText)) return Object.fromEntries(texts);
  return broken(`texts as metadata of ${where}`, JSON.stringify(value).slice(0, 120));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

export interface WritableTensor {
  readonly shape: readonly number[];
  readonly values: TensorValues;
}

/** The bytes of a safetensors file. @throws RangeError where values and shape disagree, or a name is the format's own */
export function writeSafetensors(
  tensors: Readonly<Record<string, WritableTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const ordered = Object.entries(tensors)
    .map(([name, tensor]) => ({ name, ...checked(name, tensor) }))
    .sort((a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT || (a.name < b.name ? -1 : 1));
  const header: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push([METADATA, Object.fromEntries(Object.entries(metadata).sort())]);
  let end = 0;
  for (const { name, shape, values } of ordered) {
    const begin = end;
    end += values.byteLength;
    header.push([name, { dtype: codeOf(values), shape, data_offsets: [begin, end] }]);
  }
  return composed(
    JSON.stringify(Object.fromEntries(header)),
    ordered.map((t) => t.values),
    end,
  );
}

function composed(header: string, arrays: readonly TensorValues[], length: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = PREFIX + Math.ceil(text.length / PREFIX) * PREFIX;
  const out = new Uint8Array(start + length).fill(0x20, PREFIX, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - PREFIX), true);
  out.set(text, PREFIX);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    out.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return out;
}

function checked(name: string, tensor: WritableTensor): WritableTensor {
  if (name === METADATA)
    throw new RangeError(`expected names of tensors, received ${METADATA}; give texts as metadata`);
  const { shape, values } = tensor;
  if (isSizes(shape) && numbersIn(shape) === values.length) return tensor;
  throw new RangeError(
    `expected ${numbersIn(shape)} numbers for "${name}" [${shape}], received ${values.length}; check its shape`,
  );
}

function codeOf(values: TensorValues): string {
  if (values instanceof Float32Array) return "F32";
  if (values instanceof Float64Array) return "F64";
  if (values instanceof BigInt64Array) return "I64";
  return values instanceof Int32Array ? "I32" : "U8";
}

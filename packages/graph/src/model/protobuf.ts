/**
 * As much of the protobuf wire format as ONNX needs (https://protobuf.dev/programming-guides/encoding). Messages are
 * ropes: a list of byte pieces and their length, so that megabytes of weights are passed on by reference and copied once,
 * at the end. Reading hands out views into the given bytes.
 */

/** Bytes in pieces. */
export interface Rope {
  readonly length: number;
  readonly pieces: readonly Uint8Array[];
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const text = new TextEncoder();

export function rope(...parts: readonly Rope[]): Rope {
  return { length: parts.reduce((n, p) => n + p.length, 0), pieces: parts.flatMap((p) => p.pieces) };
}

/** The pieces as one array. */
export function flatten({ length, pieces }: Rope): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** An integer field; negative numbers take ten bytes, as the format demands. */
export function integerField(field: number, value: number): Rope {
  return piece([...varint(field * 8 + WIRE.varint), ...varint(value)]);
}

export function floatField(field: number, value: number): Rope {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return rope(piece(varint(field * 8 + WIRE.fixed32)), piece(bytes));
}

export function textField(field: number, value: string): Rope {
  return bytesField(field, text.encode(value));
}

/** Bytes as they are: not copied until the rope is flattened. */
export function bytesField(field: number, value: Uint8Array): Rope {
  return messageField(field, { length: value.length, pieces: [value] });
}

export function messageField(field: number, message: Rope): Rope {
  return rope(piece([...varint(field * 8 + WIRE.bytes), ...varint(message.length)]), message);
}

function piece(bytes: Iterable<number>): Rope {
  const array = Uint8Array.from(bytes);
  return { length: array.length, pieces: [array] };
}

function varint(value: number): number[] {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`expected a whole number of at most 53 bits, received ${value}`);
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return out;
}

/** One field as it lies in a message: an integer, or a view of its bytes. */
export interface Field {
  readonly field: number;
  /** The value of a varint field, else 0. */
  readonly integer: number;
  /** The bytes of any other field, else empty. */
  readonly bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

/** The fields of a message in order. @throws RangeError where the bytes are not a message */
export function* fields(message: Uint8Array): Generator<Field> {
  let at = 0;
  const next = (): number => {
    const { value, end } = readVarint(message, at);
    at = end;
    return value;
  };
  const take = (length: number): Uint8Array => {
    if (length > message.length - at)
      throw new RangeError(`expected ${length} bytes at ${at}, received ${message.length - at}`);
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = next();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (field === 0) throw new RangeError(`expected a field number at ${at}, received 0`);
    if (wire === WIRE.varint) yield { field, integer: next(), bytes: NONE };
    else if (wire === WIRE.bytes) yield { field, integer: 0, bytes: take(next()) };
    else if (wire === WIRE.fixed32) yield { field, integer: 0, bytes: take(4) };
    else if (wire === WIRE.fixed64) yield { field, integer: 0, bytes: take(8) };
    else throw new RangeError(`expected a wire type of protobuf at ${at}, received ${wire}`);
  }
}

/** Integers of a repeated field, which may lie packed in bytes or singly. */
export function integersOf({ integer, bytes }: Field): number[] {
  if (bytes.length === 0) return [integer];
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = readVarint(bytes, at);
    out.push(value);
    at = end;
  }
  return out;
}

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new RangeError(`expected a number at ${start}, received the end`);
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: Number(BigInt.asIntN(64, value)), end: start + i + 1 };
  }
  throw new RangeError(`expected a number of at most ten bytes at ${start}, received a longer one`);
}

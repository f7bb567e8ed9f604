/** A place in little-endian bytes that moves on as they are read, and fails with its position where they end. */
import { broken, endsEarly } from "./broken.ts";

const decoder = new TextDecoder();
const NEWLINE = 10;

export interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Names the file, and the part of it, in messages. */
  readonly where: string;
  at: number;
}

export function cursorOf(bytes: Uint8Array, where: string, at = 0): Cursor {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), where, at };
}

/** The next bytes, as a view. @throws FailureError truncated-file */
export function take(c: Cursor, length: number): Uint8Array {
  const start = advance(c, length);
  return c.bytes.subarray(start, start + length);
}

export function text(c: Cursor, length: number): string {
  return decoder.decode(take(c, length));
}

/** Text up to the next line feed, which is passed over. */
export function line(c: Cursor): string {
  const end = c.bytes.indexOf(NEWLINE, c.at);
  if (end < 0) return endsEarly(`a line at byte ${c.at} of ${c.where}`, "the end");
  const found = text(c, end - c.at);
  c.at++;
  return found;
}

export function uint8(c: Cursor): number {
  return c.view.getUint8(advance(c, 1));
}

export function uint16(c: Cursor): number {
  return c.view.getUint16(advance(c, 2), true);
}

export function uint32(c: Cursor): number {
  return c.view.getUint32(advance(c, 4), true);
}

export function int32(c: Cursor): number {
  return c.view.getInt32(advance(c, 4), true);
}

/** A length or an offset. @throws FailureError where it is beyond 2^53: no file is as long */
export function uint64(c: Cursor): number {
  const start = c.at;
  const value = Number(c.view.getBigUint64(advance(c, 8), true));
  if (Number.isSafeInteger(value)) return value;
  return broken(`a length at byte ${start} of ${c.where}`, `${value}`);
}

export function float64BigEndian(c: Cursor): number {
  return c.view.getFloat64(advance(c, 8), false);
}

function advance(c: Cursor, length: number): number {
  const left = c.bytes.length - c.at;
  if (length > left) endsEarly(`${length} bytes at byte ${c.at} of ${c.where}`, `${Math.max(left, 0)} before the end`);
  c.at += length;
  return c.at - length;
}

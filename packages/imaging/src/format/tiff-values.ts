/** Values of TIFF entries as numbers, text and bytes. Rationals become quotients. */
import { bytesAt, type Reading } from "../bytes/reading.ts";
import {
  hostile,
  type TiffDirectory,
  type TiffEntry,
  type TiffFile,
  TYPE_SIZE,
  unsigned64,
  viewOf,
} from "./tiff-directory.ts";

const MAX_VALUES = 2 ** 26;
/** Philips keeps pictures as text in its description. */
const MAX_TEXT = 2 ** 24;

/** All values of a tag, or null where the directory does not hold it. */
export function* numbersOf(tiff: TiffFile, directory: TiffDirectory, tag: number): Reading<Float64Array | null> {
  const entry = directory.entries.get(tag);
  if (!entry) return null;
  if (entry.count > MAX_VALUES) hostile(tiff.name, `at most ${MAX_VALUES} values in tag ${tag}, not ${entry.count}`);
  const out = yield* numbersIn(tiff, entry, 0, entry.count);
  // the value of NDPI whose upper word stands behind the directory
  if (entry.high !== undefined && entry.type === 4 && out.length === 1)
    out[0] = (out[0] as number) + entry.high * 2 ** 32;
  return out;
}

/** `n` values of an entry from number `first` on, which it must hold. */
export function* numbersIn(tiff: TiffFile, entry: TiffEntry, first: number, n: number): Reading<Float64Array> {
  const size = TYPE_SIZE[entry.type] as number;
  const view = viewOf(yield* bytesAt(entry.position + first * size, n * size));
  const read = READERS[entry.type] ?? ((v: DataView, at: number) => v.getUint8(at));
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = read(view, i * size, tiff.isLittleEndian);
  return out;
}

const READERS: Readonly<Record<number, (view: DataView, at: number, le: boolean) => number>> = {
  3: (v, at, le) => v.getUint16(at, le),
  4: (v, at, le) => v.getUint32(at, le),
  5: (v, at, le) => v.getUint32(at, le) / v.getUint32(at + 4, le),
  6: (v, at) => v.getInt8(at),
  8: (v, at, le) => v.getInt16(at, le),
  9: (v, at, le) => v.getInt32(at, le),
  10: (v, at, le) => v.getInt32(at, le) / v.getInt32(at + 4, le),
  11: (v, at, le) => v.getFloat32(at, le),
  12: (v, at, le) => v.getFloat64(at, le),
  13: (v, at, le) => v.getUint32(at, le),
  16: unsigned64,
  17: (v, at, le) => Number(v.getBigInt64(at, le)),
  18: unsigned64,
};

/** The first value of a tag, or `otherwise`. */
export function* numberOf(tiff: TiffFile, directory: TiffDirectory, tag: number, otherwise: number): Reading<number> {
  const values = yield* numbersOf(tiff, directory, tag);
  return values?.[0] ?? otherwise;
}

/** The bytes of a tag, or null. */
export function* bytesOf(tiff: TiffFile, directory: TiffDirectory, tag: number): Reading<Uint8Array | null> {
  const entry = directory.entries.get(tag);
  if (!entry) return null;
  const length = entry.count * (TYPE_SIZE[entry.type] as number);
  if (length > MAX_TEXT) hostile(tiff.name, `at most ${MAX_TEXT} bytes in tag ${tag}, not ${length}`);
  return yield* bytesAt(entry.position, length);
}

/** The text of a tag up to its first zero, or "". Scanners write UTF-8, or Latin-1 where that fails. */
export function* textOf(tiff: TiffFile, directory: TiffDirectory, tag: number): Reading<string> {
  const bytes = yield* bytesOf(tiff, directory, tag);
  if (!bytes) return "";
  const end = bytes.indexOf(0);
  const body = end < 0 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return Array.from(body, (code) => String.fromCharCode(code)).join("");
  }
}

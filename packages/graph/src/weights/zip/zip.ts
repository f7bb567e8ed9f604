/**
 * The directory of a zip file and its entries, stored or deflated (PKWARE appnote 6.3.9, with the 64-bit fields of 4.5.3). PyTorch's
 * files and numpy's npz are zips. Every entry is checked against its CRC-32: a flipped bit in a weight looks like any other weight.
 */
import { broken, endsEarly, unsupported } from "../broken.ts";
import { type Cursor, cursorOf, take, text, uint16, uint32, uint64 } from "../cursor.ts";
import { crc32 } from "./crc32.ts";
import { inflate } from "./inflate.ts";

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const LOCAL_SIZE = 30;
const LONGEST_COMMENT = 0xffff;
const EXTRA_64 = 1;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;
const ENCRYPTED = 1;
const METHODS = { stored: 0, deflated: 8 } as const;
/** Deflate cannot do better than this. */
const BEST_RATIO = 1032;
const MOST_INFLATED = 2 ** 31;

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Of the entry's own header. */
  readonly offset: number;
}

export interface Zip {
  readonly names: readonly string[];
  /** The bytes of an entry, a view where it is stored; null where there is none. @throws FailureError */
  bytesOf(name: string): Uint8Array | null;
}

export function isZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/** Reads the directory. @throws FailureError truncated-file, bad-weights */
export function openZip(bytes: Uint8Array, where: string): Zip {
  const entries = new Map<string, Entry>();
  for (const entry of entriesOf(bytes, where)) {
    if (entries.has(entry.name)) broken(`entries of different names in ${where}`, `"${entry.name}" twice`);
    entries.set(entry.name, entry);
  }
  checkSizes([...entries.values()], where);
  return {
    names: [...entries.keys()],
    bytesOf: (name) => {
      const entry = entries.get(name);
      return entry === undefined ? null : entryBytes(bytes, entry, `"${name}" in ${where}`);
    },
  };
}

function* entriesOf(bytes: Uint8Array, where: string): Generator<Entry> {
  const { count, offset } = directoryOf(bytes, where);
  const c = cursorOf(bytes, `the directory of ${where}`, offset);
  for (let i = 0; i < count; i++) {
    if (uint32(c) !== ENTRY) broken(`entry ${i + 1} of ${count} in ${c.where}`, `other bytes at ${c.at - 4}`);
    yield entryAt(c);
  }
}

function directoryOf(bytes: Uint8Array, where: string): { count: number; offset: number } {
  const end = endOf(bytes, where);
  const c = cursorOf(bytes, where, end + 10);
  const short = { count: uint16(c), size: uint32(c), offset: uint32(c) };
  if (short.count !== FULL_16 && short.size !== FULL_32 && short.offset !== FULL_32) return short;
  c.at = end - 20;
  if (end < 20 || uint32(c) !== LOCATOR_64) return short;
  c.at += 4;
  c.at = uint64(c);
  if (uint32(c) !== END_64) broken(`the end of the 64-bit directory of ${where}`, `other bytes at ${c.at - 4}`);
  c.at += 28;
  const count = uint64(c);
  c.at += 8;
  return { count, offset: uint64(c) };
}

/** The end record lies before a comment of up to 64 KB. */
function endOf(bytes: Uint8Array, where: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = Math.max(0, bytes.length - END_SIZE - LONGEST_COMMENT);
  for (let at = bytes.length - END_SIZE; at >= first; at--) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) <= bytes.length) return at;
  }
  return endsEarly(`a directory at the end of the zip ${where}`, `none in ${bytes.length} bytes`);
}

function entryAt(c: Cursor): Entry {
  c.at += 4;
  const flags = uint16(c);
  const method = uint16(c);
  c.at += 4;
  const crc = uint32(c);
  const [packed, size] = [uint32(c), uint32(c)];
  const [nameLength, extraLength, commentLength] = [uint16(c), uint16(c), uint16(c)];
  c.at += 8;
  const offset = uint32(c);
  const name = text(c, nameLength);
  const wide = wideFields(cursorOf(take(c, extraLength), c.where));
  take(c, commentLength);
  const full = (value: number): number => (value === FULL_32 && wide !== null ? uint64(wide) : value);
  // The 64-bit fields stand in this order, and only where the short one is full.
  const [fullSize, fullPacked, fullOffset] = [full(size), full(packed), full(offset)];
  return { name, flags, method, crc, packed: fullPacked, size: fullSize, offset: fullOffset };
}

function wideFields(extra: Cursor): Cursor | null {
  while (extra.at + 4 <= extra.bytes.length) {
    const id = uint16(extra);
    const body = take(extra, uint16(extra));
    if (id === EXTRA_64) return cursorOf(body, extra.where);
  }
  return null;
}

/** No two entries may use the same bytes, and none may claim what it cannot hold: so a small file stays small in memory. */
function checkSizes(entries: readonly Entry[], where: string): void {
  const inOrder = entries.toSorted((a, b) => a.offset - b.offset);
  inOrder.forEach((entry, i) => {
    const next = inOrder[i + 1];
    if (next !== undefined && entry.offset + LOCAL_SIZE + entry.packed > next.offset) {
      broken(`entries that lie apart in ${where}`, `"${entry.name}" over "${next.name}"`);
    }
    const most = entry.method === METHODS.deflated ? entry.packed * BEST_RATIO + LOCAL_SIZE : entry.packed;
    if (entry.size > most) broken(`at most ${most} bytes in "${entry.name}" of ${where}`, `${entry.size}`);
  });
  const inflated = entries.reduce((sum, e) => sum + (e.method === METHODS.deflated ? e.size : 0), 0);
  if (inflated > MOST_INFLATED) {
    unsupported(
      `at most ${MOST_INFLATED} compressed bytes in ${where}`,
      `${inflated}`,
      "save without compression (numpy.savez)",
    );
  }
}

function entryBytes(bytes: Uint8Array, entry: Entry, where: string): Uint8Array {
  const c = cursorOf(bytes, where, entry.offset);
  if (uint32(c) !== LOCAL) broken(`${where} at byte ${entry.offset}`, "other bytes");
  c.at += 22;
  const nameLength = uint16(c);
  const extraLength = uint16(c);
  take(c, nameLength + extraLength);
  if ((entry.flags & ENCRYPTED) !== 0)
    unsupported(`${where} as plain bytes`, "encrypted ones", "save it without a password");
  const content = contentOf(take(c, entry.packed), entry, where);
  const found = crc32(content);
  if (found !== entry.crc) broken(`${where} with checksum ${hex(entry.crc)}`, `bytes with checksum ${hex(found)}`);
  return content;
}

function contentOf(packed: Uint8Array, { method, size }: Entry, where: string): Uint8Array {
  if (method === METHODS.stored) return packed;
  if (method === METHODS.deflated) return inflate(packed, size, where);
  return unsupported(`${where} stored or deflated`, `compression method ${method}`, "save it without compression");
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}

/**
 * The container of TIFF 6.0 and BigTIFF: header, chain of directories, entries. No pixels here.
 * Nothing the file says is believed before it is held against the size of the file: offsets, counts, and the chain,
 * which may neither loop nor grow without end.
 */
import { raise } from "@nacre/core";
import { bytesAt, type Reading } from "../bytes/reading.ts";

/** Bytes of one value, by field type of TIFF 6.0 (1 to 12), the IFD type and BigTIFF's (16 to 18). */
export const TYPE_SIZE: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4 },
  ...{ 16: 8, 17: 8, 18: 8 },
};
const MAX_DIRECTORIES = 1024;
const MAX_ENTRIES = 4096;

export interface TiffEntry {
  readonly type: number;
  readonly count: number;
  /** Where the values lie in the file, whether inside the entry or elsewhere. */
  readonly position: number;
  /** The upper 32 bits of a single value that lies inside the entry (Hamamatsu's NDPI); else absent. */
  readonly high?: number;
}

export interface TiffDirectory {
  readonly offset: number;
  readonly entries: ReadonlyMap<number, TiffEntry>;
}

export interface TiffFile {
  readonly name: string;
  readonly size: number;
  readonly isLittleEndian: boolean;
  readonly isBig: boolean;
  readonly isNdpi: boolean;
  readonly directories: readonly TiffDirectory[];
}

/** Where the parser stands: what it needs to know to read one directory. */
interface Container {
  readonly name: string;
  readonly size: number;
  readonly isLittleEndian: boolean;
  readonly isBig: boolean;
  /** Hamamatsu's variant: a link of 64 bits, and behind it the upper 32 bits of every value or offset. */
  readonly isNdpi: boolean;
}

/** Whether bytes begin like a TIFF or a BigTIFF. */
export function looksLikeTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  if (a === 0x49 && b === 0x49) return (c === 42 || c === 43) && d === 0;
  return a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43);
}

/** Reads header and all directories. @throws FailureError unsupported-format, truncated-file, hostile-file */
export function* readTiff(name: string, size: number): Reading<TiffFile> {
  const head = yield* bytesAt(0, Math.min(16, size));
  if (!looksLikeTiff(head) || size < 8) {
    raise("unsupported-format", {
      expected: "a TIFF header",
      received: `${size} bytes that begin otherwise in ${name}`,
      remedy: "check that the file is a slide",
    });
  }
  const view = viewOf(head);
  const isLittleEndian = head[0] === 0x49;
  const isBig = view.getUint16(2, isLittleEndian) === 43;
  if (isBig && (size < 16 || view.getUint16(4, isLittleEndian) !== 8)) hostile(name, "a BigTIFF header of 16 bytes");
  const isNdpi = !isBig && isLittleEndian && (yield* looksLikeNdpi(view, size));
  const container = { name, size, isLittleEndian, isBig, isNdpi };
  const first = isBig || isNdpi ? unsigned64(view, isBig ? 8 : 4, isLittleEndian) : view.getUint32(4, isLittleEndian);
  return { ...container, directories: yield* readChain(container, first) };
}

/** Whether a directory with Hamamatsu's mark lies where the header points, read with 64 bits. */
function* looksLikeNdpi(head: DataView, size: number): Reading<boolean> {
  if (head.byteLength < 12) return false;
  const offset = unsigned64(head, 4, true);
  if (offset + 2 > size) return false;
  const count = viewOf(yield* bytesAt(offset, 2)).getUint16(0, true);
  if (count === 0 || count > MAX_ENTRIES || offset + 2 + count * 12 > size) return false;
  const entries = viewOf(yield* bytesAt(offset + 2, count * 12));
  for (let i = 0; i < count; i++) if (entries.getUint16(i * 12, true) === NDPI_MARK) return true;
  return false;
}

const NDPI_MARK = 65420;

function* readChain(file: Container, first: number): Reading<TiffDirectory[]> {
  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  let offset = first;
  while (offset !== 0) {
    if (seen.has(offset)) hostile(file.name, `directories in a row, not back to offset ${offset}`);
    if (directories.length >= MAX_DIRECTORIES) hostile(file.name, `at most ${MAX_DIRECTORIES} directories`);
    seen.add(offset);
    const { directory, next } = yield* readDirectory(file, offset);
    directories.push(directory);
    offset = next;
  }
  if (directories.length === 0) hostile(file.name, "at least one directory");
  return directories;
}

/** One directory, and the offset of the next in its chain (0: none). For SubIFDs, which stand outside the main chain. */
export function* readDirectory(file: Container, offset: number): Reading<{ directory: TiffDirectory; next: number }> {
  const { isLittleEndian: le, isBig, isNdpi } = file;
  const countSize = isBig ? 8 : 2;
  const entrySize = isBig ? 20 : 12;
  const linkSize = isBig || isNdpi ? 8 : 4;
  inside(file, offset, countSize, `the directory at ${offset}`);
  const countView = viewOf(yield* bytesAt(offset, countSize));
  const count = isBig ? unsigned64(countView, 0, le) : countView.getUint16(0, le);
  if (count === 0 || count > MAX_ENTRIES)
    hostile(file.name, `1 to ${MAX_ENTRIES} entries in a directory, not ${count}`);
  const length = count * entrySize + linkSize + (isNdpi ? count * 4 : 0);
  inside(file, offset + countSize, length, `the directory at ${offset}`);
  const view = viewOf(yield* bytesAt(offset + countSize, length));
  const entries = new Map<number, TiffEntry>();
  for (let i = 0; i < count; i++) {
    const at = i * entrySize;
    const high = isNdpi ? view.getUint32(count * entrySize + linkSize + i * 4, le) : 0;
    const entry = readEntry(file, view, at, { position: offset + countSize + at, high });
    if (entry) entries.set(view.getUint16(at, le), entry);
  }
  const link = count * entrySize;
  const next = isBig || isNdpi ? unsigned64(view, link, le) : view.getUint32(link, le);
  return { directory: { offset, entries }, next };
}

/** One entry, or null where its type is unknown (a reader must skip those). `position` is where the entry lies in the file, `high` its upper word. */
function readEntry(
  file: Container,
  view: DataView,
  at: number,
  { position, high }: { readonly position: number; readonly high: number },
): TiffEntry | null {
  const { isLittleEndian: le, isBig } = file;
  const tag = view.getUint16(at, le);
  const type = view.getUint16(at + 2, le);
  const size = TYPE_SIZE[type];
  if (size === undefined) return null;
  const count = isBig ? unsigned64(view, at + 4, le) : view.getUint32(at + 4, le);
  const valueAt = isBig ? 12 : 8;
  const bytes = count * size;
  if (bytes <= (isBig ? 8 : 4)) return { type, count, position: position + valueAt, ...(high > 0 ? { high } : {}) };
  if (bytes > file.size) hostile(file.name, `tag ${tag} to hold fewer bytes than the file, not ${bytes}`);
  const pointer = isBig ? unsigned64(view, at + valueAt, le) : view.getUint32(at + valueAt, le) + high * 2 ** 32;
  inside(file, pointer, bytes, `the values of tag ${tag}`);
  return { type, count, position: pointer };
}

/** A 64-bit unsigned integer as a number; what is beyond 2^53 becomes Infinity and so fails every bound. */
export function unsigned64(view: DataView, at: number, le: boolean): number {
  const value = view.getBigUint64(at, le);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function inside(file: Container, offset: number, length: number, what: string): void {
  if (offset + length <= file.size) return;
  raise("truncated-file", {
    expected: `${what} inside ${file.name}`,
    received: `${length} bytes at offset ${offset}, but the file ends at ${file.size}`,
    remedy: "copy the file again and compare its size with the original",
  });
}

/** Throws `hostile-file`: what the file says cannot be true of any slide. */
export function hostile(name: string, expected: string): never {
  return raise("hostile-file", {
    expected,
    received: `${name}, which says otherwise`,
    remedy: "the file is damaged or made to harm: fetch it again from where it came",
  });
}

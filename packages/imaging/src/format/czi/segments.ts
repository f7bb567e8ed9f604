/**
 * The container of Zeiss CZI (ZISRAW): segments with a name of 16 bytes, found through the file header: the directory of subblocks, the
 * metadata, the directory of attachments. All numbers are little-endian. Sources: Zeiss' published file description (DS ZISRAW-FileFormat),
 * and files. A CZI may hold further ones as attachments, so every place counts from the beginning of its own file.
 */
import { raise } from "@nacre/core";
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import { hostile, unsigned64, viewOf } from "../tiff-directory.ts";

/** A CZI inside `name`: its first byte, and the byte behind its last. */
export interface CziSpan {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface FileHeader {
  readonly directory: number;
  readonly metadata: number;
  readonly attachments: number;
  /** The writer was stopped before it had finished. */
  readonly isUnfinished: boolean;
}

/** How far a subblock reaches in one dimension. */
export interface Extent {
  readonly start: number;
  readonly size: number;
  /** Samples that are stored; fewer than `size` in a pyramid. */
  readonly stored: number;
}

export interface Subblock {
  readonly pixelType: number;
  readonly compression: number;
  /** Of its segment. */
  readonly position: number;
  readonly x: Extent;
  readonly y: Extent;
  /** First index in each other dimension, by its letter. */
  readonly at: Readonly<Record<string, number>>;
  /** Bytes of its entry, which decide where its data begin. */
  readonly entryBytes: number;
}

export const SEGMENT_HEADER = 32;
/** Of the file's layout: the number before the point. */
const VERSION = 1;
const MAX_SUBBLOCKS = 2 ** 20;
const MAX_DIMENSIONS = 32;
const MAX_XML_BYTES = 2 ** 24;

/** Bytes of a segment's body, once its name was found to be right. */
export function* segmentAt(file: CziSpan, name: string, position: number, length: number): Reading<DataView> {
  const at = file.start + position;
  if (!Number.isFinite(at) || position < 0) hostile(file.name, `a segment ${name} inside the file`);
  const end = at + SEGMENT_HEADER + length;
  if (end > file.end) cutOff(file, name, end);
  const bytes = yield* bytesAt(at, SEGMENT_HEADER + length);
  const found = String.fromCharCode(...bytes.subarray(0, 16)).replace(/\0+$/, "");
  if (found !== name) hostile(file.name, `a segment ${name} at byte ${at}`);
  return viewOf(bytes.subarray(SEGMENT_HEADER));
}

export function* readFileHeader(file: CziSpan): Reading<FileHeader> {
  const view = yield* segmentAt(file, "ZISRAWFILE", 0, 80);
  const major = view.getInt32(0, true);
  if (major !== VERSION) anotherVersion(file.name, `${major}.${view.getInt32(4, true)}`);
  const part = view.getInt32(48, true);
  if (part !== 0) severalFiles(file.name);
  return {
    directory: unsigned64(view, 52, true),
    metadata: unsigned64(view, 60, true),
    isUnfinished: view.getInt32(68, true) !== 0,
    attachments: unsigned64(view, 72, true),
  };
}

function anotherVersion(name: string, version: string): never {
  return raise("unsupported-format", {
    expected: `a CZI of version ${VERSION}`,
    received: `version ${version}: ${name}`,
    remedy: "save it in ZEN as a CZI of version 1, or export it as OME-TIFF",
  });
}

function severalFiles(name: string): never {
  return raise("unsupported-format", {
    expected: "a CZI in one file",
    received: `a part of a CZI in several files: ${name}`,
    remedy: "save it as one file in ZEN, or export it as OME-TIFF",
  });
}

/** All subblocks, in the order of the file. @throws FailureError truncated-file, hostile-file, unsupported-format */
export function* readSubblocks(file: CziSpan, position: number): Reading<Subblock[]> {
  if (position === 0) hostile(file.name, "a directory of subblocks");
  const n = (yield* segmentAt(file, "ZISRAWDIRECTORY", position, 128)).getInt32(0, true);
  if (!(n >= 1 && n <= MAX_SUBBLOCKS)) hostile(file.name, `1 to ${MAX_SUBBLOCKS} subblocks, not ${n}`);
  const head = yield* segmentHeader(file, position);
  const length = head - 128;
  if (length < n * 32) hostile(file.name, `a directory of ${n} subblocks in ${length} bytes`);
  const at = file.start + position + SEGMENT_HEADER + 128;
  if (at + length > file.end) cutOff(file, "ZISRAWDIRECTORY", at + length);
  const view = viewOf(yield* bytesAt(at, length));
  const subblocks: Subblock[] = [];
  for (let i = 0, from = 0; i < n; i++) {
    const subblock = entryAt(file, view, from);
    subblocks.push(subblock);
    from += subblock.entryBytes;
  }
  return subblocks;
}

/** Bytes in use of a segment. */
function* segmentHeader(file: CziSpan, position: number): Reading<number> {
  const view = viewOf(yield* bytesAt(file.start + position, SEGMENT_HEADER));
  const [allocated, used] = [unsigned64(view, 16, true), unsigned64(view, 24, true)];
  return used === 0 ? allocated : used;
}

function entryAt(file: CziSpan, view: DataView, from: number): Subblock {
  const entry = (): never => hostile(file.name, `an entry of a subblock at byte ${from} of the directory`);
  if (from + 32 > view.byteLength || view.getUint16(from) !== 0x4456) entry(); // "DV"
  const n = view.getInt32(from + 28, true);
  const entryBytes = 32 + 20 * n;
  if (!(n >= 2 && n <= MAX_DIMENSIONS) || from + entryBytes > view.byteLength) entry();
  if (view.getInt32(from + 14, true) !== 0) severalFiles(file.name);
  const at: Record<string, number> = {};
  const extents = new Map<string, Extent>();
  for (let i = 0; i < n; i++) {
    const d = from + 32 + 20 * i;
    const letter = String.fromCharCode(view.getUint8(d));
    const size = view.getInt32(d + 8, true);
    const stored = view.getInt32(d + 16, true);
    extents.set(letter, { start: view.getInt32(d + 4, true), size, stored: stored === 0 ? size : stored });
    if (letter !== "X" && letter !== "Y") at[letter] = view.getInt32(d + 4, true);
  }
  const [x, y] = [extents.get("X"), extents.get("Y")];
  if (!x || !y || !isSound(x) || !isSound(y)) return entry();
  const position = unsigned64(view, from + 6, true);
  const pixelType = view.getInt32(from + 2, true);
  return { pixelType, compression: view.getInt32(from + 18, true), position, x, y, at, entryBytes };
}

const MAX_BLOCK_SIDE = 2 ** 16;
const MAX_SIDE = 2 ** 30;

const isSound = ({ start, size, stored }: Extent): boolean =>
  Math.abs(start) <= MAX_SIDE &&
  size >= 1 &&
  size <= MAX_SIDE &&
  stored >= 1 &&
  stored <= Math.min(size, MAX_BLOCK_SIDE);

/** Where the pixels of a subblock lie in the file that is read. */
export function* dataOf(file: CziSpan, subblock: Subblock): Reading<{ offset: number; length: number }> {
  const view = yield* segmentAt(file, "ZISRAWSUBBLOCK", subblock.position, 16);
  const metadata = view.getInt32(0, true);
  const length = unsigned64(view, 8, true);
  const head = Math.max(256, 16 + subblock.entryBytes);
  const offset = file.start + subblock.position + SEGMENT_HEADER + head + metadata;
  if (metadata < 0) hostile(file.name, `a subblock at byte ${subblock.position}`);
  if (!(offset + length <= file.end)) cutOff(file, "ZISRAWSUBBLOCK", offset + length);
  return { offset, length };
}

/** The metadata as text, or "" where there are none. */
export function* readMetadata(file: CziSpan, position: number): Reading<string> {
  if (position === 0) return "";
  const bytes = (yield* segmentAt(file, "ZISRAWMETADATA", position, 8)).getInt32(0, true);
  if (!(bytes >= 0 && bytes <= MAX_XML_BYTES)) hostile(file.name, `metadata of at most ${MAX_XML_BYTES} bytes`);
  const at = file.start + position + SEGMENT_HEADER + 256;
  if (at + bytes > file.end) cutOff(file, "ZISRAWMETADATA", at + bytes);
  return new TextDecoder().decode(yield* bytesAt(at, bytes));
}

export function cutOff(file: CziSpan, what: string, needed: number): never {
  return raise("truncated-file", {
    expected: `the segment ${what} inside ${file.name}`,
    received: `a file that ends at ${file.end}, before byte ${needed}`,
    remedy: "copy the file again and compare its size with the original",
  });
}

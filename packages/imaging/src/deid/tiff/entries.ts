/** The entries of a directory that stay, as bytes in the order of the file, and what was found beside them. */
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import {
  type TiffDirectory,
  type TiffEntry,
  type TiffFile,
  TYPE_SIZE,
  unsigned64,
  viewOf,
} from "../../format/tiff-directory.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { bytesOf } from "../../format/tiff-values.ts";
import { cleanIcc } from "../icc-cleaner.ts";
import type { DeidFinding } from "../report.ts";
import { JpegCleaner } from "../stream/jpeg-cleaner.ts";
import { plainNumbers } from "./plain-numbers.ts";
import type { KeptDirectory } from "./plan.ts";
import { KEPT_TAGS, REMOVED_TAGS, tagName } from "./tags.data.ts";

export interface WrittenEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface KeptEntries {
  readonly entries: readonly WrittenEntry[];
  readonly findings: readonly DeidFinding[];
  /** What nobody knows. Any of these refuses the slide unless told otherwise. */
  readonly unknown: readonly string[];
  /** Tags without which the pixels are others, and that hold no numbers of their kind. Any of these refuses the slide. */
  readonly broken: readonly string[];
}

/** Written anew with the blocks. */
export const PLACES: readonly number[] = [
  TAG.stripOffsets,
  TAG.stripByteCounts,
  TAG.tileOffsets,
  TAG.tileByteCounts,
  TAG.subIfds,
];
/** Bytes of a table of numbers. */
const MAX_TABLE = 2 ** 26;
const TEXT_TYPES = [2, 7];
/** Tags that stay where they are sound, and that the pixels do not hang on. */
const DISPENSABLE: readonly number[] = [254, 255, 266, 280, 282, 283, 290, 296, 318, 319, 340, 341, 531, 32997];

export function* keptEntries(tiff: TiffFile, kept: KeptDirectory): Reading<KeptEntries> {
  const { directory, where, texts } = kept;
  const entries: WrittenEntry[] = [];
  const findings: DeidFinding[] = [];
  const unknown: string[] = [];
  const broken: string[] = [];
  const odd = oddTags(yield* storedTags(tiff, directory.offset), directory);
  const isBroken = odd.some((tag) => tag in KEPT_TAGS && !DISPENSABLE.includes(tag));
  if (odd.length > 0)
    (isBroken ? broken : unknown).push(`${where}: an entry of an unknown type, or a tag that stands twice`);
  for (const [tag, text] of texts) {
    const entry = textEntry(tag, text);
    entries.push(entry);
    const before = yield* bytesOf(tiff, directory, tag);
    if (before && !isSame(before, entry.bytes)) findings.push({ where, what: tagName(tag), action: "reduced" });
  }
  for (const [tag, entry] of directory.entries) {
    const what = tagName(tag);
    if (texts.has(tag)) continue;
    if (tag === TAG.subIfds) {
      if (kept.below.length === 0) findings.push({ where, what, action: "removed" });
    } else if (tag === TAG.jpegTables || tag === TAG.iccProfile) {
      yield* keepBytes(tiff, kept, { tag, entry }, entries, findings);
    } else if (PLACES.includes(tag)) {
      if (!isPlaceOf(kept, tag)) findings.push({ where, what, action: "removed" });
    } else if (tag in KEPT_TAGS) {
      const numbers = yield* plain(tiff, kept, tag, entry);
      const shape = `${where}: ${what} with ${entry.count} values of type ${entry.type}`;
      if (!numbers) (DISPENSABLE.includes(tag) ? unknown : broken).push(shape);
      else entries.push(numbers.written);
      if (numbers?.isRounded) findings.push({ where, what, action: "reduced" });
    } else if (tag in REMOVED_TAGS) findings.push({ where, what, action: "removed" });
    else unknown.push(`${where}: ${what}`);
  }
  return { entries, findings, unknown, broken };
}

/** Whether a tag says where the blocks of this picture lie. */
const isPlaceOf = ({ page }: KeptDirectory, tag: number): boolean =>
  page.isTiled
    ? tag === TAG.tileOffsets || tag === TAG.tileByteCounts
    : tag === TAG.stripOffsets || tag === TAG.stripByteCounts;

/** The numbers of a tag; null where they are none, or where upper words hide more. */
function* plain({ size, isLittleEndian }: TiffFile, { page: { bits } }: KeptDirectory, tag: number, entry: TiffEntry) {
  const { type, count, high, position } = entry;
  const length = count * (TYPE_SIZE[type] as number);
  if (TEXT_TYPES.includes(type) || high !== undefined || length > MAX_TABLE) return null;
  const before = (yield* bytesAt(position, length)).slice();
  const bytes = plainNumbers(before, { tag, entry, isLittleEndian, bits, size });
  return bytes && { written: { tag, type, count, bytes }, isRounded: !isSame(before, bytes) };
}

function* keepBytes(
  tiff: TiffFile,
  { directory, where }: KeptDirectory,
  { tag, entry }: { readonly tag: number; readonly entry: TiffEntry },
  entries: WrittenEntry[],
  findings: DeidFinding[],
): Reading<void> {
  const what = tagName(tag);
  const before = (yield* bytesOf(tiff, directory, tag)) ?? new Uint8Array();
  let after: Uint8Array | null = before.slice();
  if (tag === TAG.iccProfile) after = cleanIcc(before);
  else new JpegCleaner().clean(after);
  if (after === null) {
    findings.push({ where, what, action: "removed" });
    return;
  }
  if (!isSame(before, after)) findings.push({ where, what, action: "blanked" });
  entries.push({ tag, type: entry.type, count: entry.count, bytes: after });
}

/** Tags of all entries that the directory says it has, among them those the reader skips. */
function* storedTags({ isBig, isLittleEndian }: TiffFile, offset: number): Reading<number[]> {
  const [countSize, entrySize] = [isBig ? 8 : 2, isBig ? 20 : 12];
  const head = viewOf(yield* bytesAt(offset, countSize));
  const n = isBig ? unsigned64(head, 0, isLittleEndian) : head.getUint16(0, isLittleEndian);
  const view = viewOf(yield* bytesAt(offset + countSize, n * entrySize));
  return Array.from({ length: n }, (_, i) => view.getUint16(i * entrySize, isLittleEndian));
}

/** Tags that the reader skips, or that stand there more than once. */
const oddTags = (tags: readonly number[], { entries }: TiffDirectory): number[] =>
  tags.filter((tag, i) => !entries.has(tag) || tags.indexOf(tag) !== i);

/** Text as an entry: ASCII, and bytes for XMP. */
export function textEntry(tag: number, text: string): WrittenEntry {
  const bytes = new TextEncoder().encode(`${text}\0`);
  return { tag, type: tag === TAG.xmp ? 1 : 2, count: bytes.length, bytes };
}

function isSame(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

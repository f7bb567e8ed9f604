/** The entries of a directory that stay, as bytes in the order of the file, and what was found beside them. */
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import { type TiffEntry, type TiffFile, TYPE_SIZE, unsigned64, viewOf } from "../../format/tiff-directory.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { bytesOf } from "../../format/tiff-values.ts";
import { cleanIcc } from "../icc-cleaner.ts";
import type { DeidFinding } from "../report.ts";
import { JpegCleaner } from "../stream/jpeg-cleaner.ts";
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
}

/** Written anew with the blocks. */
export const PLACES: readonly number[] = [
  TAG.stripOffsets,
  TAG.stripByteCounts,
  TAG.tileOffsets,
  TAG.tileByteCounts,
  TAG.subIfds,
];
/** Tables of numbers that may be long. */
const LONG: readonly number[] = [TAG.colorMap, TAG.ndpiMcuStarts, TAG.ndpiMcuStartsHigh];
const MAX_COUNT = 16;
const MAX_TABLE = 2 ** 24;
const TEXT_TYPES = [2, 7];

export function* keptEntries(tiff: TiffFile, kept: KeptDirectory): Reading<KeptEntries> {
  const { directory, where, texts } = kept;
  const entries: WrittenEntry[] = [];
  const findings: DeidFinding[] = [];
  const unknown: string[] = [];
  const stored = yield* storedCount(tiff, directory.offset);
  if (stored !== directory.entries.size)
    unknown.push(`${where}: an entry of an unknown type, or a tag that stands twice`);
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
      if (isPlain(tag, entry)) entries.push(yield* asItIs(tag, entry));
      else unknown.push(`${where}: ${what} with ${entry.count} values of type ${entry.type}`);
    } else if (tag in REMOVED_TAGS) findings.push({ where, what, action: "removed" });
    else unknown.push(`${where}: ${what}`);
  }
  return { entries, findings, unknown };
}

/** Whether a tag says where the blocks of this picture lie. */
export const isPlaceOf = ({ page }: KeptDirectory, tag: number): boolean =>
  page.isTiled
    ? tag === TAG.tileOffsets || tag === TAG.tileByteCounts
    : tag === TAG.stripOffsets || tag === TAG.stripByteCounts;

/** Numbers, few of them, or a table that is known to be long; no upper words that hide more. */
function isPlain(tag: number, { type, count, high }: TiffEntry): boolean {
  if (TEXT_TYPES.includes(type) || high !== undefined) return false;
  return count <= (LONG.includes(tag) ? MAX_TABLE : MAX_COUNT);
}

function* asItIs(tag: number, { type, count, position }: TiffEntry): Reading<WrittenEntry> {
  const bytes = yield* bytesAt(position, count * (TYPE_SIZE[type] as number));
  return { tag, type, count, bytes: bytes.slice() };
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

/** Entries that the directory says it has, among them those the reader skips. */
function* storedCount(tiff: TiffFile, offset: number): Reading<number> {
  const view = viewOf(yield* bytesAt(offset, tiff.isBig ? 8 : 2));
  return tiff.isBig ? unsigned64(view, 0, tiff.isLittleEndian) : view.getUint16(0, tiff.isLittleEndian);
}

/** Text as an entry: ASCII, and bytes for XMP. */
export function textEntry(tag: number, text: string): WrittenEntry {
  const bytes = new TextEncoder().encode(`${text}\0`);
  return { tag, type: tag === TAG.xmp ? 1 : 2, count: bytes.length, bytes };
}

function isSame(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/**
 * Where the blocks of a level lie in the file. All of them are held against the size of the file when it is opened:
 * a slide whose copy broke off is refused at once, not after an hour of encoding.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../bytes/reading.ts";
import type { BlockTable } from "../slide/block-level.ts";
import { hostile, type TiffFile, TYPE_SIZE } from "./tiff-directory.ts";
import type { TiffPage } from "./tiff-page.ts";
import { TAG } from "./tiff-tags.ts";
import { numbersIn, numbersOf } from "./tiff-values.ts";

/** Uncompressed strips are served in pieces of about this many bytes. */
const PIECE_BYTES = 2 ** 19;
const MAX_BLOCK_PIXELS = 2 ** 26;

/** `plane`: which of the pictures that the file holds behind each other, where colours lie in separate ones. @throws FailureError hostile-file, truncated-file */
export function* readBlockTable(tiff: TiffFile, page: TiffPage, level: number, plane = 0): Reading<BlockTable> {
  const columns = Math.ceil(page.width / page.blockWidth);
  const rows = Math.ceil(page.height / page.blockHeight);
  const n = columns * rows;
  const allOffsets = yield* placesOf(tiff, page, page.isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const counts = yield* placesOf(tiff, page, page.isTiled ? TAG.tileByteCounts : TAG.stripByteCounts);
  const offsets = allOffsets?.subarray(plane * n);
  const lengths = (counts ?? rawLengths(page, n)).subarray(plane * n);
  if (!offsets || offsets.length < n || lengths.length < n) {
    hostile(
      tiff.name,
      `places of ${n} blocks in level ${level}, not of ${Math.min(offsets?.length ?? 0, lengths.length)}`,
    );
  }
  settlePlaces(tiff, offsets, lengths, n, level);
  const table = { blockWidth: page.blockWidth, blockHeight: page.blockHeight, columns, rows, offsets, lengths };
  const served = page.compression === 1 && !page.isTiled && !page.ycc ? inPieces(page, table) : table;
  checkBlockSize(tiff, served);
  return served;
}

function checkBlockSize(
  tiff: TiffFile,
  { blockWidth, blockHeight }: Pick<BlockTable, "blockWidth" | "blockHeight">,
): void {
  if (blockWidth * blockHeight <= MAX_BLOCK_PIXELS) return;
  hostile(tiff.name, `blocks of at most ${MAX_BLOCK_PIXELS} pixels, not ${blockWidth} x ${blockHeight}`);
}

/** Blocks of a table that is read in parts, and the blocks of one part. */
const LONG_TABLE = 2 ** 12;
const PART = 2 ** 12;

/**
 * The table of a slide on a server: where it is long, the places of blocks are read when they are wanted. They are most of what opening such a
 * slide costs. A copy that broke off is then noticed at the first block that is gone. @throws FailureError hostile-file, truncated-file
 */
export function* planBlockTable(tiff: TiffFile, page: TiffPage, level: number): Reading<BlockTable> {
  const { blockWidth, blockHeight } = page;
  const [columns, rows] = [Math.ceil(page.width / blockWidth), Math.ceil(page.height / blockHeight)];
  const n = columns * rows;
  const starts = page.directory.entries.get(TAG.tileOffsets);
  const counts = page.directory.entries.get(TAG.tileByteCounts);
  const isPlain = page.isTiled && starts && counts && starts.count >= n && counts.count >= n && n > LONG_TABLE;
  if (!isPlain) return yield* readBlockTable(tiff, page, level);
  for (const entry of [starts, counts]) {
    const end = entry.position + n * (TYPE_SIZE[entry.type] as number);
    if (end > tiff.size) cutOff(tiff, level, 0, n);
  }
  const table = { blockWidth, blockHeight, columns, rows, offsets: new Float64Array(n), lengths: new Float64Array(n) };
  checkBlockSize(tiff, table);
  const isRead = new Uint8Array(Math.ceil(n / PART));
  function* fill(first: number, last: number): Reading<void> {
    let [from, to] = [Math.floor(first / PART), Math.floor(last / PART)];
    while (from <= to && isRead[from]) from++;
    while (from <= to && isRead[to]) to--;
    if (from > to || !starts || !counts) return;
    const start = from * PART;
    const length = Math.min(n, (to + 1) * PART) - start;
    const offsets = yield* numbersIn(tiff, starts, start, length);
    const lengths = yield* numbersIn(tiff, counts, start, length);
    settlePlaces(tiff, offsets, lengths, length, level);
    table.offsets.set(offsets, start);
    table.lengths.set(lengths, start);
    isRead.fill(1, from, to + 1);
  }
  return { ...table, fill };
}

/** A place of 0 is a missing block; one beyond the file is none at all. */
function settlePlaces(tiff: TiffFile, offsets: Float64Array, lengths: Float64Array, n: number, level: number): void {
  for (let i = 0; i < n; i++) {
    const offset = offsets[i] as number;
    if (offset === 0) lengths[i] = 0;
    else if (offset + (lengths[i] as number) > tiff.size) cutOff(tiff, level, i, n);
  }
}

/** Whole numbers of 16, 32 or 64 bits; read as anything else they would point at other bytes. */
const PLACE_TYPES: readonly number[] = [3, 4, 13, 16, 18];

function* placesOf(tiff: TiffFile, page: TiffPage, tag: number): Reading<Float64Array | null> {
  const type = page.directory.entries.get(tag)?.type;
  if (type !== undefined && !PLACE_TYPES.includes(type))
    hostile(tiff.name, `whole numbers in tag ${tag}, not type ${type}`);
  return yield* numbersOf(tiff, page.directory, tag);
}

function cutOff(tiff: TiffFile, level: number, block: number, n: number): never {
  return raise("truncated-file", {
    expected: `all ${n} blocks of level ${level} inside ${tiff.name}`,
    received: `block ${block} lies beyond the end of the file at ${tiff.size}`,
    remedy: "copy the file again and compare its size with the original",
  });
}

/** Old writers leave the lengths of a single uncompressed strip away. */
function rawLengths(page: TiffPage, n: number): Float64Array {
  if (page.compression !== 1 || n !== 1) return new Float64Array();
  return new Float64Array([page.width * page.height * page.samples * (page.bits / 8)]);
}

/** The same uncompressed strips cut into lower ones, so that a small region of a flat file reads few bytes. */
function inPieces(page: TiffPage, table: BlockTable): BlockTable {
  const rowBytes = page.width * page.samples * (page.bits / 8);
  const height = pieceHeight(page, table.rows, Math.max(1, Math.floor(PIECE_BYTES / rowBytes)));
  const each = Math.ceil(table.blockHeight / height);
  const rows = Math.ceil(page.height / height);
  if (each === 1) return table;
  const offsets = new Float64Array(rows);
  const lengths = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const strip = Math.floor(row / each);
    const skip = (row % each) * height * rowBytes;
    offsets[row] = (table.offsets[strip] as number) + skip;
    lengths[row] = Math.max(0, Math.min(height * rowBytes, (table.lengths[strip] as number) - skip));
  }
  return { blockWidth: page.width, blockHeight: height, columns: 1, rows, offsets, lengths };
}

/** The largest height up to `wanted` that divides a strip; a single strip may be cut anywhere. */
function pieceHeight(page: TiffPage, strips: number, wanted: number): number {
  if (strips === 1) return Math.min(wanted, page.blockHeight);
  let height = Math.min(wanted, page.blockHeight);
  while (page.blockHeight % height !== 0) height--;
  return height;
}

/**
 * Where the blocks of a level lie in the file. All of them are held against the size of the file when it is opened:
 * a slide whose copy broke off is refused at once, not after an hour of encoding.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../bytes/reading.ts";
import type { BlockTable } from "../slide/block-level.ts";
import { hostile, type TiffFile } from "./tiff-directory.ts";
import type { TiffPage } from "./tiff-page.ts";
import { TAG } from "./tiff-tags.ts";
import { numbersOf } from "./tiff-values.ts";

/** Uncompressed strips are served in pieces of about this many bytes. */
const PIECE_BYTES = 2 ** 19;
const MAX_BLOCK_PIXELS = 2 ** 26;

/** @throws FailureError hostile-file, truncated-file */
export function* readBlockTable(tiff: TiffFile, page: TiffPage, level: number): Reading<BlockTable> {
  const columns = Math.ceil(page.width / page.blockWidth);
  const rows = Math.ceil(page.height / page.blockHeight);
  const n = columns * rows;
  const offsets = yield* numbersOf(tiff, page.directory, page.isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const counts = yield* numbersOf(tiff, page.directory, page.isTiled ? TAG.tileByteCounts : TAG.stripByteCounts);
  const lengths = counts ?? rawLengths(page, n);
  if (!offsets || offsets.length < n || lengths.length < n) {
    hostile(
      tiff.name,
      `places of ${n} blocks in level ${level}, not of ${Math.min(offsets?.length ?? 0, lengths.length)}`,
    );
  }
  for (let i = 0; i < n; i++) {
    const offset = offsets[i] as number;
    if (offset === 0) lengths[i] = 0;
    else if (offset + (lengths[i] as number) > tiff.size) cutOff(tiff, level, i, n);
  }
  const table = { blockWidth: page.blockWidth, blockHeight: page.blockHeight, columns, rows, offsets, lengths };
  const served = page.compression === 1 && !page.isTiled && !page.ycc ? inPieces(page, table) : table;
  if (served.blockWidth * served.blockHeight > MAX_BLOCK_PIXELS) {
    hostile(
      tiff.name,
      `blocks of at most ${MAX_BLOCK_PIXELS} pixels, not ${served.blockWidth} x ${served.blockHeight}`,
    );
  }
  return served;
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

/**
 * The stored blocks of one picture: read in their order, text inside them overwritten, hashed, and handed on. Blocks that several places
 * share are written once. Memory stays at one block, or at one piece where the coding can be read in pieces.
 */
import { createHash } from "node:crypto";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { drive } from "../../bytes/reading.ts";
import { rawBytes } from "../../format/raw-samples.ts";
import { hostile, type TiffFile } from "../../format/tiff-directory.ts";
import { TAG } from "../../format/tiff-tags.ts";
import { numbersOf } from "../../format/tiff-values.ts";
import type { ByteSink } from "../byte-sink.ts";
import { type KeptPicture, refuseDeid } from "../report.ts";
import { blank } from "../stream/blank.ts";
import { blockCleaner } from "../stream/block-cleaner.ts";
import type { KeptDirectory } from "./plan.ts";

const PIECE = 2 ** 22;
const MAX_BLOCK = 2 ** 28;

export interface CopiedBlocks {
  readonly picture: KeptPicture;
  /** Places in the copy; those of the original where nothing is written. */
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

export interface BlockCopy {
  readonly source: ByteSource;
  readonly tiff: TiffFile;
  readonly sink: ByteSink | null;
  /** Where blocks that were written already lie, by their place in the original. */
  readonly written: Map<string, number>;
  readonly signal: AbortSignal | undefined;
}

export async function copyBlocks(copy: BlockCopy, kept: KeptDirectory): Promise<CopiedBlocks> {
  const { offsets, lengths } = await placesOf(copy, kept);
  const { page, where } = kept;
  const hash = createHash("sha256");
  const out = new Float64Array(offsets.length);
  let [bytes, blanked] = [0, 0];
  for (let i = 0; i < offsets.length; i++) {
    copy.signal?.throwIfAborted();
    const offset = offsets[i] as number;
    // a block without a place is one that was not scanned, whatever its length
    if (offset === 0) lengths[i] = 0;
    const length = lengths[i] as number;
    hash.update(`${length};`);
    if (length === 0) continue;
    const key = `${offset} ${length}`;
    const before = copy.sink ? copy.written.get(key) : undefined;
    const start = copy.sink?.position ?? offset;
    const target = before === undefined ? copy.sink : null;
    if ((await copyBlock(copy, kept, { i, offset, length, target, hash })) > 0) blanked++;
    out[i] = before ?? start;
    copy.written.set(key, out[i] as number);
    bytes += length;
  }
  const { width, height } = page;
  const picture = { where, width, height, blocks: offsets.length, bytes, sha256: hash.digest("hex"), blanked };
  return { picture, offsets: out, lengths };
}

interface OneBlock {
  /** Its number in the picture. */
  readonly i: number;
  readonly offset: number;
  readonly length: number;
  readonly target: ByteSink | null;
  readonly hash: ReturnType<typeof createHash>;
}

/** Gives the number of bytes that were overwritten. */
async function copyBlock(
  { source, tiff, signal }: BlockCopy,
  { page }: KeptDirectory,
  block: OneBlock,
): Promise<number> {
  const cleaner = blockCleaner(page.compression, Math.ceil(rawBytes(page)));
  const { i, offset, length, target, hash } = block;
  if (!cleaner.isStreaming && length > MAX_BLOCK) hostile(tiff.name, `blocks of at most ${MAX_BLOCK} bytes`);
  const step = cleaner.isStreaming ? PIECE : length;
  const most = page.compression === 1 ? uncompressed(page, i, length) : Number.POSITIVE_INFINITY;
  let changed = 0;
  for (let at = 0; at < length; at += step) {
    const piece = (await source.read(offset + at, Math.min(step, length - at), signal)).slice();
    changed += cleaner.clean(piece) + blank(piece, most - at, piece.length);
    hash.update(piece);
    target?.append(piece);
  }
  cleaner.finish?.();
  if (target && target.position % 2 === 1) target.append(new Uint8Array(1));
  return changed;
}

/** What pixels take of an uncompressed block. One that is too short for them is none: its coding was told wrong. */
function uncompressed(page: KeptDirectory["page"], i: number, length: number): number {
  const { isTiled, height, blockHeight } = page;
  const row = i % Math.ceil(height / blockHeight);
  const rows = isTiled ? blockHeight : Math.min(blockHeight, height - row * blockHeight);
  const least = Math.floor((rawBytes(page) * rows) / blockHeight);
  if (length >= least) return Math.ceil(rawBytes(page));
  return refuseDeid(
    `uncompressed blocks of ${least} bytes, as their pixels take`,
    `one of ${length} bytes`,
    "write the slide again, or convert it with nacre slide convert",
  );
}

async function placesOf({ source, tiff, signal }: BlockCopy, { page, where }: KeptDirectory) {
  const numbers = (tag: number) => drive(numbersOf(tiff, page.directory, tag), source, signal);
  const offsets = await numbers(page.isTiled ? TAG.tileOffsets : TAG.stripOffsets);
  const counts = await numbers(page.isTiled ? TAG.tileByteCounts : TAG.stripByteCounts);
  const lengths =
    counts ?? (page.compression === 1 && offsets?.length === 1 ? Float64Array.of(Math.ceil(rawBytes(page))) : null);
  if (!offsets || !lengths || offsets.length !== lengths.length)
    return hostile(tiff.name, `a place and a length for each block of ${where}`);
  return { offsets, lengths };
}

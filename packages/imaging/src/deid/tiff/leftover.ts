/** Bytes of a TIFF that belong to nothing that stays: between the values, behind the blocks, in the unused half of an entry. */
import type { ByteSource } from "../../bytes/byte-source.ts";
import type { Span } from "../../bytes/span.ts";
import { type TiffFile, TYPE_SIZE } from "../../format/tiff-directory.ts";
import type { CopiedBlocks } from "./copy-blocks.ts";
import type { KeptDirectory } from "./plan.ts";
import { headerSize } from "./write-directory.ts";

const PIECE = 2 ** 20;

/** What a directory and its values take. Of a value inside its entry, the bytes that it fills; else the whole pointer. */
export function directorySpans({ isBig, isNdpi }: TiffFile, { directory }: KeptDirectory): Span[] {
  const n = directory.entries.size;
  const [countSize, entrySize, linkSize] = [isBig ? 8 : 2, isBig ? 20 : 12, isBig || isNdpi ? 8 : 4];
  const inline = isBig ? 8 : 4;
  const first = directory.offset + countSize;
  const spans: Span[] = [
    { offset: directory.offset, length: countSize },
    { offset: first + n * entrySize, length: linkSize + (isNdpi ? n * 4 : 0) },
  ];
  const inside = new Set<number>();
  for (const { type, count, position } of directory.entries.values()) {
    const length = count * (TYPE_SIZE[type] as number);
    spans.push({ offset: position, length });
    if (length <= inline) inside.add(position);
  }
  for (let i = 0; i < n; i++) {
    const offset = first + i * entrySize;
    const isInside = inside.has(offset + entrySize - inline);
    spans.push({ offset, length: isInside ? entrySize - inline : entrySize });
  }
  return spans;
}

/** What the blocks take. */
export function blockSpans({ offsets, lengths }: Pick<CopiedBlocks, "offsets" | "lengths">): Span[] {
  return Array.from(offsets, (offset, i) => ({ offset, length: lengths[i] as number })).filter(
    ({ length }) => length > 0,
  );
}

/** Bytes that are not zero and in none of the spans. */
export async function leftover(
  source: ByteSource,
  tiff: TiffFile,
  spans: readonly Span[],
  signal?: AbortSignal,
): Promise<number> {
  const sorted = [{ offset: 0, length: headerSize(tiff) }, ...spans].sort((a, b) => a.offset - b.offset);
  let found = 0;
  let end = 0;
  for (const { offset, length } of [...sorted, { offset: source.size, length: 0 }]) {
    for (let at = end; at < offset; at += PIECE) {
      const bytes = await source.read(at, Math.min(PIECE, offset - at), signal);
      for (const byte of bytes) if (byte !== 0) found++;
    }
    end = Math.max(end, offset + length);
  }
  return found;
}

/**
 * Colours in separate planes (PlanarConfiguration 2 of TIFF 6.0): all blocks of red lie before all of green and of blue. A block of the slide is
 * the three of one place behind each other, in front of them their lengths; `planarSource` joins them when they are read, and the painter
 * decodes each as grey. So the rest of the reader sees one block.
 */

import type { ByteSource } from "../bytes/byte-source.ts";
import { joined } from "../bytes/join-bytes.ts";
import type { Codecs } from "../codec/codec.ts";
import type { BlockPainter, BlockTable } from "../slide/block-level.ts";
import { openPainter, type PainterFacts } from "./block-painter.ts";
import { viewOf } from "./tiff-directory.ts";
import { PLAIN_SAMPLES, type TiffPage } from "./tiff-page.ts";

/** Red, green, blue; a fourth plane is alpha. */
const PLANES = 3;
const HEAD = PLANES * 4;
const JPEG = 7;

/** Planes to read of a page whose samples lie in separate ones: three of RGB, the first of grey with alpha; 0 where they cannot be (YCbCr, JPEG 2000). */
export function planesIn({ isPlanar, photometric, samples, compression }: TiffPage): 0 | 1 | 3 {
  const isReadable = compression === JPEG || PLAIN_SAMPLES.includes(compression);
  if (!isPlanar || samples < 2 || !isReadable) return 0;
  if (photometric <= 1) return samples === 2 ? 1 : 0;
  return photometric === 2 && samples <= 4 && samples >= PLANES ? PLANES : 0;
}

/** One plane as a page of its own. */
export const planeOf = (page: TiffPage): TiffPage => ({
  ...page,
  ...{ samples: 1, photometric: Math.min(1, page.photometric), isPlanar: false },
});

/** The table of the joined blocks. `tables`: of the planes, of one shape. */
export function joinedTable(tables: readonly BlockTable[]): BlockTable {
  const [first] = tables as readonly [BlockTable];
  const offsets = first.offsets.map((_, i) => i);
  const lengths = first.lengths.map((_, i) => {
    const sum = tables.reduce((all, { lengths }) => all + (lengths[i] as number), 0);
    return sum === 0 ? 0 : HEAD + sum;
  });
  const { blockWidth, blockHeight, columns, rows } = first;
  return { blockWidth, blockHeight, columns, rows, offsets, lengths };
}

/** Blocks of `joinedTable`: an offset is the number of a block. */
export function planarSource(source: ByteSource, tables: readonly BlockTable[]): ByteSource {
  const spans = (block: number) =>
    tables.map(({ offsets, lengths }) => [offsets[block] as number, lengths[block] as number] as const);
  const { readSync } = source;
  const span = ([offset, length]: readonly [number, number]): Uint8Array =>
    length === 0 ? new Uint8Array() : (readSync?.call(source, offset, length) as Uint8Array);
  return {
    size: source.size,
    name: source.name,
    async read(block, _length, signal) {
      const parts = spans(block).map(([offset, length]) =>
        length === 0 ? new Uint8Array() : source.read(offset, length, signal),
      );
      return whole(await Promise.all(parts));
    },
    ...(readSync ? { readSync: (block: number) => whole(spans(block).map(span)) } : {}),
    close: () => source.close(),
  };
}

/** The painter of joined blocks. @throws FailureError unsupported-codec */
export async function planarPainter(page: TiffPage, facts: PainterFacts, codecs: Codecs): Promise<BlockPainter> {
  const one = await openPainter(planeOf(page), facts, codecs);
  const { unpack } = one;
  return {
    reader: one.reader,
    headroom: 0,
    isCheapInParts: false,
    paint(buffer, crop, { data, offset, pitch }) {
      const grey = new Uint8Array(crop.width * crop.height * 3);
      for (const [plane, part] of split(buffer).entries()) {
        const stored = new Uint8Array(one.headroom + part.length);
        stored.set(part, one.headroom);
        one.paint(stored, crop, { data: grey, offset: 0, pitch: crop.width * 3 });
        for (let row = 0, from = 0; row < crop.height; row++) {
          const to = offset + row * pitch + plane;
          for (let x = 0; x < crop.width; x++, from += 3) data[to + x * 3] = grey[from] as number;
        }
      }
    },
    ...(unpack
      ? {
          async unpack(stored: Uint8Array) {
            const parts: Uint8Array[] = [];
            for (const part of split(stored)) parts.push(await unpack(part));
            return whole(parts);
          },
        }
      : {}),
  };
}

/** The parts of a block behind their lengths. */
function whole(parts: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(HEAD);
  for (const [i, part] of parts.entries()) viewOf(head).setUint32(i * 4, part.length);
  return joined([head, ...parts]);
}

function split(stored: Uint8Array): Uint8Array[] {
  let at = HEAD;
  return Array.from({ length: PLANES }, (_, i) => {
    const length = viewOf(stored).getUint32(i * 4);
    if (length === 0) throw new Error("a block without one of its planes");
    at += length;
    return stored.subarray(at - length, at);
  });
}

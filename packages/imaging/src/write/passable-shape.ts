/** Whether the stored blocks of a level may be passed on: asked of its first block, by decoding it. */
import { unwrap } from "@nacre/core";
import { jpegFrame } from "../codec/jpeg-stream.ts";
import { nodeCodecs } from "../codec/node-codecs.ts";
import type { Level, Slide, StoredBlock } from "../slide/slide.ts";
import { type StoredShape, shapeOf } from "./stored-shape.ts";

/** Blocks that are looked at until one is there. */
const MOST_LOOKED_AT = 4096;

/**
 * The shape of a level's stored blocks, or null where they cannot be passed on: no JPEG, of another size than `tile`, or
 * a first block whose stream, decoded alone, gives other pixels than the slide shows.
 */
export async function passableShape(slide: Slide, level: Level, tile: number): Promise<StoredShape | null> {
  if (!slide.stored || level.blockWidth !== tile || level.blockHeight !== tile) return null;
  const columns = Math.ceil(level.width / tile);
  const n = Math.min(MOST_LOOKED_AT, columns * Math.ceil(level.height / tile));
  for (let i = 0; i < n; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const stored = await slide.stored(level.index, column, row);
    if (!stored) continue;
    const shape = shapeOf(stored);
    if (shape?.width !== tile || shape.height !== tile) return null;
    return (await isWhatIsRead(slide, level, { column, row, tile }, stored)) ? shape : null;
  }
  return null;
}

async function isWhatIsRead(
  slide: Slide,
  level: Level,
  { column, row, tile }: { readonly column: number; readonly row: number; readonly tile: number },
  { bytes }: StoredBlock,
): Promise<boolean> {
  const width = Math.min(tile, level.width - column * tile);
  const height = Math.min(tile, level.height - row * tile);
  const [x, y] = [column * tile * level.downsample, row * tile * level.downsample];
  const read = unwrap(await slide.read({ level: level.index, x, y, width, height }));
  const codec = await nodeCodecs.jpeg();
  const alone = new Uint8Array(width * height * 3);
  const crop = { x: 0, y: 0, width, height };
  codec.decode(bytes.slice(), jpegFrame(bytes), crop, { data: alone, offset: 0, pitch: width * 3 });
  return alone.every((value, i) => value === read.data[i]);
}

/** Whether the stored blocks of a level may be passed on: asked of its first block, by decoding it. */
import { unwrap } from "@nacre/core";
import { copyPart } from "../codec/copy-part.ts";
import { jpegFrame } from "../codec/jpeg-stream.ts";
import { nodeCodecs } from "../codec/node-codecs.ts";
import { yccToRgb } from "../format/ycc-to-rgb.ts";
import type { Level, Slide, StoredBlock } from "../slide/slide.ts";
import { type StoredShape, shapeOf } from "./stored-shape.ts";

/** Blocks that are looked at until one is there. */
const MOST_LOOKED_AT = 4096;

/**
 * The shape of a level's stored blocks, or null where they cannot be passed on: none of `codecs`, of another size than `tile`, or
 * a first block whose stream, decoded alone, gives other pixels than the slide shows.
 */
export async function passableShape(
  slide: Slide,
  level: Level,
  tile: number,
  codecs: readonly StoredBlock["codec"][],
): Promise<StoredShape | null> {
  if (!slide.stored || level.blockWidth !== tile || level.blockHeight !== tile) return null;
  const columns = Math.ceil(level.width / tile);
  const n = Math.min(MOST_LOOKED_AT, columns * Math.ceil(level.height / tile));
  for (let i = 0; i < n; i++) {
    const [column, row] = [i % columns, Math.floor(i / columns)];
    const stored = await slide.stored(level.index, column, row);
    if (!stored) continue;
    const shape = shapeOf(stored);
    if (shape?.width !== tile || shape.height !== tile || !codecs.includes(shape.codec)) return null;
    return (await isWhatIsRead(slide, level, { column, row, tile }, stored)) ? shape : null;
  }
  return null;
}

async function isWhatIsRead(
  slide: Slide,
  level: Level,
  { column, row, tile }: { readonly column: number; readonly row: number; readonly tile: number },
  stored: StoredBlock,
): Promise<boolean> {
  const width = Math.min(tile, level.width - column * tile);
  const height = Math.min(tile, level.height - row * tile);
  const [x, y] = [column * tile * level.downsample, row * tile * level.downsample];
  const read = unwrap(await slide.read({ level: level.index, x, y, width, height }));
  const alone = await decodedAlone(stored, width, height);
  return alone.every((value, i) => value === read.data[i]);
}

/** The upper left part of a block as any decoder of its codec gives it. */
async function decodedAlone({ codec, bytes, colour }: StoredBlock, width: number, height: number): Promise<Uint8Array> {
  const data = new Uint8Array(width * height * 3);
  const crop = { x: 0, y: 0, width, height };
  const target = { data, offset: 0, pitch: width * 3 };
  if (codec === "jpeg") (await nodeCodecs.jpeg()).decode(bytes.slice(), jpegFrame(bytes), crop, target);
  else {
    const decoded = (await nodeCodecs.jpeg2000())(bytes);
    copyPart(colour === "YCbCr" ? yccToRgb(decoded) : decoded, crop, target);
  }
  return data;
}

/** Whether the first block of level 0 that is there lies in that codec. */
export async function isStoredAs(slide: Slide, codec: StoredBlock["codec"]): Promise<boolean> {
  const [base] = slide.info.levels;
  if (!slide.stored || !base) return false;
  const columns = Math.ceil(base.width / base.blockWidth);
  const n = Math.min(MOST_LOOKED_AT, columns * Math.ceil(base.height / base.blockHeight));
  for (let i = 0; i < n; i++) {
    const stored = await slide.stored(0, i % columns, Math.floor(i / columns));
    if (stored) return stored.codec === codec;
  }
  return false;
}

/** What a thread does with a slide: facts, blocks, regions. Blocks of the file pass untouched where every browser reads them as we do. */
import { fail, type Outcome, ok } from "@nacre/core";
import {
  findTissue,
  jpegFrame,
  type Raster,
  readDownsampled,
  readPreview,
  type Slide,
  type SlideInfo,
} from "@nacre/imaging";
import { encodePng, openTileEncoder } from "@nacre/imaging/node";
import type { OpenSlides } from "./open-slides.ts";
import type { Done, Format, Work } from "./pool-message.ts";
import { type ServedLevel, servedLevels } from "./served-level.ts";
import type { Picture, RegionRequest, TileRequest } from "./slide-pool.ts";

/** Of pictures that are encoded anew. */
export const JPEG_QUALITY = 85;
/** One of this thread, closed with it. */
const JPEG = openTileEncoder(JPEG_QUALITY);

export async function doWork(work: Work, slides: OpenSlides, signal: AbortSignal): Promise<Outcome<Done[keyof Done]>> {
  const opened = await slides.open(work, "plane" in work ? work.plane : null, signal);
  if (!opened.ok) return opened;
  const slide = opened.value;
  switch (work.kind) {
    case "info":
      return ok(slide.info);
    case "tissue":
      return findTissue(slide, {}, signal);
    case "tile":
      return tileOf(slide, work.request, { format: work.format, signal });
    case "region": {
      // whoever asks for PNG may count its pixels
      const read = work.format === "png" ? readDownsampled : readPreview;
      const raster = await regionOf(read, slide, work.request, signal);
      return raster.ok ? ok(await pictureOf(raster.value, formatOf(slide.info, work.format))) : raster;
    }
    case "pixels":
      return regionOf(readDownsampled, slide, work.request, signal);
  }
}

interface How {
  readonly format: Format;
  readonly signal: AbortSignal;
}

async function tileOf(slide: Slide, request: TileRequest, { format, signal }: How): Promise<Outcome<Picture | null>> {
  const level = servedLevels(slide.info)[request.level];
  if (level === undefined || !isInGrid(level, request)) return outOfBounds(request, level);
  const stored = format === "png" ? null : await storedOf(slide, level, request, signal);
  if (stored !== null && (format === null || stored.codec === format))
    return ok({ type: `image/${stored.codec}`, bytes: plain(stored.bytes), isStored: true });
  const left = request.column * level.blockWidth;
  const top = request.row * level.blockHeight;
  // What lies beyond the level is left out, so that nothing is encoded that nobody sees.
  const width = Math.min(level.blockWidth, level.width - left);
  const height = Math.min(level.blockHeight, level.height - top);
  const place = { x: left * level.downsample, y: top * level.downsample, width, height };
  const raster =
    level.stored === null
      ? await readPreview(slide, level.downsample, place, signal)
      : await slide.read({ ...place, level: level.stored }, signal);
  return raster.ok ? ok(await pictureOf(raster.value, formatOf(slide.info, format))) : raster;
}

function isInGrid({ width, height, blockWidth, blockHeight }: ServedLevel, { column, row }: TileRequest): boolean {
  return column * blockWidth < width && row * blockHeight < height;
}

/** The stored stream; null where there is none, or where a browser would show other pixels than the reader gives. */
async function storedOf(
  slide: Slide,
  level: ServedLevel,
  { column, row }: TileRequest,
  signal: AbortSignal,
): Promise<{ readonly codec: "jpeg" | "webp"; readonly bytes: Uint8Array } | null> {
  const { window, iccApplied } = slide.info;
  if (level.stored === null || window !== undefined || iccApplied !== undefined) return null;
  const block = (await slide.stored?.(level.stored, column, row, signal)) ?? null;
  if (block === null) return null;
  const { codec, bytes } = block;
  return codec === "webp" || (codec === "jpeg" && isForEveryBrowser(bytes)) ? { codec, bytes } : null;
}

/** Grey or three components; a frame that does not parse is left to our own decoder to name. */
function isForEveryBrowser(stream: Uint8Array): boolean {
  try {
    const { components } = jpegFrame(stream);
    return components === 1 || components === 3;
  } catch {
    return false;
  }
}

/** `read`: the preview for what is looked at, the pixels themselves for what is counted. */
function regionOf(
  read: typeof readDownsampled,
  slide: Slide,
  request: RegionRequest,
  signal: AbortSignal,
): Promise<Outcome<Raster>> {
  const { x, y, width, height, outWidth, outHeight } = request;
  const downsample = Math.max(width / outWidth, height / outHeight);
  return read(slide, downsample, { x, y, width: outWidth, height: outHeight }, signal);
}

function formatOf({ window }: SlideInfo, asked: Format): "jpeg" | "png" {
  return asked ?? (window === undefined ? "jpeg" : "png");
}

async function pictureOf(raster: Raster, format: "jpeg" | "png"): Promise<Picture> {
  if (format === "png") return { type: "image/png", bytes: plain(await encodePng(raster)), isStored: false };
  const stream = await JPEG.encode(raster.data, raster.width, raster.height, "4:4:4");
  // A copy: the encoder keeps what it made of tiles of one colour.
  return { type: "image/jpeg", bytes: stream.slice(), isStored: false };
}

/** Memory of its own, so that it can be handed over. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength === bytes.byteLength && !Buffer.isBuffer(bytes) ? bytes : new Uint8Array(bytes);
}

function outOfBounds({ level, column, row }: TileRequest, found: ServedLevel | undefined): Outcome<never> {
  const grid =
    found === undefined
      ? "a level of the slide"
      : `a block among ${Math.ceil(found.width / found.blockWidth)} x ${Math.ceil(found.height / found.blockHeight)}`;
  return fail("out-of-bounds", {
    expected: grid,
    received: `level ${level}, column ${column}, row ${row}`,
    remedy: "read the slide's levels again: it may have changed",
  });
}

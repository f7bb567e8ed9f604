/**
 * Regions at a scale that no level has: the coarsest level that is still fine enough is read and made smaller.
 * Works on any slide through `read`, in bands, so that a thumbnail of a flat gigapixel file needs little memory.
 */
import { attempt, type Mpp, type Outcome, raise, unwrap } from "@nacre/core";
import { checkSize } from "./check-region.ts";
import { giveRoom, REGION_BYTES, takeRoom } from "./pixel-memory.ts";
import { roomOf } from "./raster.ts";
import { resampleBand, triangleWeights } from "./resample.ts";
import type { Level, Place, PreviewLevel, Raster, Region, Slide } from "./slide.ts";

/** A level counts as fine enough up to this much coarser than wanted: 4.0001 is four. */
const LEVEL_TOLERANCE = 1.005;
/** Below this drift over the whole region, in pixels, the level's own pixels are given instead of blurred ones. */
const DRIFT = 0.5;
/** Source pixels of one band. */
const BAND_PIXELS = 2 ** 23;

/** `width` x `height` pixels at `mpp` from x, y (level 0). Fails with no-scale where the slide has none. */
export function readAtScale(slide: Slide, mpp: Mpp, place: Place, signal?: AbortSignal): Promise<Outcome<Raster>> {
  return attempt(async () => {
    if (!(mpp > 0 && Number.isFinite(mpp))) throw new RangeError(`expected a positive scale, received ${mpp}`);
    if (slide.info.mpp === null) {
      const said = slide.info.mppInFile;
      raise(said === null ? "no-scale" : "implausible-scale", {
        expected: "a slide whose scale is known",
        received: said === null ? "a file that does not say it" : `${said} um/px in the file`,
        remedy: "give it in an mpp column of the cohort file, or with --mpp",
      });
    }
    return unwrap(await readDownsampled(slide, mpp / slide.info.mpp, place, signal));
  });
}

/** `width` x `height` pixels, each `downsample` level-0 pixels wide, from x, y (level 0). Below 1 it enlarges. */
export function readDownsampled(
  slide: Slide,
  downsample: number,
  place: Place,
  signal?: AbortSignal,
): Promise<Outcome<Raster>> {
  const { levels } = slide.info;
  return readFrom({ levels, read: (region, stop) => slide.read(region, stop) }, downsample, place, signal);
}

/**
 * The same for people to look at, much quicker where a level between is wanted that the file lacks: blocks are decoded smaller, by the
 * coarser bands of JPEG 2000 and the smaller transform of JPEG. Some grey levels from `readDownsampled`, and not the same with every
 * decoder: never for features, measures or tissue.
 */
export function readPreview(
  slide: Slide,
  downsample: number,
  place: Place,
  signal?: AbortSignal,
): Promise<Outcome<Raster>> {
  return slide.preview
    ? readFrom(slide.preview, downsample, place, signal)
    : readDownsampled(slide, downsample, place, signal);
}

/** What pixels are read from. */
interface LevelSource {
  readonly levels: readonly (Level & Partial<PreviewLevel>)[];
  read(region: Region, signal?: AbortSignal): Promise<Outcome<Raster>>;
}

function readFrom(
  source: LevelSource,
  downsample: number,
  place: Place,
  signal?: AbortSignal,
): Promise<Outcome<Raster>> {
  return attempt(async () => {
    const { x, y, width, height } = place;
    if (!Number.isFinite(x) || !Number.isFinite(y))
      throw new RangeError(`expected finite x and y, received ${x}, ${y}`);
    checkSize(width, height);
    const level = levelFor(source.levels, downsample);
    const ratio = downsample / level.downsample;
    if (!level.lag && Math.abs(ratio - 1) * Math.max(width, height) < DRIFT) {
      const into = place.into && { into: place.into };
      return unwrap(await source.read({ level: level.index, x, y, width, height, ...into }, signal));
    }
    return resampled(source, level, { ratio, place }, signal);
  });
}

/** The coarsest level at least as fine as wanted; level 0 when none is. */
function levelFor<L extends Level>(levels: readonly L[], downsample: number): L {
  let best = levels[0] as L;
  for (const level of levels) {
    if (level.downsample <= downsample * LEVEL_TOLERANCE && level.downsample > best.downsample) best = level;
  }
  return best;
}

async function resampled(
  source: LevelSource,
  level: LevelSource["levels"][number],
  { ratio, place }: { readonly ratio: number; readonly place: Place },
  signal?: AbortSignal,
): Promise<Raster> {
  const { width, height } = place;
  const lag = level.lag ?? 0;
  const across = span(place.x / level.downsample + lag, width, ratio, level.width);
  const along = span(place.y / level.downsample + lag, height, ratio, level.height);
  const columns = triangleWeights({ start: across.start, ratio, n: width, sourceN: across.n });
  const rows = triangleWeights({ start: along.start, ratio, n: height, sourceN: along.n });
  const data = roomOf(place, width * height * 3);
  const step = bandHeight(across.n, ratio, level);
  for (let from = 0; from < height; from += step) {
    const to = Math.min(height, from + step);
    const firstRow = rows.first[from] as number;
    const n = (rows.first[to - 1] as number) + rows.taps - firstRow;
    const bytes = across.n * n * 3;
    const room = bytes <= REGION_BYTES ? takeRoom(REGION_BYTES) : null;
    const region = {
      level: level.index,
      x: across.first * level.downsample,
      y: (along.first + firstRow) * level.downsample,
      width: across.n,
      height: n,
      ...(room && { into: room.subarray(0, bytes) }),
    };
    try {
      const band = unwrap(await source.read(region, signal));
      resampleBand({ data: band.data, width: across.n, firstRow }, rows, columns, { from, to }, data);
    } finally {
      if (room) giveRoom(room);
    }
  }
  return { width, height, data };
}

/**
 * The whole source pixels that one axis needs: the place and the reach of the filter, but no more of the outside than
 * the place itself holds, so that background does not bleed into the rim of the slide.
 */
function span(begin: number, n: number, ratio: number, size: number): { first: number; n: number; start: number } {
  const end = begin + n * ratio;
  const reach = Math.max(1, ratio);
  const first = Math.max(Math.floor(begin - reach), Math.min(0, Math.floor(begin)));
  const last = Math.min(Math.ceil(end + reach), Math.max(size, Math.ceil(end)));
  return { first, n: Math.max(1, last - first), start: begin - first };
}

/** Output rows of a band: a few rows of blocks, so that the rows read twice at its rims weigh little. */
function bandHeight(sourceWidth: number, ratio: number, level: Level): number {
  const rows = Math.max(BAND_PIXELS / sourceWidth, 2 * Math.min(level.blockHeight, 512), 4 * ratio);
  return Math.max(1, Math.floor(rows / ratio));
}

/** The restart intervals of one NDPI level as blocks: where each begins, and how many make a block. */
import { raise } from "@nacre/core";
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import type { BlockTable } from "../../slide/block-level.ts";
import type { GridPlan } from "../slide-plan.ts";
import { hostile, type TiffFile } from "../tiff-directory.ts";
import type { TiffPage } from "../tiff-page.ts";
import { TAG } from "../tiff-tags.ts";
import { numbersOf } from "../tiff-values.ts";
import { intervalPainter } from "./interval-painter.ts";
import { findMarkers, readStripHeader, type StripHeader } from "./strip-header.ts";

/** Pixels of a block made of whole rows of intervals: a region of 256 px then costs a few streams and not forty. */
const BLOCK_PIXELS = 2 ** 17;
const MAX_HEADER = 2 ** 16;
/** A strip whose markers must be looked for may be this long: it is read once when the slide is opened. */
const MAX_SEARCH = 2 ** 31;
const SEARCH_STEP = 2 ** 20;

interface Strip {
  readonly offset: number;
  readonly length: number;
}

/** null for a level without restart markers, which is one block. @throws FailureError hostile-file, truncated-file, unsupported-format */
export function* planIntervals(
  tiff: TiffFile,
  page: TiffPage,
  level: { readonly index: number; readonly downsample: number },
): Reading<GridPlan | null> {
  const strip = yield* stripOf(tiff, page, level.index);
  const head = yield* bytesAt(strip.offset, Math.min(MAX_HEADER, strip.length));
  const header = readStripHeader(head);
  if (!header) return hostile(tiff.name, `a JPEG strip with a frame and a scan in level ${level.index}`);
  if (header.interval === 0) return null;
  const across = Math.ceil(page.width / header.mcuWidth) / header.interval;
  const down = Math.ceil(page.height / header.mcuHeight);
  if (!Number.isInteger(across)) return uneven(tiff.name, header);
  const starts = yield* startsOf(tiff, page, strip, { header, n: across * down });
  // whole rows can be joined where their markers count on from 0, and where no chroma reaches over the seam
  const joined = across === 1 && header.isTallChroma === false ? rowsOf(page, header) : 1;
  const table = tableOf(strip, starts, { across, down, joined, header });
  const { width, height } = page;
  return {
    kind: "grid",
    ...{ width, height, downsample: level.downsample, table },
    painter: async (codecs) => intervalPainter(await codecs.jpeg(), header, { width: table.blockWidth, rows: joined }),
  };
}

function* stripOf(tiff: TiffFile, page: TiffPage, level: number): Reading<Strip> {
  const offset = (yield* numbersOf(tiff, page.directory, TAG.stripOffsets))?.[0];
  const length = (yield* numbersOf(tiff, page.directory, TAG.stripByteCounts))?.[0];
  if (offset === undefined || length === undefined || length < 4)
    return hostile(tiff.name, `one strip in level ${level}`);
  if (offset + length <= tiff.size) return { offset, length };
  return raise("truncated-file", {
    expected: `the strip of level ${level} inside ${tiff.name}`,
    received: `${length} bytes at offset ${offset}, but the file ends at ${tiff.size}`,
    remedy: "copy the file again and compare its size with the original",
  });
}

function uneven(name: string, header: StripHeader): never {
  return raise("unsupported-format", {
    expected: "restart intervals that divide a row of the image",
    received: `intervals of ${header.interval} units in ${name}`,
    remedy: "convert it to a pyramidal TIFF with the scanner's software or vips",
  });
}

const rowsOf = (page: TiffPage, header: StripHeader): number =>
  8 * Math.max(1, Math.floor(BLOCK_PIXELS / (8 * header.mcuHeight * page.width)));

/** Where each interval begins, relative to the strip: as the tag says where that can be true, else looked for. */
function* startsOf(
  tiff: TiffFile,
  page: TiffPage,
  strip: Strip,
  { header, n }: { readonly header: StripHeader; readonly n: number },
): Reading<Float64Array> {
  const starts = yield* numbersOf(tiff, page.directory, TAG.ndpiMcuStarts);
  const high = yield* numbersOf(tiff, page.directory, TAG.ndpiMcuStartsHigh);
  if (starts && high?.length === starts.length) {
    for (let i = 0; i < starts.length; i++) starts[i] = (starts[i] as number) + (high[i] as number) * 2 ** 32;
  }
  if (starts && isPlausible(starts, n, header.length, strip.length)) return starts;
  return yield* search(tiff, strip, header, n);
}

function isPlausible(starts: Float64Array, n: number, first: number, length: number): boolean {
  return (
    starts.length === n &&
    starts[0] === first &&
    (starts[n - 1] as number) + 2 <= length &&
    starts.every((start, i) => i === 0 || start >= (starts[i - 1] as number) + 3)
  );
}

function* search(tiff: TiffFile, strip: Strip, header: StripHeader, n: number): Reading<Float64Array> {
  if (strip.length > MAX_SEARCH) hostile(tiff.name, "places of the restart markers");
  const starts = new Float64Array(n);
  starts[0] = header.length;
  let found = 1;
  for (let at = header.length; at < strip.length; at += SEARCH_STEP) {
    const bytes = yield* bytesAt(strip.offset + at, Math.min(SEARCH_STEP + 1, strip.length - at));
    for (const place of findMarkers(bytes)) {
      // the byte read twice, at the seam of two steps, belongs to the next
      if (place >= SEARCH_STEP || found >= n) continue;
      starts[found++] = at + place + 2;
    }
  }
  if (found < n) hostile(tiff.name, `${n - 1} restart markers in a strip, not ${found - 1}`);
  return starts;
}

interface Layout {
  readonly across: number;
  readonly down: number;
  readonly joined: number;
  readonly header: StripHeader;
}

function tableOf(strip: Strip, starts: Float64Array, { across, down, joined, header }: Layout): BlockTable {
  const rows = Math.ceil(down / joined);
  const offsets = new Float64Array(across * rows);
  const lengths = new Float64Array(across * rows);
  for (let i = 0; i < offsets.length; i++) {
    const from = starts[i * joined] as number;
    // behind the last one lies the end of the strip
    const to = starts[(i + 1) * joined] ?? strip.length;
    offsets[i] = strip.offset + from;
    lengths[i] = to - from;
  }
  const blockWidth = header.interval * header.mcuWidth;
  return { blockWidth, blockHeight: joined * header.mcuHeight, columns: across, rows, offsets, lengths };
}

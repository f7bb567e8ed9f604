/**
 * Writes slides for demos and tests: real pyramidal tiled-JPEG files (levels 1, 4, 16; 256 px blocks) that other readers
 * open, with tissue of two kinds whose true outlines are known. A cartoon for exercising software: it teaches nothing
 * about disease. Everything is drawn tile by tile, so memory does not grow with the slide.
 */
import { renameSync, rmSync } from "node:fs";
import { FailureError, type Polygon } from "@nacre/core";
import { fileFailure } from "../bytes/file-failure.ts";
import { type BandSpec, createBand } from "../write/band.ts";
import { type JpegEncoder, openJpegEncoder } from "../write/jpeg-encoder.ts";
import { TiffWriter } from "../write/tiff-writer.ts";
import { createBlockStore, createLevelBlocks, type LevelBlocks } from "./block-store.ts";
import { TILE } from "./canvas.ts";
import { isSvs, pageTags } from "./describe.ts";
import { type Outline, outlineRing } from "./outline.ts";
import { createPainter, type TilePainter } from "./paint-tile.ts";
import { drawPerson } from "./person.ts";
import { createSmallPicture } from "./small-picture.ts";
import { checkSpec, type SyntheticSlideSpec } from "./spec.ts";

/** Step between levels. */
const STEP = 4;

/** What is true of a synthetic slide. Polygons and areas at level 0. */
export interface SyntheticSlide {
  /** Outlines of the tumour regions. */
  readonly truth: readonly Polygon[];
  /** Outlines of the pieces of tissue, without the tears in them. */
  readonly tissue: readonly Polygon[];
  readonly tissueAreaPx: number;
  readonly tumourAreaPx: number;
  /** Tumour area over tissue area. */
  readonly tumourShare: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Which JPEG encoder wrote it: the same spec gives the same bytes under the same encoder. */
  readonly encoder: string;
}

/**
 * Writes the slide aside and moves it to `path` when it is whole.
 * @throws RangeError for a spec that cannot be drawn; FailureError (disk-full, no-permission, ...) when the file cannot be written
 */
export async function writeSyntheticSlide(
  path: string,
  spec: SyntheticSlideSpec,
  signal?: AbortSignal,
): Promise<SyntheticSlide> {
  checkSpec(spec);
  const person = drawPerson(spec);
  const painter = createPainter(spec, person);
  const encoder = await openJpegEncoder(spec.scanner?.quality ?? 80);
  const aside = `${path}.part`;
  try {
    const bytes = await writeFile(aside, spec, painter, encoder, signal);
    renameSync(aside, path);
    const { pieces, tumours, tissueArea, tumourArea } = person.anatomy;
    return {
      truth: tumours.map(polygonOf),
      tissue: pieces.map(polygonOf),
      tissueAreaPx: tissueArea,
      tumourAreaPx: tumourArea,
      tumourShare: tissueArea === 0 ? 0 : tumourArea / tissueArea,
      bytes,
      encoder: encoder.name,
    };
  } catch (error) {
    rmSync(aside, { force: true });
    throw asFailure(error, path);
  } finally {
    encoder.close();
  }
}

async function writeFile(
  path: string,
  spec: SyntheticSlideSpec,
  painter: TilePainter,
  encoder: JpegEncoder,
  signal: AbortSignal | undefined,
): Promise<number> {
  const writer = new TiffWriter(path);
  try {
    const store = await createBlockStore(writer, encoder, painter.glass, isSvs(spec));
    const levels = [1, STEP, STEP * STEP].map((downsample) =>
      createLevelBlocks(store, Math.floor(spec.width / downsample), Math.floor(spec.height / downsample)),
    ) as [LevelBlocks, LevelBlocks, LevelBlocks];
    const small = createSmallPicture(levels[2].width, levels[2].height);
    await paintLevels(
      spec,
      painter,
      levels,
      (column, row, rgb) => small.add(column, row, rgb ?? painter.glass),
      signal,
    );
    const pages = levels.map((level, i) =>
      pageTags(spec, { ...level, block: TILE, tables: store.tables, kind: i === 0 ? "full" : "reduced" }),
    );
    if (isSvs(spec)) {
      const stream = await encoder.encode(small.rgb, small.width, small.height);
      const offsets = Float64Array.of(writer.append(stream));
      const counts = Float64Array.of(stream.length);
      const { width, height } = small;
      pages.splice(
        1,
        0,
        pageTags(spec, { width, height, offsets, counts, block: null, tables: null, kind: "thumbnail" }),
      );
    }
    return writer.finish(pages);
  } finally {
    writer.close();
  }
}

/** Paints level 0 row by row; the levels above fill themselves from it. */
async function paintLevels(
  spec: SyntheticSlideSpec,
  painter: TilePainter,
  levels: readonly [LevelBlocks, LevelBlocks, LevelBlocks],
  onCoarsest: (column: number, row: number, rgb: Uint8Array | null) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [fine, middle, coarse] = levels;
  const bandOf = ({ width, height }: LevelBlocks): BandSpec => {
    return { width, height, tile: TILE, step: STEP, fill: painter.glass };
  };
  const coarseBand = createBand(bandOf(coarse), async (column, row, rgb) => {
    await coarse.put(column, row, rgb);
    onCoarsest(column, row, rgb);
  });
  const middleBand = createBand(bandOf(middle), async (column, row, rgb) => {
    await middle.put(column, row, rgb);
    await coarseBand.add(column, row, rgb);
  });
  const columns = Math.ceil(spec.width / TILE);
  const rows = Math.ceil(spec.height / TILE);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const rgb = painter.paint(column, row);
      await fine.put(column, row, rgb);
      await middleBand.add(column, row, rgb);
    }
    // Lets timers, signals and other work of this thread in between rows.
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  await middleBand.flush();
  await coarseBand.flush();
}

const polygonOf = (outline: Outline): Polygon => ({ outer: outlineRing(outline), holes: [] });

/** What the system refused becomes a failure; anything else goes on as it is. */
function asFailure(error: unknown, path: string): unknown {
  const isSystemError = error instanceof Error && "syscall" in error;
  return isSystemError ? new FailureError(fileFailure(error, path), { cause: error }) : error;
}

/**
 * A slide's levels as OpenSeadragon counts them: 0 is the coarsest, and places are shares of the slide's width. Levels may lie any
 * distance apart and have blocks of any shape: nothing here supposes halves.
 */
import { readTile, type SlideFacts } from "@nacre/api";
import type { Rect } from "@nacre/core";
import { addressOf } from "../../client/call.ts";

type Level = SlideFacts["levels"][number];
export type Pyramid = Pick<SlideFacts, "key" | "version" | "width" | "height" | "levels">;

/** Which picture of a slide of several is meant. */
export interface Plane {
  readonly channel?: number;
  readonly focalPlane?: number;
}

/** The service's number of a level, finest 0. */
export const levelNumber = ({ levels }: Pyramid, coarse: number): number => levels.length - 1 - coarse;

/** @throws RangeError for a level that is not there */
export function levelAt(pyramid: Pyramid, coarse: number): Level {
  const level = pyramid.levels[levelNumber(pyramid, coarse)];
  if (level === undefined)
    throw new RangeError(`expected a level below ${pyramid.levels.length}, received ${coarse}; read the slide again`);
  return level;
}

/** Columns and rows of a level's blocks. */
export function blocksOf({ width, height, blockWidth, blockHeight }: Level): {
  readonly columns: number;
  readonly rows: number;
} {
  return { columns: Math.ceil(width / blockWidth), rows: Math.ceil(height / blockHeight) };
}

/** What of a block belongs to the slide, in pixels of its level: blocks at the rim are stored whole. */
export function blockSize(level: Level, column: number, row: number): Pick<Rect, "width" | "height"> {
  return {
    width: Math.min(level.blockWidth, level.width - column * level.blockWidth),
    height: Math.min(level.blockHeight, level.height - row * level.blockHeight),
  };
}

/** A block's place on the slide, level-0 pixels. */
export function blockPlace(level: Level, column: number, row: number): Rect {
  const { width, height } = blockSize(level, column, row);
  const d = level.downsample;
  return {
    x: column * level.blockWidth * d,
    y: row * level.blockHeight * d,
    width: width * d,
    height: height * d,
  };
}

/** Where a block is fetched. The version stands in the address, so that browsers may keep it for ever. */
export function blockAddress(
  pyramid: Pyramid,
  { coarse, column, row }: { readonly coarse: number; readonly column: number; readonly row: number },
  plane: Plane = {},
): string {
  const { key, version } = pyramid;
  return addressOf(readTile, {
    params: { slide: key, version, level: levelNumber(pyramid, coarse), column, row },
    query: { ...plane },
  });
}

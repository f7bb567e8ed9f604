/** What every slide asks of a region before it reads. */
import { raise } from "@nacre/core";
import { MAX_REGION_PIXELS } from "./raster.ts";
import type { Level, Region } from "./slide.ts";

/**
 * The level of a region. A region may lie outside the slide (it is background), but it must be one.
 * @throws RangeError for a level or a size that cannot be; FailureError `out-of-bounds` when it is too large to hold
 */
export function checkRegion<L extends Level>(levels: readonly L[], region: Region): L {
  const { x, y, width, height } = region;
  const level = levels[region.level];
  if (!level) throw new RangeError(`expected a level from 0 to ${levels.length - 1}, received ${region.level}`);
  if (!Number.isFinite(x) || !Number.isFinite(y)) throw new RangeError(`expected finite x and y, received ${x}, ${y}`);
  checkSize(width, height);
  return level;
}

/** @throws RangeError unless both are positive whole numbers; FailureError `out-of-bounds` beyond MAX_REGION_PIXELS */
export function checkSize(width: number, height: number): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
    throw new RangeError(`expected a width and height of whole pixels above 0, received ${width} x ${height}`);
  }
  if (width * height <= MAX_REGION_PIXELS) return;
  raise("out-of-bounds", {
    expected: `a region of at most ${MAX_REGION_PIXELS} pixels`,
    received: `${width} x ${height} pixels`,
    remedy: "read it in parts, or from a coarser level",
  });
}

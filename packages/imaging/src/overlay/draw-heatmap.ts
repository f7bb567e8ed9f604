/**
 * Weights drawn in place: one colour for each tile over a thumbnail of its slide. Where tiles overlap their values are
 * averaged. Colour fades with the value, so tissue that says nothing is seen as tissue; ranks are never used, because
 * percentiles within one slide paint a benign slide red.
 */
import type { Raster } from "../slide/slide.ts";
import { colourOf, type HeatmapOptions, onScale } from "./colour-scale.ts";

/** Places of tiles: top-left corners and side, level-0 pixels. */
export interface TilePlaces {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly side: number;
}

/**
 * A copy of `thumb` with the tiles' values over it, [n] values for [n] places.
 * @param thumbDownsample level-0 pixels per thumbnail pixel
 * @throws RangeError for a NaN value, or another number of values than places
 */
export function drawHeatmap(
  thumb: Raster,
  thumbDownsample: number,
  places: TilePlaces,
  values: Float32Array,
  options: HeatmapOptions,
): Raster {
  if (values.length !== places.x.length) {
    throw new RangeError(`expected ${places.x.length} values, one a tile, received ${values.length}`);
  }
  const mean = meanValues(thumb, thumbDownsample, places, values);
  const data = thumb.data.slice();
  for (let i = 0; i < mean.length; i++) {
    const value = mean[i] as number;
    if (Number.isNaN(value)) continue;
    const alpha = (options.opacity ?? 0.6) * strength(value, options);
    const colour = colourOf(value, options);
    for (let c = 0; c < 3; c++) {
      const under = data[3 * i + c] as number;
      data[3 * i + c] = Math.round(under + alpha * ((colour[c] as number) - under));
    }
  }
  return { width: thumb.width, height: thumb.height, data };
}

function strength(value: number, options: HeatmapOptions): number {
  return options.kind === "signed" ? Math.sqrt(Math.abs(onScale(value, options))) : 1;
}

/** Mean value over each pixel of the thumbnail; NaN where no tile lies. */
function meanValues(thumb: Raster, downsample: number, places: TilePlaces, values: Float32Array): Float64Array {
  const sums = new Float64Array(thumb.width * thumb.height);
  const counts = new Uint16Array(sums.length);
  for (let t = 0; t < values.length; t++) {
    const value = values[t] as number;
    if (Number.isNaN(value))
      throw new RangeError(`expected a number for tile ${t}, received NaN; check the prediction`);
    const x0 = (places.x[t] as number) / downsample;
    const y0 = (places.y[t] as number) / downsample;
    const [left, right] = pixelsUnder(x0, x0 + places.side / downsample, thumb.width);
    const [top, bottom] = pixelsUnder(y0, y0 + places.side / downsample, thumb.height);
    for (let y = top; y < bottom; y++) {
      for (let i = y * thumb.width + left; i < y * thumb.width + right; i++) {
        sums[i] = (sums[i] as number) + value;
        counts[i] = (counts[i] as number) + 1;
      }
    }
  }
  return sums.map((sum, i) => (counts[i] === 0 ? Number.NaN : sum / (counts[i] as number)));
}

/** Pixels whose centre lies in [from, to), and at least one, so that no tile vanishes from a small thumbnail. */
function pixelsUnder(from: number, to: number, length: number): [number, number] {
  const first = Math.min(length - 1, Math.max(0, Math.ceil(from - 0.5)));
  return [first, Math.max(first + 1, Math.min(length, Math.ceil(to - 0.5)))];
}

/** An H&E picture drawn by formula, with nuclei whose places are known: for tests of what looks at pixels, not at files. */
import { type Point, randomStream } from "@nacre/core";
import type { Raster } from "../src/index.ts";
import { HED } from "../src/stain/hed.ts";

export interface DrawnTissue {
  readonly raster: Raster;
  readonly nuclei: readonly Point[];
}

export interface DrawnOptions {
  readonly side: number;
  /** Micrometres a pixel. */
  readonly mpp: number;
  /** Nuclei to place. Their radius is 3 to 4.5 um. */
  readonly nuclei: number;
  /** Least distance of their centres, micrometres. */
  readonly apart: number;
  /** Share of the width, from the left, that is bare glass. */
  readonly glass?: number;
}

/** Pink ground with fibres, purple discs. The same options give the same picture. */
export function drawTissue({ side, mpp, nuclei, apart, glass = 0 }: DrawnOptions): DrawnTissue {
  const random = randomStream(17, "tissue-picture", nuclei);
  const places: (Point & { readonly radius: number })[] = [];
  const left = glass * side;
  for (let attempts = 0; places.length < nuclei && attempts < 200 * nuclei; attempts++) {
    const radius = (3 + 1.5 * random.uniform()) / mpp;
    const x = left + radius + (side - left - 2 * radius) * random.uniform();
    const y = radius + (side - 2 * radius) * random.uniform();
    if (places.every((p) => Math.hypot(p.x - x, p.y - y) * mpp >= apart)) places.push({ x, y, radius });
  }
  const dye = new Float32Array(side * side);
  for (const { x, y, radius } of places) {
    for (let v = Math.max(0, Math.floor(y - radius)); v < Math.min(side, y + radius + 1); v++) {
      for (let u = Math.max(0, Math.floor(x - radius)); u < Math.min(side, x + radius + 1); u++) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(u + 0.5 - x, v + 0.5 - y)));
        dye[v * side + u] = Math.max(dye[v * side + u] as number, 0.85 * cover);
      }
    }
  }
  const data = new Uint8Array(side * side * 3).fill(245);
  for (let y = 0; y < side; y++) {
    for (let x = Math.ceil(left); x < side; x++) {
      const i = y * side + x;
      const h = 0.06 + (dye[i] as number);
      const e = 0.3 + 0.08 * Math.sin((x * 0.9 + 3 * Math.sin(y / 9)) * mpp) + 0.02 * random.normal();
      for (let c = 0; c < 3; c++) {
        const density = h * (HED[0][c as 0] as number) + e * (HED[1][c as 0] as number) - Math.log10(245 / 255);
        data[3 * i + c] = Math.max(0, Math.min(255, Math.round(256 * 10 ** -density - 1)));
      }
    }
  }
  return { raster: { width: side, height: side, data }, nuclei: places };
}

/** A copy with every pixel inside `where` changed: its grey levels become what `to` says. */
export function changed(
  raster: Raster,
  where: (x: number, y: number) => boolean,
  to: (grey: number, channel: number, x: number, y: number) => number,
): Raster {
  const data = raster.data.slice();
  for (let y = 0; y < raster.height; y++) {
    for (let x = 0; x < raster.width; x++) {
      if (!where(x, y)) continue;
      const p = 3 * (y * raster.width + x);
      for (let c = 0; c < 3; c++)
        data[p + c] = Math.max(0, Math.min(255, Math.round(to(data[p + c] as number, c, x, y))));
    }
  }
  return { ...raster, data };
}

/** The picture that tools/oracles/pillow_images.py draws, by the same formula. */
import type { Raster } from "../src/index.ts";

export function picture(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, at++) {
        const step = (Math.floor(x / 8) * 5 + Math.floor(y / 4) * 7) % 3;
        data[at] = (x * 3 + y * 2 + c * 40 + step * 60) % 256;
      }
    }
  }
  return { width, height, data };
}

/** A part of a raster; outside is white. The slow and obvious way, to hold the reader against. */
export function partOf(raster: Raster, x: number, y: number, width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height * 3).fill(255);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [u, v] = [x + column, y + row];
      if (u < 0 || v < 0 || u >= raster.width || v >= raster.height) continue;
      for (let c = 0; c < 3; c++) {
        out[(row * width + column) * 3 + c] = raster.data[(v * raster.width + u) * 3 + c] as number;
      }
    }
  }
  return out;
}

/** Tiles made from nothing, seeded: pink ground with purple discs, so that every feature has something to see. */
import { randomStream } from "@nacre/core";
import type { Raster } from "@nacre/imaging";

const HEMATOXYLIN = [0.65, 0.7, 0.29];
const EOSIN = [0.07, 0.99, 0.11];

export interface TileOptions {
  /** Multiplies both stain densities. */
  readonly strength?: number;
  /** Radius of the discs in pixels. */
  readonly radius?: number;
  /** Spread of the noise in grey levels. */
  readonly noise?: number;
}

/** An RGB tile of size x size pixels. */
export function tissueTile(size: number, seed: number, options: TileOptions = {}): Raster {
  const { strength = 1, radius = 6, noise = 4 } = options;
  const random = randomStream(seed, "tile");
  const discs = Array.from({ length: Math.round((size * size) / 500) }, () => [
    random.uniform() * size,
    random.uniform() * size,
    radius * (0.8 + 0.4 * random.uniform()),
  ]);
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const isNucleus = discs.some(([cx = 0, cy = 0, r = 0]) => (x - cx) ** 2 + (y - cy) ** 2 < r * r);
      const eosin = 0.25 + 0.08 * Math.sin(x / 9) * Math.cos(y / 13);
      const grain = noise * random.normal();
      for (let c = 0; c < 3; c++) {
        const density = (isNucleus ? 0.55 : 0.06) * (HEMATOXYLIN[c] as number) + eosin * (EOSIN[c] as number);
        data[(y * size + x) * 3 + c] = Math.max(
          0,
          Math.min(255, Math.round(255 * 10 ** (-strength * density) + grain)),
        );
      }
    }
  }
  return { width: size, height: size, data };
}

/** A tile of one colour. */
export function flatTile(size: number, rgb: readonly [number, number, number]): Raster {
  return {
    width: size,
    height: size,
    data: Uint8Array.from({ length: size * size * 3 }, (_, i) => rgb[i % 3] as number),
  };
}

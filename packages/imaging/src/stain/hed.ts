/**
 * The fixed directions of haematoxylin and eosin (Ruifrok and Johnston 2001, Anal Quant Cytol Histol 23:291; the third is normal
 * to both), and colour augmentation in them (Tellez et al. 2018, IEEE TMI 37:2126: every amount is multiplied and shifted).
 */
import { randomStream } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import { densityTables, greyOf, type Triple, WHITE } from "./optical-density.ts";
import type { Stained } from "./stain-profile.ts";
import { cross, dot, inverseColumns, type Matrix3, unit } from "./three-by-three.ts";

/** Optical density directions in red, green and blue, as printed. */
export const HAEMATOXYLIN: Triple = [0.65, 0.7, 0.29];
export const EOSIN: Triple = [0.07, 0.99, 0.11];

/** Rows of haematoxylin, eosin and what is normal to both, each of unit length. */
export const HED: Matrix3 = [unit(HAEMATOXYLIN), unit(EOSIN), unit(cross(unit(HAEMATOXYLIN), unit(EOSIN)))];

/** dot(density, column) is the amount of a dye. */
export const HED_COLUMNS: Matrix3 = inverseColumns(HED);

export interface JitterOptions {
  readonly seed: number;
  /** Amounts are multiplied by something from 1 - spread to 1 + spread. Default 0.05. */
  readonly spread?: number;
  /** And shifted by something from -shift to +shift, in units of optical density. Default 0.01. */
  readonly shift?: number;
}

/**
 * The same tissue as another laboratory might have stained it. The same seed gives the same colours whatever the pixels, so that
 * all tiles of one bag can be moved together.
 * @throws RangeError for a spread or shift outside 0..1
 */
export function jitterStain(raster: Raster, options: JitterOptions): Stained {
  const { seed, spread = 0.05, shift = 0.01 } = options;
  for (const [name, v] of Object.entries({ spread, shift })) {
    if (!(v >= 0 && v < 1)) throw new RangeError(`expected ${name} from 0 to below 1, received ${v}`);
  }
  const random = randomStream(seed, "hed-jitter");
  const around = (size: number): number => size * (2 * random.uniform() - 1);
  const scale: Triple = [1 + around(spread), 1 + around(spread), 1 + around(spread)];
  const moved: Triple = [around(shift), around(shift), around(shift)];
  return {
    raster: recoloured(raster, scale, moved),
    applied: { method: "hed-jitter", seed, scale, shift: moved },
  };
}

/** Density' = density times one matrix plus one vector: unmix, scale, shift and mix in one go. */
function recoloured(raster: Raster, scale: Triple, shift: Triple): Raster {
  const tables = densityTables(WHITE);
  const mix = (channel: 0 | 1 | 2): Triple => {
    const weight = (from: 0 | 1 | 2): number =>
      [0, 1, 2].reduce((sum, k) => sum + HED_COLUMNS[k as 0][from] * scale[k as 0] * HED[k as 0][channel], 0);
    return [weight(0), weight(1), weight(2)];
  };
  const rows = [mix(0), mix(1), mix(2)] as const;
  const added = ([0, 1, 2] as const).map((c) => shift.reduce((sum, s, k) => sum + s * HED[k as 0][c], 0));
  const data = new Uint8Array(raster.data.length);
  for (let p = 0; p < data.length; p += 3) {
    const od: Triple = [
      tables[0][raster.data[p] as number] as number,
      tables[1][raster.data[p + 1] as number] as number,
      tables[2][raster.data[p + 2] as number] as number,
    ];
    for (let c = 0; c < 3; c++) data[p + c] = greyOf(dot(rows[c as 0], od) + (added[c] as number), 255);
  }
  return { width: raster.width, height: raster.height, data };
}

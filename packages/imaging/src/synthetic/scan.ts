/**
 * From dyes to pixels, as a microscope and a scanner do it: concentrations times stain vectors give optical densities
 * (Beer and Lambert), light is what is left of the white point, then the scanner's tone curve and noise.
 * Vectors default to the reference stains of Macenko et al. 2009.
 */
import { randomStream } from "@nacre/core";
import { BORDER, type Canvas, SIDE, TILE } from "./canvas.ts";
import { NOISE_SIDE, noiseTables } from "./noise.ts";
import type { SyntheticSlideSpec } from "./spec.ts";

/** Steps of optical density in the tone table, and how many to a unit of density. */
const STEPS = 1024;
const PER_DENSITY = 420;
/** Tones and noise are whole numbers in sixteenths of a grey level, so that pixels are made without rounding floats. */
const FINE = 16;

export interface Scanner {
  /** [3][STEPS] grey level in sixteenths for each step of density. */
  readonly tone: readonly [Int16Array, Int16Array, Int16Array];
  /** Steps of density for one unit of dye, red, green, blue. */
  readonly haematoxylin: readonly [number, number, number];
  readonly eosin: readonly [number, number, number];
  readonly blur: number;
  /** [NOISE_SIDE * NOISE_SIDE] noise in sixteenths of a grey level. */
  readonly noise: Int16Array;
  readonly seed: number;
}

export function buildScanner(spec: SyntheticSlideSpec): Scanner {
  const { stain = {}, scanner = {} } = spec;
  const white = scanner.white ?? [243, 242, 244];
  const gamma = scanner.gamma ?? 1;
  const tone = (level: number): Int16Array =>
    Int16Array.from({ length: STEPS }, (_, i) => Math.round(FINE * level * 10 ** ((-gamma * i) / PER_DENSITY)));
  const scaled = (v: readonly [number, number, number], strength: number): [number, number, number] => [
    v[0] * strength * PER_DENSITY,
    v[1] * strength * PER_DENSITY,
    v[2] * strength * PER_DENSITY,
  ];
  return {
    tone: [tone(white[0]), tone(white[1]), tone(white[2])],
    haematoxylin: scaled(stain.haematoxylin ?? [0.5626, 0.7201, 0.4062], stain.haematoxylinStrength ?? 1),
    eosin: scaled(stain.eosin ?? [0.2159, 0.8012, 0.5581], stain.eosinStrength ?? 1),
    blur: scanner.blur ?? 0.08,
    noise: scaledNoise(FINE * (scanner.noise ?? 1.6)),
    seed: spec.seed,
  };
}

/**
 * Scans the canvas into `rgb` [TILE, TILE, 3]: each pixel's dyes are blurred with their four neighbours, turned into
 * light, and given noise that `tileX, tileY` seed.
 */
export function scan(scanner: Scanner, canvas: Canvas, rgb: Uint8Array, tileX: number, tileY: number): void {
  const { haematoxylin, eosin } = canvas;
  const [hr, hg, hb] = scanner.haematoxylin;
  const [er, eg, eb] = scanner.eosin;
  const [red, green, blue] = scanner.tone;
  const { noise, blur } = scanner;
  const own = 1 - 4 * blur;
  const wrap = NOISE_SIDE * NOISE_SIDE - 1;
  let n = randomStream(scanner.seed, "noise", tileX, tileY).bits() & wrap;
  for (let y = 0, p = 0; y < TILE; y++) {
    const row = (y + BORDER) * SIDE + BORDER;
    for (let i = row; i < row + TILE; i++, p += 3, n += 3) {
      const h = own * value(haematoxylin, i) + blur * around(haematoxylin, i);
      const e = own * value(eosin, i) + blur * around(eosin, i);
      rgb[p] = level(red, h * hr + e * er, noise[n & wrap] as number);
      rgb[p + 1] = level(green, h * hg + e * eg, noise[(n + 1) & wrap] as number);
      rgb[p + 2] = level(blue, h * hb + e * eb, noise[(n + 2) & wrap] as number);
    }
  }
}

const value = (plane: Float32Array, i: number): number => plane[i] as number;

function around(plane: Float32Array, i: number): number {
  return value(plane, i - 1) + value(plane, i + 1) + value(plane, i - SIDE) + value(plane, i + SIDE);
}

function level(tone: Int16Array, density: number, noise: number): number {
  const step = density | 0;
  const v = ((tone[step < STEPS ? step : STEPS - 1] as number) + noise + FINE / 2) >> 4;
  return v < 0 ? 0 : v > 255 ? 255 : v;
}

function scaledNoise(deviation: number): Int16Array {
  const { grain } = noiseTables();
  const out = new Int16Array(grain.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.round(deviation * (grain[i] as number));
  return out;
}

/** Bare glass, with the noise of its own. */
export function scanGlass(scanner: Scanner, rgb: Uint8Array): void {
  const empty: Canvas = {
    x: -BORDER,
    y: -BORDER,
    haematoxylin: new Float32Array(SIDE * SIDE),
    eosin: new Float32Array(SIDE * SIDE),
  };
  scan(scanner, empty, rgb, -1, -1);
}

/**
 * Tileable noise, 512 x 512, mean 0 and deviation 1, made once a process and the same for every slide; slides differ
 * by where they start to read. Looking a number up is ten times cheaper than making one for each of 10^8 pixels.
 */
import { type Random, randomStream } from "@nacre/core";

export const NOISE_SIDE = 512;
const WRAP = NOISE_SIDE - 1;
const CELLS = NOISE_SIDE * NOISE_SIDE;

export interface NoiseTables {
  /** White: each pixel on its own. */
  readonly grain: Float32Array;
  /** Soft blobs about 40 pixels across. */
  readonly cloud: Float32Array;
  /** Wavy threads along x. */
  readonly fibre: Float32Array;
}

let tables: NoiseTables | undefined;

export function noiseTables(): NoiseTables {
  tables ??= makeTables();
  return tables;
}

function makeTables(): NoiseTables {
  const random = randomStream(1, "noise");
  const grain = white(random);
  const cloud = standardised(blur(blur(blur(white(random), 14, 14), 11, 11), 8, 8));
  const threads = blur(blur(white(random), 18, 0), 14, 1);
  return { grain, cloud, fibre: standardised(waved(threads, cloud)) };
}

function white(random: Random): Float32Array {
  return Float32Array.from({ length: CELLS }, () => random.normal());
}

/** Bends threads by a slow wave and by the clouds, both of which wrap around. */
function waved(threads: Float32Array, cloud: Float32Array): Float32Array {
  return Float32Array.from({ length: CELLS }, (_, i) => {
    const x = i & WRAP;
    const y = i >> 9;
    const shift = 9 * Math.sin((4 * Math.PI * x) / NOISE_SIDE) + 7 * (cloud[i] as number);
    return threads[(((y + Math.round(shift)) & WRAP) << 9) | x] as number;
  });
}

/** Box means along x and y with the given radii, wrapping around. */
function blur(plane: Float32Array, radiusX: number, radiusY: number): Float32Array {
  const rows = new Float32Array(CELLS);
  for (let y = 0; y < NOISE_SIDE; y++) slide(plane, rows, y << 9, 1, radiusX);
  const out = new Float32Array(CELLS);
  for (let x = 0; x < NOISE_SIDE; x++) slide(rows, out, x, NOISE_SIDE, radiusY);
  return out;
}

function slide(from: Float32Array, to: Float32Array, start: number, stride: number, radius: number): void {
  let sum = 0;
  for (let k = -radius; k <= radius; k++) sum += from[start + (k & WRAP) * stride] as number;
  for (let i = 0; i < NOISE_SIDE; i++) {
    to[start + i * stride] = sum / (2 * radius + 1);
    sum +=
      (from[start + ((i + radius + 1) & WRAP) * stride] as number) -
      (from[start + ((i - radius) & WRAP) * stride] as number);
  }
}

function standardised(plane: Float32Array): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const v of plane) {
    sum += v;
    squares += v * v;
  }
  const mean = sum / CELLS;
  const deviation = Math.sqrt(squares / CELLS - mean * mean);
  return plane.map((v) => (v - mean) / deviation);
}

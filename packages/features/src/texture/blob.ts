/**
 * Dark round spots of the hematoxylin density at two sizes: small (about 11 pixels of the tile across) and large (about 23).
 * Source: Lindeberg 1998, Int J Comput Vis 30:79 (blobs as extrema in scale space); the Laplacian is approximated by a difference
 * of Gaussians with ratio 1.6 (Marr and Hildreth 1980). Strengths are taken against the spread of the density in the same tile.
 * Departure: one scale a size, extrema in place only; borders mirrored.
 */
import { featuresOf, type PyramidPlane, type TextureFamily } from "./family.ts";
import { mirror } from "./gabor.ts";
import { type Moments, momentsOf } from "./moments.ts";

const NARROW = 1.6;
/** What must still be blurred to come from NARROW to 1.6 * NARROW. */
const WIDENING = NARROW * Math.sqrt(1.6 * 1.6 - 1);
const RADIUS = 5;
/** A maximum counts from this many standard deviations of the response, and from this density. */
const PROMINENCE = 1;
const LEAST = 0.01;
const FLAT = 1e-3;
const NAMES = ["count", "strength", "energy", "skewness"];

export function blobFamily(size: number): TextureFamily {
  const finders = [makeFinder(size >> 1), makeFinder(size >> 2)] as const;
  return {
    features: [...featuresOf("blob-small", NAMES, true), ...featuresOf("blob-large", NAMES, true)],
    measure(planes, out, at) {
      finders[0](planes.pyramid[0] as PyramidPlane, out, at);
      finders[1](planes.pyramid[1] as PyramidPlane, out, at + NAMES.length);
    },
  };
}

type Finder = (plane: PyramidPlane, out: Float32Array, at: number) => void;

function makeFinder(side: number): Finder {
  const narrow = new Float32Array(side * side);
  const wide = new Float32Array(side * side);
  const rows = new Float32Array(side * side);
  const line = new Float32Array(side + 2 * RADIUS);
  const moments: Moments = { mean: 0, sd: 0, skewness: 0, kurtosis: 0 };
  const narrowTaps = gaussianTaps(NARROW);
  const wideningTaps = gaussianTaps(WIDENING);
  return ({ data }, out, at) => {
    momentsOf(data, moments);
    const spread = moments.sd;
    blur(data, side, narrowTaps, rows, line, narrow);
    blur(narrow, side, wideningTaps, rows, line, wide);
    for (let i = 0; i < wide.length; i++) wide[i] = (narrow[i] as number) - (wide[i] as number);
    momentsOf(wide, moments);
    const peaks = findPeaks(wide, side, Math.max(PROMINENCE * moments.sd, LEAST));
    // Peaks per 100 x 100 pixels of the plane, so that tiles of different sizes compare.
    out[at] = (peaks.count * 1e4) / (side * side);
    out[at + 1] = peaks.count === 0 || spread < FLAT ? 0 : peaks.sum / peaks.count / spread;
    out[at + 2] = spread < FLAT ? 0 : moments.sd / spread;
    out[at + 3] = moments.skewness;
  };
}

/** One half of a symmetric Gaussian of sum 1: the middle tap first. */
export function gaussianTaps(sigma: number): Float64Array {
  const half = Float64Array.from({ length: RADIUS + 1 }, (_, k) => Math.exp(-(k * k) / (2 * sigma * sigma)));
  const sum = half.reduce((a, b) => a + 2 * b, -(half[0] as number));
  return half.map((v) => v / sum);
}

/** Separable blur. `rows` and `line` are scratch; `to` may be `from`. The taps are unrolled: it is twice as fast. */
function blur(
  from: Float32Array,
  side: number,
  taps: Float64Array,
  rows: Float32Array,
  line: Float32Array,
  to: Float32Array,
): void {
  const [t0, t1, t2, t3, t4, t5] = taps as unknown as [number, number, number, number, number, number];
  for (let y = 0; y < side; y++) {
    const base = y * side;
    for (let x = -RADIUS; x < side + RADIUS; x++) line[x + RADIUS] = from[base + mirror(x, side)] as number;
    for (let x = 0; x < side; x++) {
      rows[base + x] =
        (line[x + 5] as number) * t0 +
        ((line[x + 4] as number) + (line[x + 6] as number)) * t1 +
        ((line[x + 3] as number) + (line[x + 7] as number)) * t2 +
        ((line[x + 2] as number) + (line[x + 8] as number)) * t3 +
        ((line[x + 1] as number) + (line[x + 9] as number)) * t4 +
        ((line[x] as number) + (line[x + 10] as number)) * t5;
    }
  }
  const row = (y: number): number => mirror(y, side) * side;
  for (let y = 0; y < side; y++) {
    const base = y * side;
    const [a1, b1, a2, b2] = [row(y - 1), row(y + 1), row(y - 2), row(y + 2)];
    const [a3, b3, a4, b4] = [row(y - 3), row(y + 3), row(y - 4), row(y + 4)];
    const [a5, b5] = [row(y - 5), row(y + 5)];
    for (let x = 0; x < side; x++) {
      to[base + x] =
        (rows[base + x] as number) * t0 +
        ((rows[a1 + x] as number) + (rows[b1 + x] as number)) * t1 +
        ((rows[a2 + x] as number) + (rows[b2 + x] as number)) * t2 +
        ((rows[a3 + x] as number) + (rows[b3 + x] as number)) * t3 +
        ((rows[a4 + x] as number) + (rows[b4 + x] as number)) * t4 +
        ((rows[a5 + x] as number) + (rows[b5 + x] as number)) * t5;
    }
  }
}

/** Places above `least` that are higher than all eight neighbours. */
export function findPeaks(plane: Float32Array, side: number, least: number): { count: number; sum: number } {
  let count = 0;
  let sum = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      const v = plane[i] as number;
      if (v <= least || v <= (plane[i - 1] as number) || v <= (plane[i + 1] as number)) continue;
      const up = i - side;
      const down = i + side;
      if (v <= (plane[up] as number) || v <= (plane[up - 1] as number) || v <= (plane[up + 1] as number)) continue;
      if (v <= (plane[down] as number) || v <= (plane[down - 1] as number) || v <= (plane[down + 1] as number))
        continue;
      count++;
      sum += v;
    }
  }
  return { count, sum };
}

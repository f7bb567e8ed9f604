/**
 * Gabor responses of the hematoxylin density at three wavelengths: 8, 16 and 32 pixels of the tile. Source: Daugman 1985 (the
 * complex Gabor function) and Kather 2016, Sci Rep 6:27988 (responses made independent of direction by averaging over it).
 * How: one kernel of wavelength 4 on the 1/2, 1/4 and 1/8 planes. A round Gaussian times exp(i(ux + vy)) is a product of a row
 * and a column filter, and the directions 45 and 135 degrees share their rows. Departures: 4 directions; magnitude (no phase),
 * taken at every second row and column; borders mirrored.
 */
import { featuresOf, type PyramidPlane, type TextureFamily } from "./family.ts";

const WAVELENGTH = 4;
/** Spread of the Gaussian for a bandwidth of one octave. */
const SIGMA = 0.56 * WAVELENGTH;
const RADIUS = 5;
const TAPS = 2 * RADIUS + 1;
const FLAT = 1e-3;

/** Row or column filter of one frequency: Gaussian of sum 1 times cos and sin. Frequency 0 gives the Gaussian itself. */
export function gaborTaps(frequency: number): { even: Float64Array; odd: Float64Array } {
  const gaussian = Float64Array.from({ length: TAPS }, (_, i) => Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA * SIGMA)));
  const sum = gaussian.reduce((a, b) => a + b, 0);
  return {
    even: gaussian.map((g, i) => (g / sum) * Math.cos(2 * Math.PI * frequency * (i - RADIUS))),
    odd: gaussian.map((g, i) => (g / sum) * Math.sin(2 * Math.PI * frequency * (i - RADIUS))),
  };
}

const SMOOTH = gaborTaps(0).even;
const STRAIGHT = gaborTaps(1 / WAVELENGTH);
const SLANTED = gaborTaps(Math.SQRT1_2 / WAVELENGTH);
const STRENGTH_NAMES = ["mean"];
const SHAPE_NAMES = ["relative-mean", "cv", "anisotropy"];

export function gaborFamily(size: number): TextureFamily {
  const banks = [size >> 1, size >> 2, size >> 3].map(makeBank);
  return {
    features: [8, 16, 32].flatMap((wavelength) => [
      ...featuresOf(`gabor${wavelength}`, STRENGTH_NAMES, false),
      ...featuresOf(`gabor${wavelength}`, SHAPE_NAMES, true),
    ]),
    measure(planes, out, at) {
      for (let i = 0; i < banks.length; i++) {
        (banks[i] as Bank)(planes.pyramid[i] as PyramidPlane, out, at + i * 4);
      }
    },
  };
}

type Bank = (plane: PyramidPlane, out: Float32Array, at: number) => void;

/** Filters for planes of one side, with their memory. */
function makeBank(side: number): Bank {
  const padded = side + 2 * RADIUS;
  const steps = Math.ceil(side / 2);
  const source = new Float32Array(padded * padded);
  // Rows filtered at every second column: [5, padded, steps], for smooth, straight even and odd, slanted even and odd.
  const rows = Array.from({ length: 5 }, () => new Float32Array(padded * steps));
  const magnitude = new Float64Array(4);
  return (plane, out, at) => {
    const spread = pad(plane, source);
    filterRows(source, padded, steps, rows);
    let sum = 0;
    let squares = 0;
    magnitude.fill(0);
    for (let y = 0; y < steps; y++) {
      for (let x = 0; x < steps; x++) {
        const mean = respond(rows, steps, y, x, magnitude);
        sum += mean;
        squares += mean * mean;
      }
    }
    const n = steps * steps;
    const mean = sum / n;
    const sd = Math.sqrt(Math.max(0, squares / n - mean * mean));
    const most = Math.max(...magnitude) / n;
    const least = Math.min(...magnitude) / n;
    out[at] = mean;
    out[at + 1] = spread < FLAT ? 0 : mean / spread;
    out[at + 2] = spread < FLAT ? 0 : sd / mean;
    out[at + 3] = spread < FLAT ? 0 : (most - least) / mean;
  };
}

/** The plane less its mean, mirrored outwards, into `source`; returns its standard deviation. */
function pad({ side, data }: PyramidPlane, source: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    sum += data[i] as number;
    squares += (data[i] as number) * (data[i] as number);
  }
  const mean = sum / data.length;
  const padded = side + 2 * RADIUS;
  for (let y = 0; y < padded; y++) {
    const from = mirror(y - RADIUS, side) * side;
    for (let x = 0; x < padded; x++) source[y * padded + x] = (data[from + mirror(x - RADIUS, side)] as number) - mean;
  }
  return Math.sqrt(Math.max(0, squares / data.length - mean * mean));
}

/** Index of a plane mirrored at its border, the border itself not repeated. */
export function mirror(i: number, side: number): number {
  if (i < 0) return -i;
  return i >= side ? 2 * side - 2 - i : i;
}

function filterRows(source: Float32Array, padded: number, steps: number, rows: readonly Float32Array[]): void {
  const [smooth, straightEven, straightOdd, slantedEven, slantedOdd] = rows as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const straight = STRAIGHT;
  const slanted = SLANTED;
  for (let y = 0; y < padded; y++) {
    for (let x = 0; x < steps; x++) {
      const p = y * padded + 2 * x;
      let s = (source[p + RADIUS] as number) * (SMOOTH[RADIUS] as number);
      let a = (source[p + RADIUS] as number) * (straight.even[RADIUS] as number);
      let b = 0;
      let c = (source[p + RADIUS] as number) * (slanted.even[RADIUS] as number);
      let d = 0;
      // Even filters weigh the sum of the two sides, odd ones their difference.
      for (let k = 1; k <= RADIUS; k++) {
        const right = source[p + RADIUS + k] as number;
        const left = source[p + RADIUS - k] as number;
        const both = right + left;
        const gap = right - left;
        s += both * (SMOOTH[RADIUS + k] as number);
        a += both * (straight.even[RADIUS + k] as number);
        b += gap * (straight.odd[RADIUS + k] as number);
        c += both * (slanted.even[RADIUS + k] as number);
        d += gap * (slanted.odd[RADIUS + k] as number);
      }
      const q = y * steps + x;
      smooth[q] = s;
      straightEven[q] = a;
      straightOdd[q] = b;
      slantedEven[q] = c;
      slantedOdd[q] = d;
    }
  }
}

/** Adds the magnitudes of the four directions at one place to `magnitude` and returns their mean. */
function respond(rows: readonly Float32Array[], steps: number, y: number, x: number, magnitude: Float64Array): number {
  const [smooth, straightEven, straightOdd, slantedEven, slantedOdd] = rows as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const middle = (2 * y + RADIUS) * steps + x;
  let acrossEven = (straightEven[middle] as number) * (SMOOTH[RADIUS] as number);
  let acrossOdd = (straightOdd[middle] as number) * (SMOOTH[RADIUS] as number);
  let downEven = (smooth[middle] as number) * (STRAIGHT.even[RADIUS] as number);
  let downOdd = 0;
  let ee = (slantedEven[middle] as number) * (SLANTED.even[RADIUS] as number);
  let oe = (slantedOdd[middle] as number) * (SLANTED.even[RADIUS] as number);
  let eo = 0;
  let oo = 0;
  for (let k = 1; k <= RADIUS; k++) {
    const p = middle + k * steps;
    const q = middle - k * steps;
    const smoothTap = SMOOTH[RADIUS + k] as number;
    const even = SLANTED.even[RADIUS + k] as number;
    const odd = SLANTED.odd[RADIUS + k] as number;
    acrossEven += ((straightEven[p] as number) + (straightEven[q] as number)) * smoothTap;
    acrossOdd += ((straightOdd[p] as number) + (straightOdd[q] as number)) * smoothTap;
    downEven += ((smooth[p] as number) + (smooth[q] as number)) * (STRAIGHT.even[RADIUS + k] as number);
    downOdd += ((smooth[p] as number) - (smooth[q] as number)) * (STRAIGHT.odd[RADIUS + k] as number);
    ee += ((slantedEven[p] as number) + (slantedEven[q] as number)) * even;
    oe += ((slantedOdd[p] as number) + (slantedOdd[q] as number)) * even;
    eo += ((slantedEven[p] as number) - (slantedEven[q] as number)) * odd;
    oo += ((slantedOdd[p] as number) - (slantedOdd[q] as number)) * odd;
  }
  const across = Math.sqrt(acrossEven * acrossEven + acrossOdd * acrossOdd);
  const down = Math.sqrt(downEven * downEven + downOdd * downOdd);
  const falling = Math.sqrt((ee - oo) * (ee - oo) + (eo + oe) * (eo + oe));
  const rising = Math.sqrt((ee + oo) * (ee + oo) + (eo - oe) * (eo - oe));
  magnitude[0] = (magnitude[0] as number) + across;
  magnitude[1] = (magnitude[1] as number) + down;
  magnitude[2] = (magnitude[2] as number) + falling;
  magnitude[3] = (magnitude[3] as number) + rising;
  return (across + down + falling + rising) / 4;
}

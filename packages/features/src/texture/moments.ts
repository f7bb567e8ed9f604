/**
 * Mean, spread, shape and quantiles of the stain densities and of grey intensity, and how the stains relate.
 * Source: densities as in Ruifrok and Johnston 2001; lower-order histogram features as in Kather 2016, Sci Rep 6:27988.
 * Departures: quantiles come from a histogram of fixed bins; skewness and kurtosis (excess) of a flat plane are 0.
 */
import { featuresOf, type TextureFamily, type TexturePlanes } from "./family.ts";
import { allocateHistogram, densityHistogram, fillHistogram, type Histogram, quantile } from "./histogram.ts";

const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;
const LEVEL_NAMES = ["mean", "sd", "q05", "q25", "q50", "q75", "q95"];
const SHAPE_NAMES = ["skewness", "kurtosis"];
const FLAT = 1e-4;

export interface Moments {
  mean: number;
  sd: number;
  skewness: number;
  kurtosis: number;
}

/** Central moments of a plane into `into`. */
export function momentsOf(values: Float32Array, into: Moments): void {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < n; i++) {
    const v = (values[i] as number) - mean;
    const square = v * v;
    second += square;
    third += square * v;
    fourth += square * square;
  }
  const variance = second / n;
  into.mean = mean;
  into.sd = Math.sqrt(variance);
  into.skewness = into.sd < FLAT ? 0 : third / n / (variance * into.sd);
  into.kurtosis = into.sd < FLAT ? 0 : fourth / n / (variance * variance) - 3;
}

export function momentFamily(): TextureFamily {
  const moments: Moments = { mean: 0, sd: 0, skewness: 0, kurtosis: 0 };
  const density = densityHistogram();
  const intensity = allocateHistogram(0, 1, 256);
  const one = (values: Float32Array, histogram: Histogram, out: Float32Array, at: number): void => {
    momentsOf(values, moments);
    fillHistogram(histogram, values);
    out[at] = moments.mean;
    out[at + 1] = moments.sd;
    for (let i = 0; i < SHARES.length; i++) {
      out[at + 2 + i] = quantile(histogram, SHARES[i] as number, values.length);
    }
    out[at + 7] = moments.skewness;
    out[at + 8] = moments.kurtosis;
  };
  return {
    features: ["hematoxylin", "eosin", "grey"].flatMap((plane) => [
      ...featuresOf(plane, LEVEL_NAMES, false),
      // Grey is an intensity: a stronger stain bends its histogram.
      ...featuresOf(plane, SHAPE_NAMES, plane !== "grey"),
    ]),
    measure(planes, out, at) {
      one(planes.h, density, out, at);
      one(planes.e, density, out, at + 9);
      one(planes.grey, intensity, out, at + 18);
    },
  };
}

/** How the stains relate: their shares and spreads against their means, which a stronger stain leaves alone. */
export function relationFamily(): TextureFamily {
  return {
    features: [
      ...featuresOf("stain", ["hematoxylin-cv", "eosin-cv", "hematoxylin-share", "correlation"], true),
      ...featuresOf("stain", ["residual-mean", "residual-sd", "stained-share"], false),
    ],
    measure: measureRelations,
  };
}

/** Total density above which a pixel counts as stained. */
const STAINED = 0.15;
/** Below this mean density a ratio says nothing: it is taken against this instead. */
const FLOOR = 0.02;

function measureRelations({ h, e, residual }: TexturePlanes, out: Float32Array, at: number): void {
  const n = h.length;
  let hs = 0;
  let es = 0;
  let rs = 0;
  let hh = 0;
  let ee = 0;
  let rr = 0;
  let he = 0;
  let hPositive = 0;
  let positive = 0;
  let stained = 0;
  for (let i = 0; i < n; i++) {
    const a = h[i] as number;
    const b = e[i] as number;
    const c = residual[i] as number;
    hs += a;
    es += b;
    rs += c;
    hh += a * a;
    ee += b * b;
    rr += c * c;
    he += a * b;
    const aPositive = a > 0 ? a : 0;
    hPositive += aPositive;
    positive += aPositive + (b > 0 ? b : 0);
    if (a + b > STAINED) stained++;
  }
  const hm = hs / n;
  const em = es / n;
  const rm = rs / n;
  const hSd = Math.sqrt(Math.max(0, hh / n - hm * hm));
  const eSd = Math.sqrt(Math.max(0, ee / n - em * em));
  out[at] = hSd / Math.max(hm, FLOOR);
  out[at + 1] = eSd / Math.max(em, FLOOR);
  out[at + 2] = positive / n < FLOOR ? 0.5 : hPositive / positive;
  out[at + 3] = hSd < FLAT || eSd < FLAT ? 0 : (he / n - hm * em) / (hSd * eSd);
  out[at + 4] = rm;
  out[at + 5] = Math.sqrt(Math.max(0, rr / n - rm * rm));
  out[at + 6] = stained / n;
}

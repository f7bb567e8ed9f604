/**
 * Colours moved so that their mean and deviation become those of a reference, in the opponent space of Ruderman (Reinhard et al.
 * 2001, IEEE CG&A 21(5):34): RGB → LMS → log10 → l, alpha, beta. Departures, both because a slide is partly glass: statistics are
 * those of stained pixels, and a pixel is moved in proportion to its density up to the stained one, so that glass stays glass.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import { densityTables, type Triple, WHITE } from "./optical-density.ts";
import { type ColourProfile, MIN_DENSITY, MIN_PIXELS, type StainFitOptions } from "./stain-profile.ts";
import { dot, inverseColumns, type Matrix3 } from "./three-by-three.ts";

/** From the paper, equation 4 (RGB to LMS). */
const LMS: Matrix3 = [
  [0.3811, 0.5783, 0.0402],
  [0.1967, 0.7244, 0.0782],
  [0.0241, 0.1288, 0.8444],
];
/** Equation 6: from log LMS to l, alpha, beta; its rows are orthonormal, so the way back is its transpose. */
const OPPONENT: Matrix3 = [
  [1 / Math.sqrt(3), 1 / Math.sqrt(3), 1 / Math.sqrt(3)],
  [1 / Math.sqrt(6), 1 / Math.sqrt(6), -2 / Math.sqrt(6)],
  [1 / Math.sqrt(2), -1 / Math.sqrt(2), 0],
];
const BACK_TO_LOG = transpose(OPPONENT);
const BACK_TO_RGB = transpose(inverseColumns(LMS));
/** A deviation below this is none. */
const MIN_DEVIATION = 1e-4;

/** Colour statistics of the stained pixels. Fails with no-tissue (blank) or too-few (one colour). */
export function fitReinhard(rasters: readonly Raster[], options: StainFitOptions = {}): Outcome<ColourProfile> {
  const white = options.white ?? WHITE;
  const least = options.minDensity ?? MIN_DENSITY;
  const tables = densityTables(white);
  const sum = [0, 0, 0];
  const squares = [0, 0, 0];
  let n = 0;
  for (const { data } of rasters) {
    for (let p = 0; p < data.length; p += 3) {
      if (meanDensity(tables, data, p) < least) continue;
      n++;
      const v = opponentOf(data[p] as number, data[p + 1] as number, data[p + 2] as number);
      for (let c = 0; c < 3; c++) {
        sum[c] = (sum[c] as number) + v[c as 0];
        squares[c] = (squares[c] as number) + v[c as 0] ** 2;
      }
    }
  }
  if (n < MIN_PIXELS) {
    return fail("no-tissue", {
      expected: `at least ${MIN_PIXELS} pixels with a mean optical density of ${least}`,
      received: `${n}`,
      remedy: "fit the stain on tiles of tissue; a blank tile has none",
    });
  }
  const mean = sum.map((s) => s / n) as [number, number, number];
  const deviation = squares.map((s, c) => Math.sqrt(Math.max(0, s / n - mean[c as 0] ** 2))) as [
    number,
    number,
    number,
  ];
  if (Math.min(...deviation) < MIN_DEVIATION) {
    return fail("too-few", {
      expected: "colours that differ",
      received: `deviations of ${deviation.map((d) => d.toPrecision(2)).join(", ")}`,
      remedy: "fit the stain on tiles that show nuclei and what surrounds them",
    });
  }
  return ok({ method: "reinhard", mean, deviation, white });
}

/** Pixels with the colours of `to`, given those they have. */
export function towardsColours(raster: Raster, from: ColourProfile, to: ColourProfile): Raster {
  const tables = densityTables(from.white);
  const data = new Uint8Array(raster.data.length);
  const gain = from.deviation.map((d, c) => to.deviation[c as 0] / d) as [number, number, number];
  for (let p = 0; p < data.length; p += 3) {
    const own: Triple = [raster.data[p] as number, raster.data[p + 1] as number, raster.data[p + 2] as number];
    const share = Math.min(1, Math.max(0, meanDensity(tables, raster.data, p) / MIN_DENSITY));
    const v = opponentOf(own[0], own[1], own[2]);
    const at = (c: 0 | 1 | 2): number => (v[c] - from.mean[c]) * gain[c] + to.mean[c];
    const rgb = rgbOf([at(0), at(1), at(2)]);
    for (let c = 0; c < 3; c++) {
      const grey = own[c as 0] + share * (rgb[c as 0] - own[c as 0]);
      data[p + c] = grey <= 0 ? 0 : grey >= 255 ? 255 : Math.round(grey);
    }
  }
  return { width: raster.width, height: raster.height, data };
}

function meanDensity(tables: readonly [Float64Array, Float64Array, Float64Array], data: Uint8Array, p: number): number {
  const [red, green, blue] = tables;
  return (
    ((red[data[p] as number] as number) +
      (green[data[p + 1] as number] as number) +
      (blue[data[p + 2] as number] as number)) /
    3
  );
}

/** Grey levels + 1 over 256, so that black has a logarithm. */
function opponentOf(r: number, g: number, b: number): Triple {
  const rgb: Triple = [(r + 1) / 256, (g + 1) / 256, (b + 1) / 256];
  const log: Triple = [Math.log10(dot(LMS[0], rgb)), Math.log10(dot(LMS[1], rgb)), Math.log10(dot(LMS[2], rgb))];
  return [dot(OPPONENT[0], log), dot(OPPONENT[1], log), dot(OPPONENT[2], log)];
}

function rgbOf(v: Triple): Triple {
  const lms: Triple = [10 ** dot(BACK_TO_LOG[0], v), 10 ** dot(BACK_TO_LOG[1], v), 10 ** dot(BACK_TO_LOG[2], v)];
  const at = (c: 0 | 1 | 2): number => 256 * dot(BACK_TO_RGB[c], lms) - 1;
  return [at(0), at(1), at(2)];
}

function transpose(m: Matrix3): Matrix3 {
  const column = (c: 0 | 1 | 2): Triple => [m[0][c], m[1][c], m[2][c]];
  return [column(0), column(1), column(2)];
}

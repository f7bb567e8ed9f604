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
  const own = raster.data;
  const data = new Uint8Array(own.length);
  const [row0, row1, row2, shift] = inLogLms(from, to);
  for (let p = 0; p < data.length; p += 3) {
    const share = Math.min(1, meanDensity(tables, own, p) / MIN_DENSITY);
    if (!(share > 0)) {
      data.set(own.subarray(p, p + 3), p);
      continue;
    }
    const [r, g, b] = [(own[p] as number) + 1, (own[p + 1] as number) + 1, (own[p + 2] as number) + 1];
    const l = Math.log((LMS[0][0] * r + LMS[0][1] * g + LMS[0][2] * b) / 256);
    const m = Math.log((LMS[1][0] * r + LMS[1][1] * g + LMS[1][2] * b) / 256);
    const s = Math.log((LMS[2][0] * r + LMS[2][1] * g + LMS[2][2] * b) / 256);
    const l1 = Math.exp(row0[0] * l + row0[1] * m + row0[2] * s + shift[0]);
    const m1 = Math.exp(row1[0] * l + row1[1] * m + row1[2] * s + shift[1]);
    const s1 = Math.exp(row2[0] * l + row2[1] * m + row2[2] * s + shift[2]);
    for (let c = 0; c < 3; c++) {
      const [x, y, z] = BACK_TO_RGB[c as 0];
      const before = own[p + c] as number;
      const grey = before + share * (256 * (x * l1 + y * m1 + z * s1) - 1 - before);
      data[p + c] = grey <= 0 ? 0 : grey >= 255 ? 255 : Math.round(grey);
    }
  }
  return { width: raster.width, height: raster.height, data };
}

/**
 * The way there and back through the opponent axes is affine in the natural logarithms of LMS: rows of B G A, then the shift
 * ln 10 B (mean of `to` - G mean of `from`), for A to the axes, B back, G the ratios of deviations.
 */
function inLogLms(from: ColourProfile, to: ColourProfile): readonly [Triple, Triple, Triple, Triple] {
  const axes = [0, 1, 2] as const;
  const gain = axes.map((c) => to.deviation[c] / from.deviation[c]);
  const cell = (i: 0 | 1 | 2, j: 0 | 1 | 2): number =>
    axes.reduce<number>((sum, k) => sum + BACK_TO_LOG[i][k] * (gain[k] as number) * OPPONENT[k][j], 0);
  const row = (i: 0 | 1 | 2): Triple => [cell(i, 0), cell(i, 1), cell(i, 2)];
  const step = (k: 0 | 1 | 2): number => to.mean[k] - (gain[k] as number) * from.mean[k];
  const moved = (i: 0 | 1 | 2): number => Math.LN10 * dot(BACK_TO_LOG[i], [step(0), step(1), step(2)]);
  return [row(0), row(1), row(2), [moved(0), moved(1), moved(2)]];
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

function transpose(m: Matrix3): Matrix3 {
  const column = (c: 0 | 1 | 2): Triple => [m[0][c], m[1][c], m[2][c]];
  return [column(0), column(1), column(2)];
}

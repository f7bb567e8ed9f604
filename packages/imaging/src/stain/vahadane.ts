/**
 * Dyes by sparse non-negative factors (the model of Vahadane et al. 2016, IEEE TMI 35:1962): densities are amounts times two
 * directions, amounts are not negative and few, min 1/2 |V - H W|^2 + lambda |H|_1. Departures: our solver alternates the exact
 * two-dye answer with one round of block descent on the directions, from Ruifrok's vectors, a fixed number of times, on at most
 * 50,000 evenly chosen pixels; the authors learn online with drawn samples. Lambda is theirs in decadic units: 0.1 / ln 10.
 */
import { type Outcome, ok } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import { dyeAmounts, sparseAmounts } from "./dye-amounts.ts";
import { EOSIN, HAEMATOXYLIN } from "./hed.ts";
import { stained, strengths, twoDyes } from "./macenko.ts";
import { type Triple, WHITE } from "./optical-density.ts";
import type { DyeProfile, StainFitOptions } from "./stain-profile.ts";
import { unit } from "./three-by-three.ts";

export const SPARSITY = 0.1 / Math.LN10;
const ROUNDS = 60;
const MOST_PIXELS = 50_000;

/** Profile of the stain of one raster or of many tiles of one slide. Fails with no-tissue (blank) or too-few (one dye). */
export function fitVahadane(rasters: readonly Raster[], options: StainFitOptions = {}): Outcome<DyeProfile> {
  const all = stained(rasters, options);
  if (!all.ok) return all;
  const rows = evenly(all.value, MOST_PIXELS);
  let h = unit(HAEMATOXYLIN);
  let e = unit(EOSIN);
  for (let round = 0; round < ROUNDS; round++) {
    const amounts = dyeAmounts(rows, sparseAmounts(h, e, SPARSITY));
    const { hh, he, ee, hv, ev } = moments(amounts, rows);
    if (hh === 0 || ee === 0) return oneDye(h);
    h = unit(notNegative(hv, e, he));
    e = unit(notNegative(ev, h, he));
    const apart = twoDyes(h, e);
    if (!apart.ok) return apart;
  }
  const [haematoxylin, eosin] = h[0] > e[0] ? [h, e] : [e, h];
  const strength = strengths(all.value, sparseAmounts(haematoxylin, eosin, SPARSITY));
  if (Math.min(...strength) === 0) return oneDye(h);
  return ok({ method: "vahadane", haematoxylin, eosin, strength, white: options.white ?? WHITE });
}

/** A dye that no pixel has leaves one direction. */
const oneDye = (h: Triple): Outcome<never> => twoDyes(h, h) as Outcome<never>;

/** Rows [n, 3] thinned to at most `most`, every k-th. */
function evenly(rows: Float64Array, most: number): Float64Array {
  const step = Math.ceil(rows.length / 3 / most);
  if (step <= 1) return rows;
  const n = Math.ceil(rows.length / 3 / step);
  return Float64Array.from({ length: 3 * n }, (_, i) => rows[3 * step * Math.floor(i / 3) + (i % 3)] as number);
}

/** Sums of products of the amounts [n, 2] with themselves and with the densities [n, 3]. */
function moments(amounts: Float64Array, rows: Float64Array) {
  let [hh, he, ee] = [0, 0, 0];
  const hv: [number, number, number] = [0, 0, 0];
  const ev: [number, number, number] = [0, 0, 0];
  for (let i = 0, p = 0; i < amounts.length; i += 2, p += 3) {
    const a = amounts[i] as number;
    const b = amounts[i + 1] as number;
    hh += a * a;
    he += a * b;
    ee += b * b;
    for (let c = 0; c < 3; c++) {
      const v = rows[p + c] as number;
      hv[c as 0] += a * v;
      ev[c as 0] += b * v;
    }
  }
  return { hh, he, ee, hv, ev };
}

/** The direction that fits best beside the other one; its length is set to 1 afterwards, so nothing is divided. */
function notNegative(own: Triple, other: Triple, shared: number): Triple {
  const at = (c: 0 | 1 | 2): number => Math.max(1e-12, own[c] - shared * other[c]);
  return [at(0), at(1), at(2)];
}

/**
 * The directions of two dyes from the pixels themselves (Macenko et al. 2009, ISBI, "A method for normalizing histology
 * slides"): the plane of the two strongest eigenvectors of the densities, then the 1st and 99th percentile of angle in it.
 * Departures: eigenvectors of the covariance in place of a singular value decomposition (the same plane); two directions less
 * than 4 degrees apart are one dye, and refused.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";
import { dyeAmounts, leastSquares, type Unmix } from "./dye-amounts.ts";
import { stainedDensities, type Triple, WHITE } from "./optical-density.ts";
import { percentile, sortedPercentile } from "./percentile.ts";
import { type DyeProfile, MIN_DENSITY, MIN_PIXELS, type StainFitOptions } from "./stain-profile.ts";
import { covariance, dot, eigenvectors, unit } from "./three-by-three.ts";

const SHARE = 0.01;
const STRENGTH_SHARE = 0.99;
/** Degrees between the two directions below which they are one dye. */
const MIN_ANGLE = 4;

/** Profile of the stain of one raster or of many tiles of one slide. Fails with no-tissue (blank) or too-few (one dye). */
export function fitMacenko(rasters: readonly Raster[], options: StainFitOptions = {}): Outcome<DyeProfile> {
  const white = options.white ?? WHITE;
  const densities = stained(rasters, options);
  if (!densities.ok) return densities;
  const [first, second] = eigenvectors(covariance(densities.value)).map((e) => e.vector) as [Triple, Triple];
  const angles = new Float64Array(densities.value.length / 3);
  const sign = first[0] + first[1] + first[2] < 0 ? -1 : 1;
  for (let i = 0, p = 0; i < angles.length; i++, p += 3) {
    const od: Triple = [
      densities.value[p] as number,
      densities.value[p + 1] as number,
      densities.value[p + 2] as number,
    ];
    angles[i] = Math.atan2(dot(od, second), sign * dot(od, first));
  }
  angles.sort();
  const along = (angle: number): Triple => {
    const [c, s] = [sign * Math.cos(angle), Math.sin(angle)];
    return unit([c * first[0] + s * second[0], c * first[1] + s * second[1], c * first[2] + s * second[2]]);
  };
  const a = along(sortedPercentile(angles, SHARE));
  const b = along(sortedPercentile(angles, 1 - SHARE));
  const apart = twoDyes(a, b);
  if (!apart.ok) return apart;
  const [haematoxylin, eosin] = a[0] > b[0] ? [a, b] : [b, a];
  const strength = strengths(densities.value, leastSquares(haematoxylin, eosin));
  return ok({ method: "macenko", haematoxylin, eosin, strength, white });
}

/** Densities of the stained pixels [n, 3], or no-tissue where there are too few. */
export function stained(rasters: readonly Raster[], options: StainFitOptions): Outcome<Float64Array> {
  const least = options.minDensity ?? MIN_DENSITY;
  const densities = stainedDensities(rasters, options.white ?? WHITE, least);
  const n = densities.length / 3;
  if (n >= MIN_PIXELS) return ok(densities);
  return fail("no-tissue", {
    expected: `at least ${MIN_PIXELS} pixels with an optical density of ${least} in every channel`,
    received: `${n}`,
    remedy: "fit the stain on tiles of tissue; a blank tile has none",
  });
}

/** Refuses two directions that are one. */
export function twoDyes(a: Triple, b: Triple): Outcome<null> {
  const degrees = (Math.acos(Math.min(1, dot(a, b))) * 180) / Math.PI;
  if (degrees >= MIN_ANGLE) return ok(null);
  return fail("too-few", {
    expected: `two dyes, at least ${MIN_ANGLE} degrees of optical density apart`,
    received: `one: the directions are ${degrees.toFixed(1)} degrees apart`,
    remedy: "fit the stain on tiles that show nuclei and what surrounds them, or leave this slide as it is",
  });
}

/** 99th percentiles of the amounts of both dyes in densities [n, 3]. */
export function strengths(densities: Float64Array, unmix: Unmix): readonly [number, number] {
  const amounts = dyeAmounts(densities, unmix);
  const of = (dye: 0 | 1): number =>
    percentile(
      Float64Array.from({ length: amounts.length / 2 }, (_, i) => amounts[2 * i + dye] as number),
      STRENGTH_SHARE,
    );
  return [of(0), of(1)];
}

/**
 * Grey levels of optical densities without a power for each pixel: the density at which each grey level ends, and a table of where
 * to begin the search. Equal to greyOf but for densities within a rounding error of an end.
 */
import { greyOf } from "./optical-density.ts";

/** Bins to a unit of density: fine enough that a search looks at two ends, seldom three. */
const PER_DENSITY = 1024;
/** Beyond this density every grey level is 0. */
const DARKEST = 3;

/** The function that greyOf is for one white. */
export function greyTable(white: number): (density: number) => number {
  const ends = new Float64Array(256);
  for (let v = 1; v < 256; v++) ends[v] = -Math.log10((v + 0.5) / (white + 1));
  ends[0] = Number.POSITIVE_INFINITY;
  const first = new Uint8Array(DARKEST * PER_DENSITY);
  for (let k = 0; k < first.length; k++) first[k] = greyOf(k / PER_DENSITY, white);
  return (density) => {
    if (!(density >= 0)) return greyOf(density, white);
    if (density >= DARKEST) return 0;
    let grey = first[(density * PER_DENSITY) | 0] as number;
    while (density > (ends[grey] as number)) grey--;
    return grey;
  };
}

/**
 * Fixed colours that slides are moved to, so that no slide of a cohort decides how the others look. Each has a name that goes
 * wherever features are named: features made with another reference are others.
 *
 * `veta-2013`: the two directions and their strengths of M. Veta's program for the method of Macenko et al. 2009, used by most
 * tools since; strengths there are natural logarithms, here decadic. `amgad-2019`: mean and deviation of a picture of breast cancer
 * (TCGA-A2-A3XS, Amgad et al. 2019, Bioinformatics 35:3461) that HistomicsTK moves to; natural logarithms of 0..255 there.
 */
import { type Triple, WHITE } from "./optical-density.ts";
import type { StainMethod, StainProfile } from "./stain-profile.ts";
import { unit } from "./three-by-three.ts";

export interface StainReference {
  readonly name: string;
  readonly profile: StainProfile;
}

const decadic = (natural: number): number => natural / Math.LN10;

const DYES = {
  haematoxylin: unit([0.5626, 0.7201, 0.4062]),
  eosin: unit([0.2159, 0.8012, 0.5581]),
  strength: [decadic(1.9705), decadic(1.0308)],
  white: WHITE,
} as const;

/** l has the logarithm of each of three numbers of 0..255 in it; ours are of 0..1. */
const MEAN: Triple = [decadic(8.74108109 - Math.sqrt(3) * Math.log(256)), decadic(-0.12440419), decadic(0.0444982)];
const DEVIATION: Triple = [decadic(0.6135447), decadic(0.10989545), decadic(0.0286032)];

/** What a slide is moved to by a method. */
export function stainReference(method: StainMethod): StainReference {
  if (method === "reinhard") {
    return { name: "amgad-2019", profile: { method, mean: MEAN, deviation: DEVIATION, white: WHITE } };
  }
  return { name: "veta-2013", profile: { method, ...DYES } };
}

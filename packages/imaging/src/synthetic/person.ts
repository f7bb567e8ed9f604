/** Everything a slide's tiles share: its anatomy, how this person's benign tissue looks, and the stamps of its nuclei. */
import { randomStream } from "@nacre/core";
import { type Anatomy, BARE, drawAnatomy } from "./anatomy.ts";
import { EPITHELIAL, LYMPHOID, type NucleusStamp, nucleusStamps, STROMAL, TUMOUR } from "./nucleus.ts";
import type { SyntheticSlideSpec } from "./spec.ts";

export interface Person {
  readonly anatomy: Anatomy;
  /** Pixels in a micrometre. */
  readonly pixel: number;
  /** Keys for chance that belongs to a place. */
  readonly key: number;
  readonly noiseX: number;
  readonly noiseY: number;
  /** Nuclei in benign stroma, in multiples of the usual. */
  readonly density: number;
  readonly glands: number;
  readonly stromal: readonly NucleusStamp[];
  readonly epithelial: readonly NucleusStamp[];
  readonly lymphoid: readonly NucleusStamp[];
  readonly tumour: readonly NucleusStamp[];
}

/** Draws the person behind a slide. Benign tissue varies by the seed where the spec does not fix it. */
export function drawPerson(spec: SyntheticSlideSpec): Person {
  const random = randomStream(spec.seed, "person");
  const pixel = 1 / (spec.mpp ?? 0.5);
  const density = spec.benign?.density ?? 0.6 + 1.1 * random.uniform();
  const size = spec.benign?.size ?? 0.88 + 0.26 * random.uniform();
  const glands = spec.benign?.glands ?? 0.45 + 0.5 * random.uniform();
  const aggregates = spec.benign?.aggregates ?? random.below(4);
  const stamps = randomStream(spec.seed, "nuclei");
  const tumourSize = 0.92 + 0.16 * random.uniform();
  return {
    anatomy: spec.kind === "blank" ? BARE : drawAnatomy(spec, pixel, aggregates),
    pixel,
    key: random.bits() | 0,
    noiseX: random.below(512),
    noiseY: random.below(512),
    density,
    glands,
    stromal: nucleusStamps(STROMAL, pixel, size, stamps),
    epithelial: nucleusStamps(EPITHELIAL, pixel, size, stamps),
    lymphoid: nucleusStamps(LYMPHOID, pixel, 1, stamps),
    tumour: nucleusStamps(TUMOUR, pixel, tumourSize, stamps),
  };
}

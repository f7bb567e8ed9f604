/** A slide as numbers: n instances with d features each, and where each instance lay. */
import { fail, type Outcome, ok } from "./outcome.ts";

export interface Bag {
  /** Row-major [n, d]. */
  readonly features: Float32Array;
  readonly n: number;
  readonly d: number;
  /** Top-left corner of each tile, level-0 pixels, [n]. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Side of a tile in level-0 pixels; null where the file does not say. */
  readonly side: number | null;
  /** Name of the vector space the features live in: the encoder's name, or "unknown". */
  readonly space: string;
}

/** Refuses bags a model cannot learn from: none at all, or a value that is not a finite number. */
export function checkBag(bag: Bag, name: string): Outcome<Bag> {
  if (bag.n < 1) {
    return fail("empty-bag", {
      expected: `at least one tile in the bag of ${name}`,
      received: "none",
      remedy: "check the tissue settings, or leave the slide out of the cohort",
    });
  }
  for (let i = 0; i < bag.features.length; i++) {
    const v = bag.features[i] as number;
    if (v - v !== 0) {
      return fail("not-finite", {
        expected: `finite features for ${name}`,
        received: `${v} at tile ${Math.floor(i / bag.d)}, feature ${i % bag.d}`,
        remedy: "encode the slide again; if the features come from elsewhere, find out which tile produced them",
      });
    }
  }
  return ok(bag);
}

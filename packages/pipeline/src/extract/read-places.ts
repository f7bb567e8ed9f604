/** Where the tiles of a feature file lie on the slide. Files of other tools may not say, or say it in another frame. */
import type { Bag, Outcome } from "@nacre/core";
import { ok } from "@nacre/core";
import { readBag } from "@nacre/features/node";
import type { Extracted } from "./slide-state.ts";

/** Corners of the tiles and their side, level-0 pixels. */
export interface Places {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly side: number;
}

/** The bag of a slide, and the places of its tiles; null where the file does not tell them in level-0 pixels. */
export async function readPlaces(extracted: Extracted): Promise<Outcome<{ bag: Bag; places: Places | null }>> {
  const read = await readFeatures(extracted.features, extracted.slideFile === null ? extracted.mpp : null);
  if (!read.ok) return read;
  const bag = read.value;
  const side = bag.side ?? bag.meta.stride ?? extracted.side;
  const places = bag.meta.frame === "level-0" && side !== null ? { x: bag.x, y: bag.y, side } : null;
  return ok({ bag, places });
}

/** A feature file; `mpp` is the level-0 scale where only the cohort knows it (STAMP writes micrometres). */
export function readFeatures(path: string, mpp: number | null): ReturnType<typeof readBag> {
  return readBag(path, mpp === null ? {} : { mpp });
}

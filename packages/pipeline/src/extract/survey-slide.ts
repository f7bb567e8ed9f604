/** The first steps of the staircase on one file: open, find tissue, lay tiles. Cheap, and all that `nacre tissue` and `nacre tiles` need. */
import { fail, mpp, type Outcome, ok } from "@nacre/core";
import { findTissue, layTiles, type SlideInfo, type Tiles, type Tissue } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import type { StudyFile } from "../study/study-schema.ts";

export interface Survey {
  readonly info: SlideInfo;
  readonly tissue: Tissue;
  readonly tiles: Tiles;
}

export interface SurveyOptions {
  /** Scale given by the user, micrometres per pixel; null to believe the file. */
  readonly given: number | null;
  readonly tiles: StudyFile["tiles"];
  readonly signal?: AbortSignal;
}

/** The scale to give when a slide is opened: `fill` where its file holds none that can be believed, else null. */
export async function fillScale(path: string, fill: number | null): Promise<number | null> {
  if (fill === null) return null;
  const slide = await openSlideFile(path);
  if (!slide.ok) return fill;
  const known = slide.value.info.mpp !== null;
  slide.value.close();
  return known ? null : fill;
}

/** Failures of the reader, then no-scale, no-tissue, too-few-tiles. */
export async function surveySlide(path: string, options: SurveyOptions): Promise<Outcome<Survey>> {
  const slide = await openSlideFile(path, options.given === null ? {} : { mpp: options.given });
  if (!slide.ok) return slide;
  try {
    const tissue = await findTissue(slide.value, {}, options.signal);
    if (!tissue.ok) return tissue;
    const { size, overlap, minTissue, minTiles } = options.tiles;
    const tiles = layTiles(slide.value, tissue.value, { mpp: mpp(options.tiles.mpp), size, overlap, minTissue });
    if (!tiles.ok) return tiles;
    if (tiles.value.n < minTiles) {
      return fail("too-few-tiles", {
        expected: `at least ${minTiles} tiles (tiles.minTiles)`,
        received: `${tiles.value.n} in ${path}`,
        remedy: "lower tiles.minTiles or tiles.minTissue, or leave the slide out",
      });
    }
    return ok({ info: slide.value.info, tissue: tissue.value, tiles: tiles.value });
  } finally {
    slide.value.close();
  }
}

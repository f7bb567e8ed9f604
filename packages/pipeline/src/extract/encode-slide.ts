/** The whole staircase from a slide file to a feature file, for one slide. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { checkBag, type Outcome, ok, type SlideId, unwrap } from "@nacre/core";
import { type EncodePool, encodeTiles, writeBag } from "@nacre/features/node";
import { isSynthetic, type SlideInfo } from "@nacre/imaging";
import { guardDisk } from "../run/write-file.ts";
import { slideColour } from "./slide-colour.ts";
import type { Extracted } from "./slide-state.ts";
import { type Survey, type SurveyOptions, surveySlide } from "./survey-slide.ts";

export interface EncodeSlideOptions extends SurveyOptions {
  readonly slide: SlideId;
  /** Registry name or folder. */
  readonly encoder: string;
  readonly pool: EncodePool;
  /** Told what was found before a tile is encoded, so that nobody need look for it again. */
  readonly found?: (survey: Survey) => void;
}

export type EncodedSlide = Omit<Extracted, "features" | "slideFile" | "hash" | "sha256" | "quality">;

/**
 * Encodes `path` into the feature file `output` (TRIDENT layout). Failures of the survey and of slideColour, broken-tile, not-finite, cancelled.
 * @throws FailureError disk-full, no-permission: the place of the output, not the slide, is at fault
 */
export async function encodeSlide(
  path: string,
  output: string,
  options: EncodeSlideOptions,
): Promise<Outcome<EncodedSlide>> {
  const survey = await surveySlide(path, options);
  if (!survey.ok) return survey;
  options.found?.(survey.value);
  const { info, tissue, tiles } = survey.value;
  const given = options.given === null ? {} : { mpp: options.given };
  const coloured = await slideColour(path, tiles, options);
  if (!coloured.ok) return coloured;
  const colour = coloured.value;
  const bag = await encodeTiles(path, given, tiles, options.encoder, {
    pool: options.pool,
    colour: colour?.tiles,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (!bag.ok) return bag;
  const checked = checkBag(bag.value, options.slide);
  if (!checked.ok) return checked;
  guardDisk(output, () => mkdirSync(dirname(output), { recursive: true }));
  const written = await writeBag(output, bag.value, {
    name: options.slide,
    encoder: bag.value.space,
    mpp: options.tiles.mpp,
    size: options.tiles.size,
    overlap: options.tiles.overlap,
    width: info.width,
    height: info.height,
    objective: info.objective,
    tissue: tiles.tissue,
    decoder: info.reader,
    colour: colourText(info, colour?.told.colour),
    ...(colour?.stain == null ? {} : { stain: colour.stain }),
  });
  // A full disk or a missing right ends the run: it is not a fault of the slide.
  unwrap(written);
  return ok({
    tiles: bag.value.n,
    d: bag.value.d,
    space: bag.value.space,
    side: tiles.side,
    placed: true,
    width: info.width,
    height: info.height,
    mpp: info.mpp,
    mppSource: info.mppSource,
    mppInFile: info.mppInFile,
    tissueMm2: tissue.areaMm2,
    penShare: tissue.penFraction,
    synthetic: isSynthetic(info),
    ...colour?.told,
    warnings: [...info.warnings, ...(colour?.warnings ?? [])],
  });
}

/** What was done to the colours, for whoever compares features. */
function colourText({ icc, window }: SlideInfo, asked: string | undefined): string {
  const profile = asked ?? (icc ? "as stored, with an ICC profile that was not applied" : "as stored, no ICC profile");
  return window === undefined ? profile : `${profile}; samples ${window[0]} to ${window[1]} as 0 to 255`;
}

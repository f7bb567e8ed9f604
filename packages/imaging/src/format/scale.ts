/** Which scale a slide gets: what its file says, when that can be true, or what the user gave. */
import { type Mpp, type Outcome, ok, parseMpp } from "@nacre/core";
import type { Reading } from "../bytes/reading.ts";
import type { OpenOptions, SlideInfo } from "../slide/slide.ts";
import type { TiffDirectory, TiffFile } from "./tiff-directory.ts";
import { TAG } from "./tiff-tags.ts";
import { numberOf } from "./tiff-values.ts";

export type Scale = Pick<SlideInfo, "mpp" | "mppSource" | "mppInFile"> & { readonly warnings: readonly string[] };

/**
 * Settles the scale. An impossible value in the file is no failure: pixels can be read, and a warning names it.
 * An impossible value from the user is one (`implausible-scale`).
 */
export function settleScale(inFile: number | null, options: OpenOptions, name: string): Outcome<Scale> {
  const warnings: string[] = [];
  let mpp: Mpp | null = null;
  if (inFile !== null) {
    const parsed = parseMpp(inFile, name);
    if (parsed.ok) mpp = parsed.value;
    else warnings.push(`the file says ${shortNumber(inFile)} um/px, which no microscope has: ignored`);
  }
  if (options.mpp === undefined)
    return ok({ mpp, mppSource: mpp === null ? null : "file", mppInFile: inFile, warnings });
  const given = parseMpp(options.mpp, "the scale given");
  if (!given.ok) return given;
  if (mpp !== null && Math.abs(given.value / mpp - 1) > 0.001) {
    warnings.push(`the scale given (${given.value} um/px) replaces the file's (${shortNumber(mpp)} um/px)`);
  }
  return ok({ mpp: given.value, mppSource: "given", mppInFile: inFile, warnings });
}

const MICRONS_PER_UNIT: Readonly<Record<number, number>> = { 2: 25_400, 3: 10_000 };

/** Micrometres per pixel from XResolution, YResolution and ResolutionUnit, or null where a tag or the unit is absent. */
export function* tiffMpp(tiff: TiffFile, directory: TiffDirectory): Reading<number | null> {
  const unit = MICRONS_PER_UNIT[yield* numberOf(tiff, directory, TAG.resolutionUnit, 2)];
  const x = yield* numberOf(tiff, directory, TAG.xResolution, Number.NaN);
  const y = yield* numberOf(tiff, directory, TAG.yResolution, x);
  if (unit === undefined || !(x > 0 && y > 0) || !Number.isFinite(x + y)) return null;
  return Math.sqrt((unit / x) * (unit / y));
}

const shortNumber = (value: number): string => String(Number(value.toPrecision(6)));

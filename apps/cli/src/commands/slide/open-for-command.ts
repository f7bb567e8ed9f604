/** What the subcommands of `nacre slide` share: opening a file with --mpp, writing a PNG. */
import { unwrap } from "@nacre/core";
import type { OpenOptions } from "@nacre/imaging";
import { COLOURS, choiceOption } from "../../choice-option.ts";
import { mppOption } from "../../number-option.ts";
import { writeOutput } from "../../write-output.ts";

/** The slide of a file, with the scale of --mpp where the file has none. */
export async function openForCommand(file: string, mpp: string | undefined, options: OpenOptions = {}) {
  const { openSlideFile } = await import("@nacre/imaging/node");
  const fill = mppOption(mpp);
  const slide = unwrap(await openSlideFile(file, options));
  if (fill === null || slide.info.mpp !== null) return slide;
  slide.close();
  return unwrap(await openSlideFile(file, { ...options, mpp: fill }));
}

/**
 * The slide with --colour, and what was done with its colours: null where they were left as they are stored. A slide without an
 * ICC profile is taken for sRGB, and that is told.
 */
export async function openColoured(file: string, colour: string, options: OpenOptions) {
  if (choiceOption(colour, "--colour", COLOURS) === "stored") {
    return { source: await openForCommand(file, undefined, options), colour: null };
  }
  const source = await openForCommand(file, undefined, options);
  if (!source.info.icc) {
    const { noProfileText } = await import("@nacre/pipeline");
    return { source, colour: `taken for sRGB, ${noProfileText(source.info)}` };
  }
  source.close();
  const applied = await openForCommand(file, undefined, { ...options, icc: "apply" });
  return { source: applied, colour: applied.info.iccApplied ?? "to sRGB" };
}

/** Writes pixels as a PNG, aside and then in its place. */
export async function writePng(
  path: string,
  raster: { width: number; height: number; data: Uint8Array },
): Promise<void> {
  const { encodePng } = await import("@nacre/imaging/node");
  await writeOutput(path, await encodePng(raster));
}

/** What the subcommands of `nacre slide` share: opening a file with --mpp, writing a PNG. */
import { unwrap } from "@nacre/core";
import type { OpenOptions } from "@nacre/imaging";
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

/** Writes pixels as a PNG, aside and then in its place. */
export async function writePng(
  path: string,
  raster: { width: number; height: number; data: Uint8Array },
): Promise<void> {
  const { encodePng } = await import("@nacre/imaging/node");
  await writeOutput(path, await encodePng(raster));
}

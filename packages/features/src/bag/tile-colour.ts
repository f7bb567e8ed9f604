/**
 * What is done to the colours of a slide's tiles before an encoder sees them. The profile of a stain is the slide's own, fitted once
 * and given to every thread, so that the features do not depend on how tiles are shared out.
 */
import type { OpenOptions, Raster, StainProfile } from "@nacre/imaging";
import { stainMover } from "@nacre/imaging";

export interface TileColour {
  /** Turn pixels into sRGB with the slide's own ICC profile: a slide that holds none fails. */
  readonly icc: boolean;
  /** How the slide is stained and what it is moved to; null leaves the stain. */
  readonly stain: { readonly from: StainProfile; readonly to: StainProfile } | null;
  /** What was asked, as the space of the features ends ("srgb", "macenko@veta-2013"): features of other colours never mix. */
  readonly space: string;
}

/** How a slide is opened for these colours. */
export function colourOptions(colour: TileColour | undefined): Pick<OpenOptions, "icc"> {
  return colour?.icc === true ? { icc: "apply" } : {};
}

/** What is done to each tile once it is read. */
export function recolourer(colour: TileColour | undefined): (tile: Raster) => Raster {
  const stain = colour?.stain ?? null;
  return stain === null ? (tile) => tile : stainMover(stain.from, stain.to);
}

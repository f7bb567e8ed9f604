/** What a study does to the colours of its slides, in words: once, for the report, the model card and the checklist. */
import { stainReference } from "@nacre/imaging";
import type { SurveyOptions } from "./survey-slide.ts";

/** null where colours stay as they are stored. */
export function coloursText({ colour, stain }: Pick<SurveyOptions["tiles"], "colour" | "stain">): string | null {
  const icc =
    colour === "srgb"
      ? ["colours in sRGB by the ICC profile of each slide (a slide without one was taken for sRGB)"]
      : [];
  const moved =
    stain === undefined || stain === "none"
      ? []
      : [
          `stain measured on each slide alone (${stain}) and moved to the fixed reference ${stainReference(stain).name}`,
        ];
  const all = [...icc, ...moved];
  return all.length === 0 ? null : all.join("; ");
}

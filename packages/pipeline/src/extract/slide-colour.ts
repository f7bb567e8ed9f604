/**
 * What a study does to the colours of one slide before its tiles are encoded: its ICC profile applied, its stain moved to that of a
 * fixed reference. Both follow from the slide alone: no other slide, no label and no part of a split is looked at. Tissue and the
 * places of tiles are found on the colours as stored, so they are the same whatever is asked here.
 */
import { createHash } from "node:crypto";
import { canonicalJson, fail, type Outcome, ok } from "@nacre/core";
import type { TileColour } from "@nacre/features/node";
import {
  fitSlideStain,
  type Slide,
  type SlideInfo,
  type StainProfile,
  stainReference,
  type Tiles,
} from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import type { SurveyOptions } from "./survey-slide.ts";

/** What was asked for of a slide's colours, and found. */
export interface SlideColour {
  readonly tiles: TileColour;
  /** One sentence each, for tables; absent where nothing was asked. */
  readonly told: { readonly colour?: string; readonly stain?: string };
  /** The stain, with everything it was moved by, as JSON for the feature file; null where it was left. */
  readonly stain: string | null;
  readonly warnings: readonly string[];
}

type Asked = Pick<SurveyOptions["tiles"], "colour" | "stain">;

/** Bumped when what is done to colours changes. */
const COLOUR_RECIPE = 1;

/** What features depend on beside these options themselves; nothing where colours stay as they are stored. */
export function colourKey(asked: Asked): { readonly colour?: readonly [recipe: number, space: string] } {
  const space = colourSpace(asked);
  return space === null ? {} : { colour: [COLOUR_RECIPE, space] };
}

/** How the space of the features ends for these options; null where colours stay as they are stored. */
export function colourSpace({ colour, stain }: Asked): string | null {
  const parts = [
    ...(colour === undefined || colour === "stored" ? [] : [colour]),
    ...(stain === undefined || stain === "none" ? [] : [`${stain}@${stainReference(stain).name}`]),
  ];
  return parts.length === 0 ? null : parts.join("/");
}

/**
 * The colours of a slide whose tiles are laid; null where they stay as they are stored. Failures: of the reader; hostile-file,
 * unsupported-format (its ICC profile cannot be applied); no-tissue, too-few (its stain cannot be measured).
 */
export async function slideColour(
  path: string,
  tiles: Tiles,
  { given, tiles: asked, signal }: SurveyOptions,
): Promise<Outcome<SlideColour | null>> {
  const space = colourSpace(asked);
  if (space === null) return ok(null);
  const opened = await openColoured(path, given, asked);
  if (!opened.ok) return opened;
  const { slide, profile } = opened.value;
  try {
    const icc = profile !== null;
    const warnings =
      asked.colour === "srgb" && !icc ? [`${noProfileText(slide.info)}: its colours were taken for sRGB`] : [];
    const colour = asked.colour === "srgb" ? { colour: iccText(slide, profile) } : {};
    if (asked.stain === undefined || asked.stain === "none") {
      return ok({ tiles: { icc, stain: null, space }, told: colour, stain: null, warnings });
    }
    const fitted = await fitSlideStain(slide, tiles, asked.stain, signal);
    if (!fitted.ok) return isOfStain(fitted.failure.kind) ? noStain(fitted.failure, path) : fitted;
    const reference = stainReference(asked.stain);
    const stain = { from: fitted.value.profile, to: reference.profile };
    return ok({
      tiles: { icc, stain, space },
      told: { ...colour, stain: `${profileText(stain.from)}, moved to ${reference.name}` },
      stain: canonicalJson({ reference: reference.name, tiles: fitted.value.tiles, ...stain }),
      warnings,
    });
  } finally {
    slide.close();
  }
}

/** The slide with the colours asked for, and the SHA-256 of the profile that was applied. */
async function openColoured(
  path: string,
  given: number | null,
  { colour }: Asked,
): Promise<Outcome<{ readonly slide: Slide; readonly profile: string | null }>> {
  const scale = given === null ? {} : { mpp: given };
  const kept = await openSlideFile(path, colour === "srgb" ? { ...scale, icc: "keep" } : scale);
  if (!kept.ok) return colour === "srgb" ? badProfile(kept, path) : kept;
  if (colour !== "srgb" || !kept.value.info.icc) return ok({ slide: kept.value, profile: null });
  kept.value.close();
  const slide = await openSlideFile(path, { ...scale, icc: "apply" });
  if (!slide.ok) return badProfile(slide, path);
  const bytes = kept.value.profile;
  const profile = bytes === undefined ? "not told by its reader" : createHash("sha256").update(bytes).digest("hex");
  return ok({ slide: slide.value, profile });
}

type Failed = Extract<Outcome<never>, { ok: false }>;

function badProfile({ failure }: Failed, path: string): Outcome<never> {
  if (failure.kind !== "hostile-file" && failure.kind !== "unsupported-format") return { ok: false, failure };
  const received = failure.received.includes(path) ? failure.received : `${failure.received} (${path})`;
  return fail(failure.kind, {
    expected: failure.expected,
    received,
    remedy: "have the profile mended, leave the slide out, or encode all slides with colours as stored",
  });
}

const isOfStain = (kind: string): boolean => kind === "no-tissue" || kind === "too-few";

function noStain({ kind, expected, received }: Failed["failure"], path: string): Outcome<never> {
  return fail(kind, {
    expected: `${expected}, in tiles of the tissue of ${path}`,
    received,
    remedy: "leave the slide out, or encode all slides without moving the stain (stain: none)",
  });
}

/** Why there is no profile to apply: there is none, or nobody looked. */
export function noProfileText({ format, iccSought }: Pick<SlideInfo, "format" | "iccSought">): string {
  return iccSought === false
    ? `an ICC profile is not looked for in this format (${format})`
    : "no ICC profile found in the file";
}

function iccText({ info }: Slide, profile: string | null): string {
  if (profile === null) return `taken for sRGB, ${noProfileText(info)}`;
  return `${info.iccApplied ?? "to sRGB"}; ICC profile sha256 ${profile}`;
}

/** "macenko: haematoxylin 0.563 0.720 0.406 …". */
function profileText(profile: StainProfile): string {
  const numbers = (values: readonly number[]): string => values.map((v) => v.toFixed(3)).join(" ");
  if (profile.method === "reinhard") {
    return `reinhard: mean ${numbers(profile.mean)}, deviation ${numbers(profile.deviation)}`;
  }
  const { method, haematoxylin, eosin, strength } = profile;
  return `${method}: haematoxylin ${numbers(haematoxylin)}, eosin ${numbers(eosin)}, strength ${numbers(strength)}`;
}

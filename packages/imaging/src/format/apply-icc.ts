/**
 * The file's ICC profile applied, because the user asked for it: the profile as a table of 33 x 33 x 33 colours, read
 * between its points by trilinear interpolation. Outside of the slide stays white.
 */
import { attempt, intersect, raise } from "@nacre/core";
import type { Codecs } from "../codec/codec.ts";
import { readAtScale } from "../slide/scaled-read.ts";
import type { OpenOptions, Raster, Region, Slide } from "../slide/slide.ts";

/** Points of the table along each of red, green and blue. */
export const ICC_POINTS = 33;

/** sRGB of the colours of a profile: [red][green][blue][3], ICC_POINTS along each. */
export type ColourTable = Uint8Array;

/**
 * The slide with what was asked of its colours: every reader ends here, so that the wish is never passed over.
 * `profile`: that of the file, or null. @throws as `withIcc`
 */
export async function inColour(
  slide: Slide,
  { profile, codecs, name }: { readonly profile: Uint8Array | null; readonly codecs: Codecs; readonly name: string },
  { icc }: Pick<OpenOptions, "icc">,
): Promise<Slide> {
  if (icc === "keep") return profile ? Object.assign(slide, { profile }) : slide;
  return icc === "apply" ? withIcc(slide, profile, codecs, name) : slide;
}

/** The slide in sRGB. @throws FailureError `unsupported-format` where it holds no profile, `hostile-file` where that is broken, `unsupported-codec` */
async function withIcc(slide: Slide, profile: Uint8Array | null, codecs: Codecs, name: string): Promise<Slide> {
  try {
    if (!profile) return noProfile(name);
    return coloured(slide, await tableOf(codecs, profile, name));
  } catch (error) {
    slide.close();
    throw error;
  }
}

function noProfile(name: string): never {
  return raise("unsupported-format", {
    expected: "an ICC profile in the slide, since it was to be applied",
    received: `${name}, which holds none that can be read`,
    remedy: "open it without icc: its pixels are as the scanner stored them",
  });
}

async function tableOf(codecs: Codecs, profile: Uint8Array, name: string): Promise<ColourTable> {
  const convert = await codecs.icc();
  try {
    return await convert(profile, ICC_POINTS);
  } catch (error) {
    return raise("hostile-file", {
      expected: "an ICC profile for RGB",
      received: `${error instanceof Error ? error.message : String(error)} in ${name}`,
      remedy: "open it without icc: its pixels are as the scanner stored them",
    });
  }
}

function coloured(slide: Slide, table: ColourTable): Slide {
  const info = { ...slide.info, iccApplied: "to sRGB, perceptual, by a table of 33 points" };
  const own: Slide = {
    info,
    read: (region, signal) =>
      attempt(async () => {
        const outcome = await slide.read(region, signal);
        if (!outcome.ok) return raise(outcome.failure.kind, outcome.failure);
        colourInside(outcome.value, region, slide, table);
        return outcome.value;
      }),
    readAt: (mpp, place, signal) => readAtScale(own, mpp, place, signal),
    close: () => slide.close(),
  };
  return own;
}

function colourInside(raster: Raster, region: Region, slide: Slide, table: ColourTable): void {
  const level = slide.info.levels[region.level];
  if (!level) return;
  const { width, height } = raster;
  const x = Math.round(region.x / level.downsample);
  const y = Math.round(region.y / level.downsample);
  const inside = intersect({ x: 0, y: 0, width: level.width, height: level.height }, { x, y, width, height });
  if (!inside) return;
  for (let row = 0; row < inside.height; row++) {
    const from = ((inside.y - y + row) * width + inside.x - x) * 3;
    applyTable(raster.data, table, from, from + inside.width * 3);
  }
}

/** Colours RGB bytes in place, from byte `from` to before `to`. */
export function applyTable(data: Uint8Array, table: ColourTable, from: number, to: number): void {
  const last = ICC_POINTS - 1;
  const scale = last / 255;
  const [stepR, stepG, stepB] = [ICC_POINTS * ICC_POINTS * 3, ICC_POINTS * 3, 3];
  for (let i = from; i < to; i += 3) {
    const r = (data[i] as number) * scale;
    const g = (data[i + 1] as number) * scale;
    const b = (data[i + 2] as number) * scale;
    // the last point has no neighbour: it is reached with a share of 1 from the one before
    const r0 = Math.min(last - 1, Math.floor(r));
    const g0 = Math.min(last - 1, Math.floor(g));
    const b0 = Math.min(last - 1, Math.floor(b));
    const [u, v, w] = [r - r0, g - g0, b - b0];
    const at = r0 * stepR + g0 * stepG + b0 * stepB;
    for (let c = 0; c < 3; c++) {
      const p = at + c;
      const point = (k: number): number => table[p + k] as number;
      const near =
        (point(0) * (1 - w) + point(stepB) * w) * (1 - v) + (point(stepG) * (1 - w) + point(stepG + stepB) * w) * v;
      const q = stepR;
      const far =
        (point(q) * (1 - w) + point(q + stepB) * w) * (1 - v) +
        (point(q + stepG) * (1 - w) + point(q + stepG + stepB) * w) * v;
      data[i + c] = Math.round(near * (1 - u) + far * u);
    }
  }
}

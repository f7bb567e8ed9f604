/**
 * Which images of a TIFF are the pyramid. A level is cut into tiles like the first image, has its aspect ratio, and is
 * smaller than the level before. So Aperio's thumbnail, label and macro (stripped, or of another shape) are never levels,
 * and nothing here serves them: the label and the macro show the patient's name.
 */
import type { TiffPage } from "./tiff-page.ts";

/** How far a level's side may lie from the exact share of level 0: rounding of every halving on the way. */
const ROUNDING = 3;
const SHAPE_TOLERANCE = 0.01;

export interface FoundLevels {
  readonly levels: readonly TiffPage[];
  readonly warnings: readonly string[];
}

export function findLevels(pages: readonly TiffPage[]): FoundLevels {
  const base = firstLevel(pages);
  const levels = [base];
  const warnings: string[] = [];
  const rest = pages.filter((page) => page !== base && isLevelOf(base, page));
  for (const page of rest.sort((a, b) => b.width - a.width)) {
    const last = levels[levels.length - 1] as TiffPage;
    if (page.width < last.width && page.height < last.height) levels.push(page);
    else warnings.push(`a further image of ${page.width} x ${page.height} px is ignored (a focal plane or a channel)`);
  }
  return { levels, warnings };
}

/** The largest tiled image; in a file without tiles the first image. */
function firstLevel(pages: readonly TiffPage[]): TiffPage {
  const first = pages[0];
  if (!first) throw new RangeError("expected at least one image, received none");
  const tiled = pages.filter((page) => page.isTiled);
  return tiled.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), tiled[0] ?? first);
}

function isLevelOf(base: TiffPage, page: TiffPage): boolean {
  if (!base.isTiled || !page.isTiled || /\b(label|macro)\b/i.test(page.description)) return false;
  const wanted = (base.height * page.width) / base.width;
  return Math.abs(page.height - wanted) <= Math.max(ROUNDING, wanted * SHAPE_TOLERANCE);
}

/** Aperio SVS, pyramids of writers without a layout of their own, flat scans. */
import type { Reading } from "../bytes/reading.ts";
import { isAperio, readAperio } from "./aperio.ts";
import { windowOf } from "./raw-samples.ts";
import { tiffMpp } from "./scale.ts";
import type { GridPlan, SlidePlan } from "./slide-plan.ts";
import { findLevels } from "./tiff-levels.ts";
import { readPage, type TiffPage } from "./tiff-page.ts";
import {
  associatedOf,
  downsampleOf,
  planGrid,
  profileOf,
  readPages,
  readSubDirectories,
  type TiffStart,
} from "./tiff-start.ts";

export function* planTiff(start: TiffStart): Reading<SlidePlan> {
  const { tiff, first } = start;
  const main = yield* readPages(tiff);
  const below: TiffPage[] = [];
  for (const directory of yield* readSubDirectories(tiff, first)) below.push(yield* readPage(tiff, directory));
  const { levels, warnings: found } = findLevels([...main, ...below]);
  const warnings = [...found];
  const base = levels[0] as TiffPage;
  const grids: GridPlan[] = [];
  for (const page of levels) {
    const level = { index: grids.length, downsample: downsampleOf(base, page) };
    const plan = yield* planGrid(start, page, level, warnings);
    grids.push(plan);
    if (plan.isAlone) break;
  }
  const aperio = isAperio(base.description) ? readAperio(base.description) : null;
  const others = main.filter((page) => !levels.includes(page) && !(page.isTiled && page.width === base.width));
  return {
    format: aperio ? "aperio-svs" : "tiff",
    vendor: aperio ? "aperio" : "generic",
    levels: grids,
    properties: { ...start.properties, ...aperio?.properties },
    mpp: aperio?.mpp ?? (yield* tiffMpp(tiff, base.directory)),
    objective: aperio?.objective ?? null,
    ...(yield* profileOf(start, base)),
    // Aperio's second image is the thumbnail, whatever its description says
    associated: others.map((page) =>
      associatedOf(page, aperio && page === main[1] ? "thumbnail" : "other", aperio !== null),
    ),
    window: windowOf(base, start.options.window),
    warnings,
  };
}

/**
 * Hamamatsu NDPI: a TIFF with 64-bit offsets hidden behind its directories, in which every level is one JPEG strip.
 * Restart markers cut the strip into intervals that can be decoded alone; where they lie is written in a tag of its own.
 * Facts: the published description of the format by the OpenSlide project, and a file. What is a level says the source
 * lens: above 0 its magnification, -1 the macro, -2 the map of the slide.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../../bytes/reading.ts";
import type { AssociatedImage, Planes } from "../../slide/slide.ts";
import { choosePlane } from "../choose-plane.ts";
import { tiffMpp } from "../scale.ts";
import type { GridPlan, SlidePlan } from "../slide-plan.ts";
import { readPage, type TiffPage } from "../tiff-page.ts";
import { downsampleOf, planGrid, profileOf, type TiffStart } from "../tiff-start.ts";
import { TAG } from "../tiff-tags.ts";
import { numberOf } from "../tiff-values.ts";
import { planIntervals } from "./intervals.ts";

export const isNdpi = (start: TiffStart): boolean => start.tiff.isNdpi;

interface NdpiPage {
  readonly page: TiffPage;
  readonly lens: number;
  /** Offset of the focal plane, in the file's own unit (nanometres). */
  readonly focus: number;
}

export function* planNdpi(start: TiffStart): Reading<SlidePlan> {
  const { tiff } = start;
  const all: NdpiPage[] = [];
  for (const directory of tiff.directories) {
    const page = yield* readPage(tiff, directory);
    const lens = yield* numberOf(tiff, directory, TAG.ndpiSourceLens, Number.NaN);
    all.push({ page, lens, focus: yield* numberOf(tiff, directory, TAG.ndpiFocalOffset, 0) });
  }
  const scans = all.filter(({ lens }) => lens > 0);
  const planes = planesOf(scans, start);
  const focus = focusesOf(scans)[planes?.plane.focalPlane ?? 0];
  const levels = scans.filter((scan) => scan.focus === focus).sort((a, b) => b.page.width - a.page.width);
  const base = levels[0];
  if (!base) return noScan(tiff.name);
  const warnings: string[] = [];
  const grids: GridPlan[] = [];
  for (const { page } of levels) {
    const level = { index: grids.length, downsample: downsampleOf(base.page, page) };
    const plan = page.compression === 7 ? yield* planIntervals(tiff, page, level) : null;
    grids.push(plan ?? (yield* planGrid(start, page, level, warnings)));
  }
  return {
    ...{ format: "hamamatsu-ndpi", vendor: "hamamatsu", levels: grids, warnings },
    properties: {
      ...start.properties,
      "hamamatsu.SourceLens": String(base.lens),
    },
    mpp: yield* tiffMpp(tiff, base.page.directory),
    objective: base.lens,
    ...(yield* profileOf(start, base.page)),
    associated: all.filter(({ lens }) => !(lens > 0)).map(associated),
    ...(planes ? { planes } : {}),
  };
}

function noScan(name: string): never {
  return raise("unsupported-format", {
    expected: "an image with a source lens above 0",
    received: `${name}, an NDPI without one`,
    remedy: "export the slide again from the scanner's software",
  });
}

const associated = ({ page, lens }: NdpiPage): AssociatedImage => ({
  name: lens === -1 ? "macro" : "other",
  width: page.width,
  height: page.height,
});

const focusesOf = (scans: readonly NdpiPage[]): number[] =>
  [...new Set(scans.map((scan) => scan.focus))].sort((a, b) => a - b);

function planesOf(scans: readonly NdpiPage[], start: TiffStart): Planes | undefined {
  const focalPlanes = focusesOf(scans).length;
  return choosePlane({ channels: ["brightfield"], focalPlanes, times: 1 }, start.options.plane, start.tiff.name);
}

/**
 * OME-TIFF: OME-XML in the first description says which image of the file is which channel, focal plane and time; the
 * coarser levels of an image hang under it as SubIFDs. Source: the OME data model and the OME-TIFF specification 6.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../../bytes/reading.ts";
import type { AssociatedImage } from "../../slide/slide.ts";
import { choosePlane } from "../choose-plane.ts";
import { windowOf } from "../raw-samples.ts";
import { tiffMpp } from "../scale.ts";
import type { GridPlan, SlidePlan } from "../slide-plan.ts";
import { readPage } from "../tiff-page.ts";
import { downsampleOf, planGrid, profileOf, readSubDirectories, type TiffStart } from "../tiff-start.ts";
import { type OmeImage, readOmeImages } from "./ome-xml.ts";

export const isOme = (start: TiffStart): boolean => /<(\w+:)?OME[\s>]/.test(start.description);

export function* planOme(start: TiffStart): Reading<SlidePlan> {
  const { tiff, description, options } = start;
  const images = readOmeImages(description, tiff.name, tiff.directories.length);
  const image = images.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), images[0] as OmeImage);
  const held = { channels: image.channels, focalPlanes: image.focalPlanes, times: image.times };
  const planes = choosePlane(held, options.plane, tiff.name);
  const { channel, focalPlane, time } = planes?.plane ?? { channel: 0, focalPlane: 0, time: 0 };
  const index = image.directoryOf({ channel, focalPlane, time });
  const directory = index === null ? undefined : tiff.directories[index];
  if (!directory) return elsewhere(tiff.name, `channel ${channel}, focal plane ${focalPlane}, time ${time}`);
  const base = yield* readPage(tiff, directory);
  const pages = [base];
  for (const below of yield* readSubDirectories(tiff, directory)) {
    const page = yield* readPage(tiff, below);
    const last = pages[pages.length - 1] ?? base;
    if (page.width < last.width && page.height < last.height) pages.push(page);
  }
  const warnings: string[] = [];
  const grids: GridPlan[] = [];
  const window = options.window ?? significantWindow(image);
  const windowed = window ? { ...start, options: { ...options, window } } : start;
  for (const page of pages) {
    const level = { index: grids.length, downsample: downsampleOf(base, page) };
    grids.push(yield* planGrid(windowed, page, level, warnings));
  }
  return {
    ...{ format: "ome-tiff", vendor: "ome", levels: grids, objective: image.objective, warnings },
    properties: { ...start.properties, ...image.properties },
    mpp: image.mpp ?? (yield* tiffMpp(tiff, directory)),
    ...(yield* profileOf(start, base)),
    associated: images.filter((other) => other !== image).map(associated),
    ...(planes ? { planes } : {}),
    window: windowOf(base, window),
  };
}

/** Samples whose significant bits are fewer than those stored. */
function significantWindow({ significantBits, isSigned }: OmeImage): readonly [number, number] | undefined {
  return significantBits === null || isSigned || significantBits === 8 ? undefined : [0, 2 ** significantBits - 1];
}

function associated({ name, width, height }: OmeImage): AssociatedImage {
  const word = /label|macro|thumbnail/i.exec(name)?.[0].toLowerCase();
  return { name: word === "label" || word === "macro" || word === "thumbnail" ? word : "other", width, height };
}

function elsewhere(name: string, plane: string): never {
  return raise("unsupported-format", {
    expected: "all planes of an OME-TIFF in one file",
    received: `${name}, whose ${plane} lies in another file or nowhere`,
    remedy: "join the files, for example: bfconvert -noflat IN OUT.ome.tif",
  });
}

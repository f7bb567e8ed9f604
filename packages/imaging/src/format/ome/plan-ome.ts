/**
 * OME-TIFF: OME-XML in the first description says which image of the file is which channel, focal plane and time; the
 * coarser levels of an image hang under it as SubIFDs, or, from older writers, are further images of the file. Source: the OME data model and
 * the OME-TIFF specification 6.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../../bytes/reading.ts";
import type { AssociatedImage, OpenOptions, Plane, Planes } from "../../slide/slide.ts";
import { choosePlane } from "../choose-plane.ts";
import { windowOf } from "../raw-samples.ts";
import { tiffMpp } from "../scale.ts";
import type { GridPlan, SlidePlan } from "../slide-plan.ts";
import { readPage, type TiffPage } from "../tiff-page.ts";
import { downsampleOf, planGrid, profileOf, readSubDirectories, type TiffStart } from "../tiff-start.ts";
import type { OmeImage } from "./ome-xml.ts";

export const isOme = (start: TiffStart): boolean => /<(\w+:)?OME[\s>]/.test(start.description);

/** What is read of the images that the OME-XML names. */
export interface OmeChoice {
  readonly images: readonly OmeImage[];
  readonly image: OmeImage;
  readonly planes: Planes | undefined;
  readonly plane: Plane;
}

/** The largest image that calls itself no label and no macro, and its plane. @throws FailureError unsupported-format, out-of-bounds */
export function chooseOme(images: readonly OmeImage[], options: OpenOptions, name: string): OmeChoice {
  const scans = images.filter((image) => !["label", "macro"].includes(nameOf(image) ?? ""));
  const [first] = scans;
  if (!first) return noScan(name);
  const image = scans.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a), first);
  const { channels, focalPlanes, times } = image;
  const planes = choosePlane({ channels, focalPlanes, times }, options.plane, name);
  return { images, image, planes, plane: planes?.plane ?? { channel: 0, focalPlane: 0, time: 0 } };
}

function noScan(name: string): never {
  return raise("unsupported-format", {
    expected: "an image of the scan",
    received: `${name}, an OME-TIFF of a label or a macro only, which may show the patient's name`,
    remedy: "name the slide it belongs to",
  });
}

/** `start`: of the file that holds the plane, in its directory `index`. @throws FailureError as `openTiffSlide` */
export function* planOme(start: TiffStart, choice: OmeChoice, index: number): Reading<SlidePlan> {
  const { tiff, options } = start;
  const { images, image, planes, plane } = choice;
  const directory = tiff.directories[index];
  if (!directory) return absent(tiff.name, plane);
  const base = yield* readPage(tiff, directory);
  const pages = [base];
  const warnings: string[] = [];
  const add = (page: TiffPage): boolean => {
    const last = pages[pages.length - 1] ?? base;
    const isSmaller = page.width < last.width && page.height < last.height;
    if (isSmaller) pages.push(page);
    return isSmaller;
  };
  for (const below of yield* readSubDirectories(tiff, directory)) add(yield* readPage(tiff, below));
  const levels: OmeImage[] = [];
  for (const other of images.filter((each) => isLevelOf(image, each)).sort((a, b) => b.width - a.width)) {
    const at = tiff.directories[other.directoryOf(plane) ?? -1];
    const page = at && (yield* readPage(tiff, at));
    if (page && page.width === other.width && page.height === other.height && add(page)) levels.push(other);
  }
  const further = images.filter((other) => other !== image && !levels.includes(other));
  for (const { width, height } of further.filter((other) => nameOf(other) === null))
    warnings.push(`a further image of ${width} x ${height} px is not read: it is no level of the largest one`);
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
    associated: further.map(associated),
    ...(planes ? { planes } : {}),
    window: windowOf(base, window),
  };
}

const ROUNDING = 3;
const TOLERANCE = 0.02;

/** A further image is a level where it is the same picture in all but its size, and its pixels are larger by as much as it is smaller. */
export function isLevelOf(base: OmeImage, other: OmeImage): boolean {
  const ratio = base.width / other.width;
  const isSame =
    other !== base &&
    nameOf(other) === null &&
    other.type === base.type &&
    other.channels.length === base.channels.length &&
    other.focalPlanes === base.focalPlanes &&
    other.times === base.times;
  if (!isSame || !(ratio > 1) || base.mpp === null || other.mpp === null) return false;
  const isShape = Math.abs(other.height - base.height / ratio) <= Math.max(ROUNDING, (base.height / ratio) * 0.01);
  return isShape && Math.abs(other.mpp / base.mpp / ratio - 1) <= TOLERANCE;
}

/** Samples whose significant bits are fewer than those stored. */
function significantWindow({ significantBits, isSigned }: OmeImage): readonly [number, number] | undefined {
  return significantBits === null || isSigned || significantBits === 8 ? undefined : [0, 2 ** significantBits - 1];
}

/** What an image calls itself, where that is no scan. */
function nameOf({ name }: OmeImage): "label" | "macro" | "thumbnail" | null {
  const word = /label|macro|overview|thumbnail/i.exec(name)?.[0].toLowerCase();
  if (word === "overview") return "macro";
  return word === "label" || word === "macro" || word === "thumbnail" ? word : null;
}

const associated = (image: OmeImage): AssociatedImage => ({
  name: nameOf(image) ?? "other",
  width: image.width,
  height: image.height,
});

/** Throws for a plane that no directory holds. */
export function absent(name: string, { channel, focalPlane, time }: Plane): never {
  return raise("unsupported-format", {
    expected: "all planes of an OME-TIFF in its files",
    received: `${name}, whose channel ${channel}, focal plane ${focalPlane}, time ${time} lies nowhere`,
    remedy: "write the slide again, for example: bfconvert -noflat IN OUT.ome.tif",
  });
}

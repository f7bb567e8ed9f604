/**
 * Leica SCN: a BigTIFF whose first description is XML. A collection (the glass, in nanometres) holds images: the macro, which
 * covers all of it, and the scanned areas, each with its own pyramid and its place on the glass. Level 0 is the whole
 * glass; between the areas lies background. Facts: the published description of the format by the OpenSlide project.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../bytes/reading.ts";
import type { PlacedBlock } from "../slide/placed-level.ts";
import type { AssociatedImage } from "../slide/slide.ts";
import { openPainter } from "./block-painter.ts";
import { planBlockTable, readBlockTable } from "./block-table.ts";
import { choosePlane } from "./choose-plane.ts";
import { placeGrid } from "./place-grid.ts";
import type { MosaicPlan, OpenPainter, SlidePlan } from "./slide-plan.ts";
import { hostile, type TiffDirectory, type TiffFile } from "./tiff-directory.ts";
import { checkPixels, readPage } from "./tiff-page.ts";
import { planPainter, profileOf, type TiffStart } from "./tiff-start.ts";
import { child, children, numberAttribute, parseXml, textIn, type XmlNode } from "./xml.ts";

const MAX_IMAGES = 2 ** 10;
/** Levels, channels and focal planes of one image. */
const MAX_DIMENSIONS = 2 ** 14;

export const isScn = (start: TiffStart): boolean => /<scn[\s>]/.test(start.description);

/** One stored image of a pyramid. */
interface Dimension {
  readonly ifd: number;
  readonly width: number;
  readonly height: number;
  readonly channel: number;
  readonly focalPlane: number;
}

interface Area {
  /** Place on the glass, nanometres. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly objective: number | null;
  readonly dimensions: readonly Dimension[];
}

export function* planScn(start: TiffStart): Reading<SlidePlan> {
  const { tiff, description, options } = start;
  const collection = child(parseXml(description, tiff.name), "scn", "collection");
  const glass = {
    width: numberAttribute(collection, "sizeX") ?? 0,
    height: numberAttribute(collection, "sizeY") ?? 0,
  };
  if (!(glass.width > 0 && glass.height > 0)) hostile(tiff.name, "the size of the glass in its SCN description");
  const images = children(collection, "image");
  if (images.length > MAX_IMAGES) hostile(tiff.name, `at most ${MAX_IMAGES} images in its SCN description`);
  const all = images.map((node) => readArea(node, tiff.name));
  const isMacro = (area: Area): boolean => area.width >= glass.width && area.height >= glass.height;
  const scanned = all.filter((area) => !isMacro(area));
  const finest = Math.min(...scanned.map(nanometres));
  const areas = scanned.filter((area) => nanometres(area) < finest * 1.01);
  const first = areas[0];
  if (!first) return noArea(tiff.name);
  const channels = Array.from({ length: 1 + most(first, "channel") }, (_, i) => `channel ${i}`);
  const focalPlanes = 1 + most(first, "focalPlane");
  const planes = choosePlane({ channels, focalPlanes, times: 1 }, options.plane, tiff.name);
  const plane = planes?.plane ?? { channel: 0, focalPlane: 0 };
  const pyramids = areas.map((area) => ({ area, levels: pyramidOf(area, plane) }));
  const n = Math.min(...pyramids.map(({ levels }) => levels.length));
  if (n === 0) return noArea(tiff.name);
  const levels: MosaicPlan[] = [];
  const warnings: string[] = [];
  for (let i = 0; i < n; i++) levels.push(yield* planLevel(start, pyramids, { index: i, glass, finest }));
  if (scanned.length > areas.length)
    warnings.push(`${scanned.length - areas.length} areas of a coarser scale are ignored`);
  return {
    ...{ format: "leica-scn", vendor: "leica", levels, warnings, mpp: finest / 1000, objective: first.objective },
    properties: { ...start.properties, "leica.areas": String(areas.length) },
    ...(yield* profileOf(start, { directory: directoryOf(tiff, pyramids[0]?.levels[0]?.ifd ?? 0) })),
    associated: all.filter(isMacro).map(associated),
    ...(planes ? { planes } : {}),
  };
}

const directoryOf = ({ directories, name }: TiffFile, ifd: number): TiffDirectory =>
  directories[ifd] ?? hostile(name, `a directory ${ifd}, which its description names`);

function noArea(name: string): never {
  return raise("unsupported-format", {
    expected: "a scanned area beside the macro",
    received: `${name}, an SCN of none`,
    remedy: "export the slide again from the scanner's software",
  });
}

function readArea(node: XmlNode, name: string): Area {
  const view = child(node, "view");
  const number = (attributeName: string, least: number): number => {
    const value = numberAttribute(view, attributeName) ?? Number.NaN;
    return value >= least ? value : hostile(name, `a view with a sound ${attributeName} in its SCN description`);
  };
  const stored = children(child(node, "pixels"), "dimension");
  if (stored.length > MAX_DIMENSIONS) hostile(name, `at most ${MAX_DIMENSIONS} dimensions in its SCN description`);
  const dimensions = stored.map((dimension): Dimension => {
    const value = (attributeName: string): number => {
      const found = numberAttribute(dimension, attributeName) ?? 0;
      return Number.isInteger(found) && found >= 0 && found < 2 ** 24
        ? found
        : hostile(name, `a whole ${attributeName} in its SCN description`);
    };
    const size = { width: Math.max(1, value("sizeX")), height: Math.max(1, value("sizeY")) };
    return { ifd: value("ifd"), ...size, channel: value("c"), focalPlane: value("z") };
  });
  if (dimensions.length === 0) hostile(name, "images with dimensions in its SCN description");
  const magnification = Number(textIn(child(node, "scanSettings", "objectiveSettings", "objective")));
  return {
    ...{ x: number("offsetX", 0), y: number("offsetY", 0), width: number("sizeX", 1), height: number("sizeY", 1) },
    objective: magnification > 0 ? magnification : null,
    dimensions,
  };
}

/** Nanometres per pixel of the finest image. */
const nanometres = (area: Area): number => area.width / Math.max(...area.dimensions.map(({ width }) => width));

const most = (area: Area, axis: "channel" | "focalPlane"): number =>
  Math.min(2 ** 10, Math.max(...area.dimensions.map((dimension) => dimension[axis])));

function pyramidOf(area: Area, plane: { readonly channel: number; readonly focalPlane: number }): Dimension[] {
  return area.dimensions
    .filter(({ channel, focalPlane }) => channel === plane.channel && focalPlane === plane.focalPlane)
    .sort((a, b) => b.width - a.width);
}

interface LevelPlace {
  readonly index: number;
  readonly glass: { readonly width: number; readonly height: number };
  readonly finest: number;
}

function* planLevel(
  start: TiffStart,
  pyramids: readonly { readonly area: Area; readonly levels: readonly Dimension[] }[],
  { index, glass, finest }: LevelPlace,
): Reading<MosaicPlan> {
  const { tiff } = start;
  const blocks: PlacedBlock[] = [];
  const painters: OpenPainter[] = [];
  let [blockWidth, blockHeight, scale] = [1, 1, finest];
  for (const { area, levels } of pyramids) {
    const { ifd, width } = levels[index] as Dimension;
    const page = yield* readPage(tiff, directoryOf(tiff, ifd));
    checkPixels(page, tiff.name);
    const table = yield* (start.isRemote ? planBlockTable : readBlockTable)(tiff, page, index);
    const facts = yield* planPainter(start, page);
    const perPixel = area.width / width;
    const at = { x: Math.round(area.x / perPixel), y: Math.round(area.y / perPixel) };
    for (const block of placeGrid(table, page, at, painters.length)) blocks.push(block);
    painters.push((codecs) => openPainter(page, facts, codecs));
    if (painters.length === 1) [blockWidth, blockHeight, scale] = [table.blockWidth, table.blockHeight, perPixel];
  }
  return {
    kind: "mosaic",
    width: Math.ceil(glass.width / scale),
    height: Math.ceil(glass.height / scale),
    downsample: scale / finest,
    ...{ blockWidth, blockHeight, blocks, painters },
  };
}

function associated({ dimensions }: Area): AssociatedImage {
  const largest = dimensions.reduce((a, b) => (b.width > a.width ? b : a));
  return { name: "macro", width: largest.width, height: largest.height };
}

/** What is known of a TIFF before its vendor is: the directories, and the texts by which vendors are told apart. */
import type { Reading } from "../bytes/reading.ts";
import { bytesAt } from "../bytes/reading.ts";
import type { BlockTable } from "../slide/block-level.ts";
import type { AssociatedImage, OpenOptions } from "../slide/slide.ts";
import { openPainter, type PainterFacts } from "./block-painter.ts";
import { planBlockTable, readBlockTable } from "./block-table.ts";
import { jpeg2000Colour } from "./jpeg2000-colour.ts";
import { joinedTable, planarPainter, planarSource, planeOf, planesIn } from "./planar.ts";
import type { GridPlan } from "./slide-plan.ts";
import { hostile, readDirectory, readTiff, type TiffDirectory, type TiffFile } from "./tiff-directory.ts";
import { checkPixels, readPage, type TiffPage } from "./tiff-page.ts";
import { TAG } from "./tiff-tags.ts";
import { bytesOf, numbersOf, textOf } from "./tiff-values.ts";

export interface TiffStart {
  readonly tiff: TiffFile;
  readonly first: TiffDirectory;
  /** Of the first image. */
  readonly description: string;
  readonly software: string;
  readonly make: string;
  readonly xmp: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly options: OpenOptions;
  /** Of the source: what can be left for later is left. */
  readonly isRemote: boolean;
}

export function* readStart(name: string, size: number, options: OpenOptions, isRemote = false): Reading<TiffStart> {
  const tiff = yield* readTiff(name, size);
  const first = tiff.directories[0] as TiffDirectory;
  const properties = yield* readProperties(tiff, first);
  return {
    tiff,
    first,
    description: properties["tiff.ImageDescription"] ?? "",
    software: properties["tiff.Software"] ?? "",
    make: properties["tiff.Make"] ?? "",
    xmp: yield* textOf(tiff, first, TAG.xmp),
    properties,
    options,
    isRemote,
  };
}

const PROPERTY_TAGS = {
  "tiff.ImageDescription": TAG.imageDescription,
  "tiff.Software": TAG.software,
  "tiff.Make": TAG.make,
  "tiff.Model": TAG.model,
  "tiff.DateTime": TAG.dateTime,
} as const;

function* readProperties(tiff: TiffFile, first: TiffDirectory): Reading<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const [key, tag] of Object.entries(PROPERTY_TAGS)) {
    const text = yield* textOf(tiff, first, tag);
    if (text !== "") properties[key] = text.trim();
  }
  return properties;
}

const MAX_SUB_DIRECTORIES = 64;

/** The directories that OME-style writers hang under an image. They have no chain of their own. */
export function* readSubDirectories(tiff: TiffFile, above: TiffDirectory): Reading<TiffDirectory[]> {
  const offsets = (yield* numbersOf(tiff, above, TAG.subIfds)) ?? [];
  if (offsets.length > MAX_SUB_DIRECTORIES) hostile(tiff.name, `at most ${MAX_SUB_DIRECTORIES} SubIFDs`);
  const directories: TiffDirectory[] = [];
  for (const offset of offsets) directories.push((yield* readDirectory(tiff, offset)).directory);
  return directories;
}

/** All images of the main chain. */
export function* readPages(tiff: TiffFile): Reading<TiffPage[]> {
  const pages: TiffPage[] = [];
  for (const directory of tiff.directories) pages.push(yield* readPage(tiff, directory));
  return pages;
}

/** One page as a level. `warnings` takes what must be said of it. */
export function* planGrid(
  start: TiffStart,
  page: TiffPage,
  level: { readonly index: number; readonly downsample: number },
  warnings: string[],
): Reading<GridPlan> {
  const { tiff } = start;
  const planes = planesIn(page);
  checkPixels(planes > 0 ? planeOf(page) : page, tiff.name);
  if (planes > 0) return yield* planPlanes(start, page, level, planes);
  const table = yield* (start.isRemote ? planBlockTable : readBlockTable)(tiff, page, level.index);
  const painter = yield* planPainter(start, page);
  const at = page.compression === 33004 ? yield* firstBlock(table) : -1;
  let isYcc = false;
  if (at >= 0) {
    const block = yield* bytesAt(table.offsets[at] as number, Math.min(4096, table.lengths[at] as number));
    const colour = jpeg2000Colour(page, start.software + start.description, block);
    isYcc = colour.isYcc;
    if (level.index === 0) warnings.push(...colour.warnings);
  }
  const { width, height } = page;
  return {
    kind: "grid",
    ...{ width, height, downsample: level.downsample, table, isAlone: isYcc },
    painter: (codecs) => openPainter(page, { ...painter, isYcc: isYcc || page.photometric === 6 }, codecs),
  };
}

/** The first block that is not missing, or -1; of a table that is read later, no more is read than it takes to find it. */
function* firstBlock({ lengths, fill }: BlockTable): Reading<number> {
  for (let at = 0; at < lengths.length; at++) {
    if (fill) yield* fill(at, at);
    if ((lengths[at] as number) > 0) return at;
  }
  return -1;
}

/** Colours in separate planes; of grey with alpha the first is all. */
function* planPlanes(
  start: TiffStart,
  page: TiffPage,
  { index, downsample }: { readonly index: number; readonly downsample: number },
  planes: number,
): Reading<GridPlan> {
  const { width, height } = page;
  const facts = yield* planPainter(start, page);
  const tables: BlockTable[] = [];
  for (let plane = 0; plane < planes; plane++)
    tables.push(yield* readBlockTable(start.tiff, planeOf(page), index, plane));
  const shape = { kind: "grid" as const, width, height, downsample };
  if (planes === 1) {
    const table = tables[0] as BlockTable;
    return { ...shape, table, painter: (codecs) => openPainter(planeOf(page), facts, codecs) };
  }
  return {
    ...shape,
    table: joinedTable(tables),
    source: (file) => planarSource(file, tables),
    painter: (codecs) => planarPainter(page, facts, codecs),
  };
}

/** What the painter of a page needs beside the page. */
export function* planPainter(start: TiffStart, page: TiffPage): Reading<PainterFacts> {
  const tables = yield* bytesOf(start.tiff, page.directory, TAG.jpegTables);
  const { window } = start.options;
  return { tables, name: start.tiff.name, ...(window ? { window } : {}) };
}

/** The profile of a page, where it was asked for. */
export function* profileOf(
  start: TiffStart,
  page: Pick<TiffPage, "directory">,
): Reading<{ icc: boolean; profile: Uint8Array | null }> {
  const icc = page.directory.entries.has(TAG.iccProfile);
  const isWanted = icc && start.options.icc !== undefined;
  return { icc, profile: isWanted ? yield* bytesOf(start.tiff, page.directory, TAG.iccProfile) : null };
}

/** The mean of both directions. */
export const downsampleOf = (base: TiffPage, page: Pick<TiffPage, "width" | "height">): number =>
  (base.width / page.width + base.height / page.height) / 2;

/**
 * A picture beside the pyramid, by the words of its description; Aperio's (`isAperio`) also by NewSubfileType, which is
 * all that a GT450 writes: 1 for the label, 9 for the macro.
 */
export function associatedOf(page: TiffPage, otherwise: AssociatedImage["name"], isAperio = false): AssociatedImage {
  const word = /\b(label|macro|thumbnail)\b/i.exec(page.description)?.[1]?.toLowerCase();
  const named = word === "label" || word === "macro" || word === "thumbnail" ? word : null;
  const typed = !isAperio ? null : page.subfileType === 9 ? "macro" : page.subfileType === 1 ? "label" : null;
  return { name: named ?? typed ?? otherwise, width: page.width, height: page.height };
}

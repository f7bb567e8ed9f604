/** Opens a TIFF as a slide: Aperio SVS, pyramids of other writers, flat scans. */
import { unwrap } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import { drive, type Reading } from "../bytes/reading.ts";
import type { Codecs } from "../codec/codec.ts";
import type { BlockLevel, BlockTable } from "../slide/block-level.ts";
import { blockSlide } from "../slide/block-slide.ts";
import type { OpenOptions, Slide } from "../slide/slide.ts";
import { isAperio, readAperio } from "./aperio.ts";
import { openPainter } from "./block-painter.ts";
import { readBlockTable } from "./block-table.ts";
import { refuse, refusedTiff } from "./refused.ts";
import { settleScale, tiffMpp } from "./scale.ts";
import { hostile, readDirectory, readTiff, type TiffDirectory, type TiffFile } from "./tiff-directory.ts";
import { findLevels } from "./tiff-levels.ts";
import { checkPixels, readPage, type TiffPage } from "./tiff-page.ts";
import { TAG } from "./tiff-tags.ts";
import { bytesOf, numbersOf, textOf } from "./tiff-values.ts";

interface Plan {
  readonly levels: readonly {
    readonly page: TiffPage;
    readonly table: BlockTable;
    readonly tables: Uint8Array | null;
  }[];
  readonly properties: Readonly<Record<string, string>>;
  readonly mpp: number | null;
  readonly icc: boolean;
  readonly warnings: readonly string[];
}

/** @throws FailureError truncated-file, hostile-file, unsupported-format, unsupported-codec, implausible-scale */
export async function openTiffSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const plan = await drive(readPlan(source.name, source.size), source, signal);
  const scale = unwrap(settleScale(plan.mpp, options, source.name));
  const levels: BlockLevel[] = [];
  const base = (plan.levels[0] as Plan["levels"][number]).page;
  for (const { page, table, tables } of plan.levels) {
    const painter = await openPainter(page, tables, codecs, source.name);
    const { width, height } = page;
    const downsample = (base.width / width + base.height / height) / 2;
    levels.push({ index: levels.length, width, height, downsample, ...table, painter });
  }
  const aperio = isAperio(base.description) ? readAperio(base.description) : null;
  const info = {
    format: aperio ? "aperio-svs" : "tiff",
    vendor: aperio ? "aperio" : "generic",
    reader: (levels[0] as BlockLevel).painter.reader,
    width: base.width,
    height: base.height,
    ...scale,
    objective: aperio?.objective ?? null,
    properties: plan.properties,
    icc: plan.icc,
    warnings: [...plan.warnings, ...scale.warnings],
  };
  return blockSlide(source, info, levels);
}

function* readPlan(name: string, size: number): Reading<Plan> {
  const tiff = yield* readTiff(name, size);
  const first = tiff.directories[0] as TiffDirectory;
  if (first.entries.has(TAG.ndpiMagic)) refuse("Hamamatsu NDPI", name);
  const properties = yield* readProperties(tiff);
  const xmp = yield* textOf(tiff, first, TAG.xmp);
  const refused = refusedTiff({
    description: properties["tiff.ImageDescription"] ?? "",
    software: properties["tiff.Software"] ?? "",
    make: properties["tiff.Make"] ?? "",
    xmp,
  });
  if (refused) refuse(refused, name);
  const pages: TiffPage[] = [];
  for (const directory of [...tiff.directories, ...(yield* readSubDirectories(tiff, first))]) {
    pages.push(yield* readPage(tiff, directory));
  }
  const { levels, warnings } = findLevels(pages);
  const planned: Plan["levels"][number][] = [];
  for (const page of levels) {
    checkPixels(page, name);
    const table = yield* readBlockTable(tiff, page, planned.length);
    planned.push({ page, table, tables: yield* bytesOf(tiff, page.directory, TAG.jpegTables) });
  }
  const base = levels[0] as TiffPage;
  const aperio = isAperio(base.description) ? readAperio(base.description) : null;
  return {
    levels: planned,
    properties: { ...properties, ...aperio?.properties },
    mpp: aperio?.mpp ?? (yield* tiffMpp(tiff, base.directory)),
    icc: base.directory.entries.has(TAG.iccProfile),
    warnings,
  };
}

/** The levels that OME-style writers hang under the first image. They have no chain of their own. */
function* readSubDirectories(tiff: TiffFile, first: TiffDirectory): Reading<TiffDirectory[]> {
  const offsets = (yield* numbersOf(tiff, first, TAG.subIfds)) ?? [];
  if (offsets.length > MAX_SUB_DIRECTORIES) hostile(tiff.name, `at most ${MAX_SUB_DIRECTORIES} SubIFDs`);
  const directories: TiffDirectory[] = [];
  for (const offset of offsets) directories.push((yield* readDirectory(tiff, offset)).directory);
  return directories;
}

const MAX_SUB_DIRECTORIES = 64;

const PROPERTY_TAGS = {
  "tiff.ImageDescription": TAG.imageDescription,
  "tiff.Software": TAG.software,
  "tiff.Make": TAG.make,
  "tiff.Model": TAG.model,
  "tiff.DateTime": TAG.dateTime,
} as const;

function* readProperties(tiff: TiffFile): Reading<Record<string, string>> {
  const first = tiff.directories[0] as TiffDirectory;
  const properties: Record<string, string> = {};
  for (const [key, tag] of Object.entries(PROPERTY_TAGS)) {
    const text = yield* textOf(tiff, first, tag);
    if (text !== "") properties[key] = text.trim();
  }
  return properties;
}

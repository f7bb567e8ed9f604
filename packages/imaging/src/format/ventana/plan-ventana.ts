/**
 * Ventana BIF: camera frames that overlap, stored edge to edge in one tiled image. XMP of the label image (iScan) tells the
 * scale, XMP of level 0 (EncodeInfo) the scanned areas and how far neighbouring frames overlap. A coarser level is the
 * finer one made smaller with its overlaps inside, so each of its tiles is cut back into frames.
 * Facts: the published description of the format by the OpenSlide project. Overlaps of single frames are unreliable;
 * their mean over an area is used, as OpenSlide does.
 */
import { raise } from "@nacre/core";
import type { Reading } from "../../bytes/reading.ts";
import type { PlacedBlock } from "../../slide/placed-level.ts";
import { openPainter } from "../block-painter.ts";
import { planBlockTable, readBlockTable } from "../block-table.ts";
import { placeBlock } from "../place-grid.ts";
import type { MosaicPlan, SlidePlan } from "../slide-plan.ts";
import { hostile } from "../tiff-directory.ts";
import { checkPixels, type TiffPage } from "../tiff-page.ts";
import { associatedOf, planPainter, profileOf, readPages, type TiffStart } from "../tiff-start.ts";
import { TAG } from "../tiff-tags.ts";
import { textOf } from "../tiff-values.ts";
import { children, numberAttribute, parseXml, type XmlNode } from "../xml.ts";
import { type Frame, layFrames } from "./lay-frames.ts";

export const isVentana = (start: TiffStart): boolean => /<iScan[\s>]/.test(start.xmp);

export function* planVentana(start: TiffStart): Reading<SlidePlan> {
  const { tiff } = start;
  const pages = yield* readPages(tiff);
  const stored = pages.filter((page) => levelOf(page) !== null);
  stored.sort((a, b) => (levelOf(a) as number) - (levelOf(b) as number));
  const base = stored[0];
  if (!base || levelOf(base) !== 0 || !base.isTiled) return noLevel(tiff.name);
  const info = parseXml(yield* textOf(tiff, base.directory, TAG.xmp), tiff.name);
  const layout = layFrames(info, base, tiff.name);
  const levels: MosaicPlan[] = [];
  const warnings = [...layout.warnings];
  for (const page of stored) {
    const plan = yield* planLevel(start, page, { base, layout, number: levelOf(page) as number });
    if (plan) levels.push(plan);
    else warnings.push(`a level of ${page.width} x ${page.height} px that no halving explains is ignored`);
  }
  const scan = findIScan(parseXml(start.xmp, tiff.name));
  return {
    ...{ format: "ventana-bif", vendor: "ventana", levels, warnings },
    properties: { "ventana.areas": String(layout.areas) },
    mpp: numberAttribute(scan, "ScanRes"),
    objective: numberAttribute(scan, "Magnification"),
    ...(yield* profileOf(start, base)),
    associated: pages.filter((page) => !stored.includes(page)).map((page) => associatedOf(page, "other")),
  };
}

/** "level=0 mag=40 quality=90", or null for other images. */
function levelOf(page: TiffPage): number | null {
  const found = /^\s*level=(\d{1,2})\b/.exec(page.description);
  return found ? Number(found[1]) : null;
}

function noLevel(name: string): never {
  return raise("unsupported-format", {
    expected: "a tiled image described as level=0",
    received: `${name}, a BIF without one`,
    remedy: "export the slide again from the scanner's software",
  });
}

/** iScan is the root, or one step below it. */
function findIScan(document: XmlNode): XmlNode | undefined {
  const roots = Object.keys(document).flatMap((name) => children(document, name));
  return children(document, "iScan")[0] ?? roots.flatMap((root) => children(root, "iScan"))[0];
}

interface LevelFacts {
  readonly base: TiffPage;
  readonly layout: { readonly width: number; readonly height: number; readonly frames: readonly Frame[] };
  readonly number: number;
}

/** null for a level that is not 2^number smaller. */
function* planLevel(
  start: TiffStart,
  page: TiffPage,
  { base, layout, number }: LevelFacts,
): Reading<MosaicPlan | null> {
  const { tiff } = start;
  const downsample = 2 ** number;
  const isSameGrid = page.isTiled && page.blockWidth === base.blockWidth && page.blockHeight === base.blockHeight;
  const frameWidth = base.blockWidth / downsample;
  const frameHeight = base.blockHeight / downsample;
  if (!isSameGrid || !Number.isInteger(frameWidth) || !Number.isInteger(frameHeight)) return null;
  checkPixels(page, tiff.name);
  const table = yield* (start.isRemote ? planBlockTable : readBlockTable)(tiff, page, number);
  const facts = yield* planPainter(start, page);
  const blocks: PlacedBlock[] = [];
  for (const frame of layout.frames) {
    const column = Math.floor(frame.column / downsample);
    const row = Math.floor(frame.row / downsample);
    const block = row * table.columns + column;
    if (column >= table.columns || row >= table.rows) hostile(tiff.name, `frames inside level ${number}`);
    const from = {
      x: (frame.column % downsample) * frameWidth,
      y: (frame.row % downsample) * frameHeight,
      width: table.blockWidth,
      height: table.blockHeight,
    };
    const place = { x: Math.round(frame.x / downsample), y: Math.round(frame.y / downsample) };
    const rect = { ...place, width: frameWidth, height: frameHeight };
    const placed = placeBlock(table, block, rect, number > 0 ? { from } : {});
    if (placed) blocks.push(placed);
  }
  return {
    kind: "mosaic",
    width: Math.max(1, Math.floor(layout.width / downsample)),
    height: Math.max(1, Math.floor(layout.height / downsample)),
    ...{ downsample, blockWidth: table.blockWidth, blockHeight: table.blockHeight, blocks },
    painters: [(codecs) => openPainter(page, facts, codecs)],
  };
}

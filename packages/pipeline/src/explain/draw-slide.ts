/**
 * Heatmaps of every predicted slide: signed contribution and attention in place, on one scale for all slides, so that a
 * slide without evidence looks like one. PNG for people, GeoJSON (level-0 pixels) for QuPath.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, describeFailure, FailureError, type SlideId, unwrap } from "@nacre/core";
import { drawHeatmap, type Raster, thumbnail, tilesGeoJson } from "@nacre/imaging";
import { encodeJpeg, encodePng, openSlideFile } from "@nacre/imaging/node";
import { readPlaces } from "../extract/read-places.ts";
import { hashBytes } from "../run/hash.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { type EvidenceMethod, methodOfBag } from "./bag-evidence.ts";
import { evenShares, type HeatmapScales, type SlideEvidence } from "./evidence.ts";

/** The pictures of one slide for the report, as JPEG files inside the run folder. */
export interface SlidePictures {
  readonly thumbnail: string;
  readonly contribution: string;
  readonly attention: string;
  /** For tables. */
  readonly small: string;
  readonly width: number;
  readonly height: number;
}

/** Longest side in pixels: the heatmap file, the pictures of the report, those in its slide table. */
export const HEATMAP_SIDE = 1024;
const REPORT_SIDE = 420;
const SMALL_SIDE = 96;
const RECIPE = 2;
/** Failures of the machine, not of the slide: they end the run. */
const WORLDLY: ReadonlySet<string> = new Set(["disk-full", "no-permission", "cancelled"]);

export interface DrawHeatmapsOptions {
  readonly folder: RunFolder;
  /** How contributions were found; null where nothing says. */
  readonly method: EvidenceMethod | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Draws each slide, skipping those already drawn for the same evidence and scale. Slides without pixels get GeoJSON only. */
export async function drawHeatmaps(
  slides: readonly SlideEvidence[],
  scales: HeatmapScales,
  { folder, method, progress, signal }: DrawHeatmapsOptions,
): Promise<{ pictures: Map<SlideId, SlidePictures>; files: string[]; problems: string[] }> {
  const pictures = new Map<SlideId, SlidePictures>();
  const problems: string[] = [];
  const drawn: string[] = [];
  progress.begin("drawing heatmaps", slides.length);
  for (const [i, s] of slides.entries()) {
    signal.throwIfAborted();
    const files = filesOf(s);
    const dependsOn = {
      recipe: RECIPE,
      scales,
      evidence: hashBytes(bytesOf(s.evidence)),
      attention: hashBytes(bytesOf(s.attention)),
      features: s.extracted.hash,
      method,
    };
    const step = await attempt(() =>
      folder.steps.run(`heatmap-${s.slide}`, dependsOn, files.all, () => drawSlide(s, scales, { folder, method })),
    );
    if (!step.ok && WORLDLY.has(step.failure.kind)) throw new FailureError(step.failure);
    if (!step.ok) problems.push(`heatmap of ${s.slide}: ${describeFailure(step.failure)}`);
    else drawn.push(...files.all);
    if (step.ok && step.value.note !== null) pictures.set(s.slide, { ...files.pictures, ...step.value.note });
    progress.advance(i + 1, s.slide);
  }
  progress.end();
  return { pictures, files: drawn, problems };
}

async function drawSlide(
  s: SlideEvidence,
  scales: HeatmapScales,
  { folder, method }: Pick<DrawHeatmapsOptions, "folder" | "method">,
): Promise<{ width: number; height: number } | null> {
  const { places } = unwrap(await readPlaces(s.extracted));
  const files = filesOf(s);
  if (places === null) return null;
  const tiles = s.predicted.bag.members.reduce((sum, member) => sum + member.extracted.tiles, 0);
  const meaning = tileMeaning(method === null ? null : methodOfBag(method, tiles));
  folder.write(files.geojson, tilesGeoJson(places, { attention: s.attention, contribution: s.evidence }, meaning));
  if (s.extracted.slideFile === null) return null;
  const slide = unwrap(await openSlideFile(s.extracted.slideFile));
  try {
    const downsample = (raster: Raster): number => downsampleOf(slide.info, raster);
    const signed = (raster: Raster): Raster =>
      drawHeatmap(raster, downsample(raster), places, s.evidence, { scale: scales.contribution, kind: "signed" });
    const shares = (raster: Raster): Raster =>
      drawHeatmap(raster, downsample(raster), places, evenShares(s.attention), {
        scale: scales.attention,
        kind: "sequential",
      });
    const large = unwrap(await thumbnail(slide, HEATMAP_SIDE));
    const middle = unwrap(await thumbnail(slide, REPORT_SIDE));
    folder.write(files.png, await encodePng(signed(large)));
    folder.write(files.pictures.thumbnail, await encodeJpeg(middle, 82));
    folder.write(files.pictures.contribution, await encodeJpeg(signed(middle), 82));
    folder.write(files.pictures.attention, await encodeJpeg(shares(middle), 82));
    folder.write(files.pictures.small, await encodeJpeg(unwrap(await thumbnail(slide, SMALL_SIDE)), 75));
    return { width: middle.width, height: middle.height };
  } finally {
    slide.close();
  }
}

/** What the numbers of a GeoJSON file are, by the property that holds them. */
export function tileMeaning(method: EvidenceMethod | null): Record<string, string> {
  return { attention: "share of the last pooling", ...(method === null ? {} : { contribution: method }) };
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Level-0 pixels per pixel of a thumbnail, by the longer side: the shorter one is rounded to whole pixels. */
export function downsampleOf(slide: Size, raster: Size): number {
  return Math.max(slide.width, slide.height) / Math.max(raster.width, raster.height);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function filesOf(s: SlideEvidence): {
  png: string;
  geojson: string;
  pictures: Omit<SlidePictures, "width" | "height">;
  all: string[];
} {
  const png = join("heatmaps", `${s.slide}.png`);
  const geojson = join("heatmaps", `${s.slide}.geojson`);
  const picture = (name: string): string => join(".nacre", "pictures", `${s.slide}.${name}.jpg`);
  const pictures = {
    thumbnail: picture("thumbnail"),
    contribution: picture("contribution"),
    attention: picture("attention"),
    small: picture("small"),
  };
  const all = !s.extracted.placed
    ? []
    : s.extracted.slideFile === null
      ? [geojson]
      : [png, geojson, ...Object.values(pictures)];
  return { png, geojson, pictures, all };
}

export function readPicture(folder: RunFolder, file: string): string {
  return `data:image/jpeg;base64,${readFileSync(folder.file(file)).toString("base64")}`;
}

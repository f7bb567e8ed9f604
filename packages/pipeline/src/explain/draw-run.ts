/**
 * Everything a run shows of where its models looked: heatmaps of all predicted slides on one scale, and the strongest
 * tiles of a few chosen ones. A drawing that fails is told and loses nothing else.
 */
import { attempt, describeFailure, mpp, type SlideId, type Task, unwrap } from "@nacre/core";
import { encodeJpeg, openSlideFile } from "@nacre/imaging/node";
import { readPlaces } from "../extract/read-places.ts";
import type { PredictedBag } from "../predict/predict-bags.ts";
import type { Progress } from "../run/progress.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { Study } from "../study/read-study.ts";
import type { EvidenceMethod } from "./bag-evidence.ts";
import { drawHeatmaps, type SlidePictures } from "./draw-slide.ts";
import {
  evidenceOfSlides,
  type HeatmapScales,
  joinFoldsOfSlides,
  rankTiles,
  type SlideEvidence,
  settleScales,
} from "./evidence.ts";

export interface TilePicture {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly contribution: number;
  readonly attention: number;
  /** data: URL, or null where there is no slide to read from. */
  readonly image: string | null;
}

export interface ChosenTiles {
  readonly slide: SlideId;
  readonly top: readonly TilePicture[];
  readonly bottom: readonly TilePicture[];
}

export interface Drawn {
  readonly scales: HeatmapScales;
  readonly slides: readonly SlideEvidence[];
  readonly pictures: ReadonlyMap<SlideId, SlidePictures>;
  readonly tiles: readonly ChosenTiles[];
  /** Files in heatmaps/, as paths inside the run folder. */
  readonly files: readonly string[];
  /** Drawings that failed, in words. */
  readonly problems: readonly string[];
}

export interface DrawOptions {
  readonly folder: RunFolder;
  readonly study: Study;
  readonly task: Task;
  /** How contributions were found; null where there are none. */
  readonly method: EvidenceMethod | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Slides whose strongest tiles are shown, and how many tiles of each. */
const CHOSEN = 12;
const TILES = 6;
const TILE_PIXELS = 112;

export async function drawRun(predicted: readonly PredictedBag[], options: DrawOptions): Promise<Drawn> {
  const slides = joinFoldsOfSlides(predicted.flatMap((p) => evidenceOfSlides(options.folder, p)));
  const scales = settleScales(slides);
  const { pictures, files, problems } = await drawHeatmaps(slides, scales, options);
  const tiles: ChosenTiles[] = [];
  for (const s of chooseSlides(slides, options.task)) {
    options.signal.throwIfAborted();
    const chosen = await attempt(() => readChosen(s, options.study));
    if (chosen.ok) tiles.push(chosen.value);
    else problems.push(`tiles of ${s.slide}: ${describeFailure(chosen.failure)}`);
  }
  return { scales, slides, pictures, tiles, files, problems };
}

/** The slides a reader wants to see first: the highest and lowest answers, wrong calls of classes before all, external ones before internal ones. */
export function chooseSlides(slides: readonly SlideEvidence[], task: Task): SlideEvidence[] {
  const headline = (s: SlideEvidence): number => s.predicted.headline;
  const wrong = (s: SlideEvidence): boolean =>
    task.kind === "classify" && (s.predicted.bag.label === task.positive) !== headline(s) >= 0.5;
  const external = slides.some((s) => s.predicted.part === "external");
  const pool = external ? slides.filter((s) => s.predicted.part === "external") : slides;
  const sorted = [...pool].sort((a, b) => headline(b) - headline(a) || (a.slide < b.slide ? -1 : 1));
  const picks = [
    ...sorted.filter(wrong).slice(0, CHOSEN / 3),
    ...sorted.slice(0, CHOSEN / 3),
    ...sorted.slice(-CHOSEN / 3).reverse(),
    ...sorted,
  ];
  return [...new Set(picks)].slice(0, CHOSEN);
}

async function readChosen(s: SlideEvidence, study: Study): Promise<ChosenTiles> {
  const { places } = unwrap(await readPlaces(s.extracted));
  if (places === null) return { slide: s.slide, top: [], bottom: [] };
  const { side } = places;
  const top = rankTiles(s.evidence, TILES, true);
  const bottom = rankTiles(s.evidence, TILES, false).filter((i) => !top.includes(i));
  const image = await tileReader(s, study);
  const pictures = async (order: readonly number[]): Promise<TilePicture[]> => {
    const list: TilePicture[] = [];
    for (const i of order) {
      const x = places.x[i] as number;
      const y = places.y[i] as number;
      const contribution = s.evidence[i] as number;
      list.push({ x, y, side, contribution, attention: s.attention[i] as number, image: await image.read(x, y) });
    }
    return list;
  };
  try {
    return { slide: s.slide, top: await pictures(top), bottom: await pictures(bottom) };
  } finally {
    image.close();
  }
}

async function tileReader(
  s: SlideEvidence,
  study: Study,
): Promise<{ read(x: number, y: number): Promise<string | null>; close(): void }> {
  if (s.extracted.slideFile === null) return { read: async () => null, close() {} };
  const given =
    s.predicted.bag.members.length === 1
      ? s.predicted.bag.row.mpp
      : s.extracted.mppSource === "given"
        ? s.extracted.mpp
        : null;
  const slide = unwrap(await openSlideFile(s.extracted.slideFile, given === null ? {} : { mpp: given }));
  const shrink = Math.max(1, study.tiles.size / TILE_PIXELS);
  const pixels = Math.round(study.tiles.size / shrink);
  return {
    async read(x, y) {
      const place = { x, y, width: pixels, height: pixels };
      const raster = unwrap(await slide.readAt(mpp(study.tiles.mpp * shrink), place));
      return `data:image/jpeg;base64,${Buffer.from(await encodeJpeg(raster, 80)).toString("base64")}`;
    },
    close: () => slide.close(),
  };
}

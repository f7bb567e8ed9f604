/** What the model said of each tile of each slide, and the scales on which all slides of a run are drawn. */
import { groupBy, type SlideId } from "@nacre/core";
import type { Extracted } from "../extract/slide-state.ts";
import { type PredictedBag, readEvidence } from "../predict/predict-bags.ts";
import type { RunFolder } from "../run/run-folder.ts";

/** Values at the ends of the colour scales, the same on every slide of a run. */
export interface HeatmapScales {
  /** Log-odds a tile. */
  readonly contribution: number;
  /** Attention times the number of tiles: 1 is an even share. */
  readonly attention: number;
}

/** What of one slide is drawn. */
export interface SlideEvidence {
  readonly slide: SlideId;
  readonly predicted: PredictedBag;
  readonly extracted: Extracted;
  readonly attention: Float32Array;
  readonly evidence: Float32Array;
}

/** The evidence of each slide of a bag: a bag's tiles are its slides' tiles in order. */
export function evidenceOfSlides(folder: RunFolder, predicted: PredictedBag): SlideEvidence[] {
  const all = readEvidence(folder, predicted.evidence);
  let at = 0;
  return predicted.bag.members.map(({ slide, extracted }) => {
    const end = at + extracted.tiles;
    const part = {
      slide,
      predicted,
      extracted,
      attention: all.attention.slice(at, end),
      evidence: all.evidence.slice(at, end),
    };
    at = end;
    return part;
  });
}

/** One account of each slide: a slide that several folds tested has the mean of what their models said. */
export function joinFoldsOfSlides(slides: readonly SlideEvidence[]): SlideEvidence[] {
  const bySlide = groupBy(slides, (s) => s.slide);
  return [...bySlide.values()].map((same) => {
    const [first] = same;
    if (first === undefined || same.length === 1) return first as SlideEvidence;
    const mean = (of: (s: SlideEvidence) => Float32Array): Float32Array =>
      of(first).map((_, i) => same.reduce((sum, s) => sum + (of(s)[i] as number), 0) / same.length);
    return { ...first, attention: mean((s) => s.attention), evidence: mean((s) => s.evidence) };
  });
}

/** The 99.5th percentile of what all slides show, so that one wild tile does not bleach the rest. */
export function settleScales(slides: readonly SlideEvidence[]): HeatmapScales {
  const total = slides.reduce((sum, s) => sum + s.evidence.length, 0);
  const every = Math.max(1, Math.ceil(total / MOST));
  const contribution = new Float32Array(Math.ceil(total / every));
  const attention = new Float32Array(contribution.length);
  let tile = 0;
  for (const s of slides) {
    for (let i = 0; i < s.evidence.length; i++, tile++) {
      if (tile % every !== 0) continue;
      contribution[tile / every] = Math.abs(s.evidence[i] as number);
      attention[tile / every] = (s.attention[i] as number) * s.attention.length;
    }
  }
  return { contribution: percentile(contribution, 0.995), attention: percentile(attention, 0.995) };
}

/** The scale of one bag, where there is no run whose scale it could share. */
export function ownScale(evidence: Float32Array): number {
  return percentile(evidence.map(Math.abs), 0.995);
}

/** Tiles looked at to settle the scales; of more, every second, third, ... is. */
const MOST = 4_000_000;

function percentile(values: Float32Array, p: number): number {
  const sorted = values.sort();
  const value = sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
  return value > 0 ? Number(value.toPrecision(3)) : 1;
}

/** Attention as a multiple of an even share, so that slides with many tiles can be compared with slides with few. */
export function evenShares(attention: Float32Array): Float32Array {
  return attention.map((a) => a * attention.length);
}

/** Index of the tiles of highest (or lowest) evidence, best first. */
export function rankTiles(evidence: Float32Array, count: number, highest: boolean): number[] {
  const order = Array.from(evidence.keys());
  const sign = highest ? -1 : 1;
  order.sort((a, b) => sign * ((evidence[a] as number) - (evidence[b] as number)) || a - b);
  return order.slice(0, count);
}

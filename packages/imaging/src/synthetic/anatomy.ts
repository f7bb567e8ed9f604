/**
 * What lies where on a synthetic slide: pieces of tissue, tumour inside them, tears, fat and lymphoid aggregates.
 * Tumour is placed first and nothing else may touch it, so the truth polygons are tumour and tumour only.
 */
import { type Random, randomStream } from "@nacre/core";
import {
  depthInside,
  fill,
  type Outline,
  outlinePoint,
  outlineRing,
  placed,
  randomOutline,
  ringArea,
} from "./outline.ts";
import type { SyntheticSlideSpec } from "./spec.ts";

export interface Anatomy {
  readonly pieces: readonly Outline[];
  readonly tumours: readonly Outline[];
  /** Holes torn in the section: bare glass. */
  readonly tears: readonly Outline[];
  readonly fat: readonly Outline[];
  readonly aggregates: readonly Outline[];
  /** Area of the pieces without the tears, square pixels. */
  readonly tissueArea: number;
  readonly tumourArea: number;
}

export const BARE: Anatomy = {
  pieces: [],
  tumours: [],
  tears: [],
  fat: [],
  aggregates: [],
  tissueArea: 0,
  tumourArea: 0,
};

/** Draws the anatomy of a slide; `pixel` is the number of pixels in a micrometre. */
export function drawAnatomy(spec: SyntheticSlideSpec, pixel: number, aggregateCount: number): Anatomy {
  const random = randomStream(spec.seed, "anatomy");
  const pieces = drawPieces(spec, random);
  const grossArea = sumArea(pieces);
  const share = spec.tumourShare ?? 0;
  const torn = drawSpots(random, pieces, [], random.below(3), 0.004 * grossArea, 20 * pixel);
  const found = drawTumours(random, pieces, torn, share * (grossArea - sumArea(torn)), 15 * pixel);
  // Where no free place is large enough, the section stays whole and each piece holds a smaller copy of itself.
  const tears = found === null ? [] : torn;
  const tumours =
    found ?? pieces.map((p) => placed(p, p.x, p.y, p.halfWidth * share ** 0.5, p.halfHeight * share ** 0.5));
  const tissueArea = grossArea - sumArea(tears);
  const solid = [...tears, ...tumours];
  const fat = drawSpots(random, pieces, solid, random.below(3), 0.03 * grossArea, 20 * pixel);
  const patch = Math.PI * (80 * pixel) ** 2;
  const aggregates = drawSpots(random, pieces, [...solid, ...fat], aggregateCount, patch, 20 * pixel);
  return { pieces, tumours, tears, fat, aggregates, tissueArea, tumourArea: sumArea(tumours) };
}

function drawPieces(spec: SyntheticSlideSpec, random: Random): Outline[] {
  const n = Math.round(spec.pieces ?? 1 + random.below(3));
  const across = n === 4 ? 2 : random.uniform() < 0.5 ? n : 1;
  const down = n / across;
  const slotWidth = spec.width / across;
  const slotHeight = spec.height / down;
  const share = spec.tissueShare ?? 0.36 + 0.08 * random.uniform();
  return Array.from({ length: n }, (_, i) => {
    const shape = randomOutline(random, 0.3);
    const extent = unitExtent(shape);
    const room = 1.88 / Math.max(extent.width, extent.height);
    const scale = Math.min(room, Math.sqrt(share / fill(shape)));
    const halfWidth = (scale * slotWidth) / 2;
    const halfHeight = (scale * slotHeight) / 2;
    const slackX = 0.96 * slotWidth - extent.width * halfWidth;
    const slackY = 0.96 * slotHeight - extent.height * halfHeight;
    const x = ((i % across) + 0.5) * slotWidth - extent.x * halfWidth + slackX * (random.uniform() - 0.5);
    const y = (Math.floor(i / across) + 0.5) * slotHeight - extent.y * halfHeight + slackY * (random.uniform() - 0.5);
    return placed(shape, x, y, halfWidth, halfHeight);
  });
}

/** Size and middle of the box around an outline with half axes 1. */
function unitExtent(shape: Outline): { x: number; y: number; width: number; height: number } {
  const ring = outlineRing(shape);
  const xs = ring.map((p) => p.x);
  const ys = ring.map((p) => p.y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left, height: bottom - top };
}

/** One or two regions of `area` in all, or one in each piece; null where they do not fit. */
function drawTumours(
  random: Random,
  pieces: readonly Outline[],
  tears: readonly Outline[],
  area: number,
  margin: number,
): Outline[] | null {
  if (area === 0) return [];
  for (const count of [1 + random.below(2), 1, pieces.length]) {
    for (let attempt = 0; attempt < 4; attempt++) {
      const out: Outline[] = [];
      for (let i = 0; i < count; i++) {
        const spot = placeSpot(random, pieces, [...tears, ...out], area / count, margin, 0.22);
        if (spot !== null) out.push(spot);
      }
      if (out.length === count) return out;
    }
  }
  return null;
}

function drawSpots(
  random: Random,
  pieces: readonly Outline[],
  avoid: readonly Outline[],
  count: number,
  area: number,
  margin: number,
): Outline[] {
  const out: Outline[] = [];
  for (let i = 0; i < count; i++) {
    const spot = placeSpot(random, pieces, [...avoid, ...out], area * (0.5 + random.uniform()), margin, 0.35);
    if (spot !== null) out.push(spot);
  }
  return out;
}

/** A spot of exactly `area` that lies `margin` inside a piece and `margin` away from what it must avoid, or null. */
function placeSpot(
  random: Random,
  pieces: readonly Outline[],
  avoid: readonly Outline[],
  area: number,
  margin: number,
  roughness: number,
): Outline | null {
  const shape = randomOutline(random, roughness);
  const size = Math.sqrt(area / fill(shape)) / 2;
  for (let attempt = 0; attempt < 80; attempt++) {
    const piece = pieces[random.below(pieces.length)] as Outline;
    const reach = attempt < 70 ? Math.sqrt(random.uniform()) : 0;
    const centre = outlinePoint(piece, 2 * Math.PI * random.uniform(), reach);
    // A long piece gets a long spot, else large shares would not fit.
    const slender = Math.sqrt(piece.halfWidth / piece.halfHeight);
    const stretch = attempt < 40 ? 0.8 + 0.45 * random.uniform() : slender;
    const spot = placed(shape, centre.x, centre.y, size * stretch, size / stretch);
    if (isClear(spot, piece, avoid, margin)) return spot;
  }
  return null;
}

function isClear(spot: Outline, piece: Outline, avoid: readonly Outline[], margin: number): boolean {
  for (let i = 0; i < 32; i++) {
    const p = outlinePoint(spot, (2 * Math.PI * i) / 32);
    if (depthInside(piece, p.x, p.y) < margin) return false;
    if (avoid.some((other) => depthInside(other, p.x, p.y) > -margin)) return false;
  }
  return avoid.every((other) => depthInside(spot, other.x, other.y) < 0);
}

function sumArea(outlines: readonly Outline[]): number {
  return outlines.reduce((sum, outline) => sum + ringArea(outlineRing(outline)), 0);
}

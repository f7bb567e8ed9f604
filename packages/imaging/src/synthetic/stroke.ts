/** What lies on the glass rather than in it: strokes of a marker pen, specks and fibres of dust. Level-0 pixels. */
import { type Point, type Random, randomStream } from "@nacre/core";
import type { Anatomy } from "./anatomy.ts";
import { TILE } from "./canvas.ts";
import { type Outline, outlinePoint } from "./outline.ts";
import type { PenColour, SyntheticSlideSpec } from "./spec.ts";

export interface Stroke {
  readonly points: readonly Point[];
  readonly halfWidth: number;
  /** Width over which the edge fades, pixels. */
  readonly soft: number;
  /** Light let through, 0..1 for red, green and blue. */
  readonly through: readonly [number, number, number];
}

const INK: Readonly<Record<PenColour, readonly [number, number, number]>> = {
  green: [0.1, 0.62, 0.45],
  blue: [0.12, 0.36, 0.78],
  red: [0.86, 0.14, 0.2],
  black: [0.1, 0.1, 0.12],
};

/** Pen marks around pieces of tissue, and dust anywhere. */
export function drawStrokes(spec: SyntheticSlideSpec, anatomy: Anatomy, pixel: number): Stroke[] {
  const random = randomStream(spec.seed, "strokes");
  const marks = (spec.pen ?? []).map((colour) => penMark(spec, anatomy, pixel, colour, random));
  const dust = Array.from({ length: spec.dust ?? 6 }, () => speck(spec, pixel, random));
  return [...marks, ...dust];
}

/** An arc along the outside of a piece, or a line across bare glass. */
function penMark(spec: SyntheticSlideSpec, anatomy: Anatomy, pixel: number, colour: PenColour, random: Random): Stroke {
  const piece = anatomy.pieces[random.below(Math.max(1, anatomy.pieces.length))];
  const start = 2 * Math.PI * random.uniform();
  const sweep = 1.1 + 1.4 * random.uniform();
  const points = Array.from({ length: 40 }, (_, i) => {
    const t = i / 39;
    if (piece !== undefined) return arcPoint(piece, start + sweep * t, 1.04 + 0.03 * Math.sin(9 * t + start));
    return { x: spec.width * (0.15 + 0.6 * t), y: spec.height * (0.4 + 0.1 * Math.sin(4 * t + start)) };
  });
  return { points, halfWidth: (38 + 16 * random.uniform()) * pixel, soft: 14 * pixel, through: INK[colour] };
}

const arcPoint = (piece: Outline, angle: number, scale: number): Point => outlinePoint(piece, angle, scale);

function speck(spec: SyntheticSlideSpec, pixel: number, random: Random): Stroke {
  const x = spec.width * random.uniform();
  const y = spec.height * random.uniform();
  const isFibre = random.uniform() < 0.3;
  const length = (isFibre ? 60 : 5) * (0.5 + random.uniform()) * pixel;
  const angle = 2 * Math.PI * random.uniform();
  const bend = random.uniform() - 0.5;
  const points = [0, 0.5, 1].map((t) => ({
    x: x + length * t * Math.cos(angle + bend * t),
    y: y + length * t * Math.sin(angle + bend * t),
  }));
  const grey = 0.3 + 0.3 * random.uniform();
  const halfWidth = (isFibre ? 1.5 : 3 + 5 * random.uniform()) * pixel;
  return { points, halfWidth, soft: 2 * pixel, through: [grey, grey * 0.98, grey * 0.95] };
}

/** Whether a stroke may touch the tile at x, y. */
export function touches(stroke: Stroke, x: number, y: number): boolean {
  const reach = stroke.halfWidth + stroke.soft;
  let left = Number.POSITIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const p of stroke.points) {
    left = Math.min(left, p.x);
    right = Math.max(right, p.x);
    top = Math.min(top, p.y);
    bottom = Math.max(bottom, p.y);
  }
  if (left - reach > x + TILE || right + reach < x || top - reach > y + TILE || bottom + reach < y) return false;
  return nearSegments(stroke, x, y).length > 0;
}

interface Segment {
  readonly from: Point;
  readonly dx: number;
  readonly dy: number;
}

/** Segments that come near enough to the tile to colour it. */
function nearSegments(stroke: Stroke, x: number, y: number): Segment[] {
  const out: Segment[] = [];
  const reach = stroke.halfWidth + stroke.soft + TILE * 0.71;
  for (let i = 1; i < stroke.points.length; i++) {
    const from = stroke.points[i - 1] as Point;
    const to = stroke.points[i] as Point;
    const segment = { from, dx: to.x - from.x, dy: to.y - from.y };
    if (squaredDistance(segment, x + TILE / 2, y + TILE / 2) < reach * reach) out.push(segment);
  }
  return out;
}

function squaredDistance(s: Segment, x: number, y: number): number {
  const px = x - s.from.x;
  const py = y - s.from.y;
  const t = Math.min(1, Math.max(0, (px * s.dx + py * s.dy) / (s.dx * s.dx + s.dy * s.dy + 1e-9)));
  return (px - t * s.dx) ** 2 + (py - t * s.dy) ** 2;
}

const nearest = new Float32Array(TILE * TILE);

/** Colours `rgb` [TILE, TILE, 3] of the tile at x, y. Ink darkens what it covers. */
export function paintStroke(stroke: Stroke, rgb: Uint8Array, x: number, y: number): void {
  const outer = stroke.halfWidth + stroke.soft;
  nearest.fill(outer * outer);
  for (const segment of nearSegments(stroke, x, y)) measureSegment(segment, outer, x, y);
  for (let i = 0, p = 0; i < TILE * TILE; i++, p += 3) {
    const squared = nearest[i] as number;
    if (squared >= outer * outer) continue;
    const cover = Math.min(1, (outer - Math.sqrt(squared)) / stroke.soft);
    for (let c = 0; c < 3; c++) {
      rgb[p + c] = (rgb[p + c] as number) * (1 - cover * (1 - (stroke.through[c] as number)));
    }
  }
}

/** Lowers `nearest` where the segment is nearer than what was measured before. */
function measureSegment(s: Segment, outer: number, x: number, y: number): void {
  const range = (from: number, length: number, corner: number): [number, number] => [
    Math.max(0, Math.floor(Math.min(from, from + length) - outer - corner)),
    Math.min(TILE, Math.ceil(Math.max(from, from + length) + outer - corner) + 1),
  ];
  const [left, right] = range(s.from.x, s.dx, x);
  const [top, bottom] = range(s.from.y, s.dy, y);
  for (let j = top; j < bottom; j++) {
    for (let k = left; k < right; k++) {
      const squared = squaredDistance(s, x + k, y + j);
      if (squared < (nearest[j * TILE + k] as number)) nearest[j * TILE + k] = squared;
    }
  }
}

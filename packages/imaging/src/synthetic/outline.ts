/**
 * Organic closed outlines: an ellipse whose radius is a short Fourier series of the angle. Each can be asked how far
 * inside a point lies, and given as a polygon; both describe the same curve. Frame: level-0 pixels.
 */
import type { Point, Random, Ring } from "@nacre/core";

export interface Outline {
  readonly x: number;
  readonly y: number;
  /** Half axes. */
  readonly halfWidth: number;
  readonly halfHeight: number;
  /** Cosine and sine coefficients of the relative radius, from the second harmonic on. */
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

const HARMONICS = 6;
const CORNERS = 160;

/** An outline around the origin with half axes 1. `roughness` is the largest departure from the circle, about. */
export function randomOutline(random: Random, roughness: number): Outline {
  const cosines = new Float64Array(HARMONICS);
  const sines = new Float64Array(HARMONICS);
  let total = 0;
  for (let i = 0; i < HARMONICS; i++) total += 1 / (i + 1.5);
  for (let i = 0; i < HARMONICS; i++) {
    const size = (roughness * (0.5 + 0.5 * random.uniform())) / ((i + 1.5) * total);
    const phase = 2 * Math.PI * random.uniform();
    cosines[i] = size * Math.cos(phase);
    sines[i] = size * Math.sin(phase);
  }
  return { x: 0, y: 0, halfWidth: 1, halfHeight: 1, cosines, sines };
}

/** The same shape elsewhere and in another size. */
export function placed(outline: Outline, x: number, y: number, halfWidth: number, halfHeight: number): Outline {
  return { ...outline, x, y, halfWidth, halfHeight };
}

/** About how far inside a point lies, pixels; negative outside. */
export function depthInside(outline: Outline, x: number, y: number): number {
  const u = (x - outline.x) / outline.halfWidth;
  const v = (y - outline.y) / outline.halfHeight;
  const distance = Math.sqrt(u * u + v * v);
  const shortHalf = outline.halfWidth < outline.halfHeight ? outline.halfWidth : outline.halfHeight;
  if (distance > 2) return (1.5 - distance) * shortHalf;
  const c = distance > 0 ? u / distance : 1;
  const s = distance > 0 ? v / distance : 0;
  return (radius(outline, c, s) - distance) * shortHalf;
}

/** Relative radius in the direction (c, s), by the recurrence of multiple angles. */
function radius(outline: Outline, c: number, s: number): number {
  let ck = c;
  let sk = s;
  let r = 1;
  for (let i = 0; i < HARMONICS; i++) {
    const next = ck * c - sk * s;
    sk = sk * c + ck * s;
    ck = next;
    r += (outline.cosines[i] as number) * ck + (outline.sines[i] as number) * sk;
  }
  return r;
}

/** The outline as a ring of 160 corners. */
export function outlineRing(outline: Outline): Ring {
  return Array.from({ length: CORNERS }, (_, i) => outlinePoint(outline, (2 * Math.PI * i) / CORNERS));
}

/** The point of the outline at an angle; `scale` 1.1 lies a tenth outside. */
export function outlinePoint(outline: Outline, angle: number, scale = 1): Point {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const r = radius(outline, c, s) * scale;
  return { x: outline.x + outline.halfWidth * r * c, y: outline.y + outline.halfHeight * r * s };
}

export function ringArea(ring: Ring): number {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[j] as Point;
    const b = ring[i] as Point;
    twice += a.x * b.y - b.x * a.y;
  }
  return Math.abs(twice / 2);
}

/** Share of the bounding square of the half axes that the shape fills: pi / 4 for a circle. */
export function fill(outline: Outline): number {
  return ringArea(outlineRing(outline)) / (4 * outline.halfWidth * outline.halfHeight);
}

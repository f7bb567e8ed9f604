/**
 * Where round things may have their middle: each edge votes for the points that lie inwards of it at the radii looked for (the
 * idea of fast radial symmetry, Loy and Zelinsky 2003, IEEE PAMI 25:959, and of the Hough transform for circles). Only edges
 * that darken inwards vote, so that the pale middle of a red cell has no say. One map of votes a radius; a vote is a share of
 * the circle of that radius, so that small and large circles compare.
 */
import type { Point } from "@nacre/core";
import type { Size } from "./star-shape.ts";

export interface RoundThing {
  readonly centre: Point;
  readonly radius: number;
  /** Share of the circle that was seen as an edge, about 0..1. */
  readonly share: number;
}

export interface VoteOptions {
  /** Radii from and to, and the step between them, pixels. */
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** Least gradient of an edge, steps of the plane a pixel. */
  readonly minEdge: number;
  readonly minShare: number;
}

/** Peaks of the votes of a plane that is brightest within the round things, pixels, the most certain first. */
export function roundThings(plane: Uint8Array, { width, height }: Size, options: VoteOptions): RoundThing[] {
  const edges = inwardEdges(plane, width, height, options.minEdge);
  const best = new Float32Array(plane.length);
  const radii = new Float32Array(plane.length);
  const votes = new Float32Array(plane.length);
  const along = new Float32Array(plane.length);
  for (let r = options.from; r <= options.to; r += options.step) {
    castVotes(edges, { width, height }, r, votes.fill(0));
    smooth(votes, along, 1);
    smooth(along, votes, width);
    for (let i = 0; i < best.length; i++) {
      const share = (votes[i] as number) / (2 * Math.PI * r);
      if (share <= (best[i] as number)) continue;
      best[i] = share;
      radii[i] = r;
    }
  }
  return peaks(best, radii, { width, height }, options.minShare);
}

interface Edges {
  readonly at: Int32Array;
  /** Unit vectors towards more of the plane. */
  readonly dx: Float32Array;
  readonly dy: Float32Array;
}

/** Central differences; of the ridge of an edge only the pixels that are steeper than their neighbours across it. */
function inwardEdges(plane: Uint8Array, width: number, height: number, minEdge: number): Edges {
  const gx = new Float32Array(plane.length);
  const gy = new Float32Array(plane.length);
  const steep = new Float32Array(plane.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const u = ((plane[i + 1] as number) - (plane[i - 1] as number)) / 2;
      const v = ((plane[i + width] as number) - (plane[i - width] as number)) / 2;
      gx[i] = u;
      gy[i] = v;
      steep[i] = Math.hypot(u, v);
    }
  }
  const kept: number[] = [];
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      const i = y * width + x;
      const m = steep[i] as number;
      if (m < minEdge) continue;
      const next = i + Math.round((gx[i] as number) / m) + width * Math.round((gy[i] as number) / m);
      const last = 2 * i - next;
      if (m >= (steep[next] as number) && m >= (steep[last] as number)) kept.push(i);
    }
  }
  const at = Int32Array.from(kept);
  const unit = (g: Float32Array): Float32Array => Float32Array.from(at, (i) => (g[i] as number) / (steep[i] as number));
  return { at, dx: unit(gx), dy: unit(gy) };
}

function castVotes({ at, dx, dy }: Edges, { width, height }: Size, radius: number, votes: Float32Array): void {
  for (let k = 0; k < at.length; k++) {
    const i = at[k] as number;
    const x = Math.round((i % width) + radius * (dx[k] as number));
    const y = Math.round(Math.floor(i / width) + radius * (dy[k] as number));
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    votes[y * width + x] = (votes[y * width + x] as number) + 1;
  }
}

/** Sums over five pixels `step` apart, weights 1/2 1 1 1 1/2: an edge is a pixel or two out of place. */
function smooth(from: Float32Array, to: Float32Array, step: number): void {
  const last = from.length - 2 * step;
  to.fill(0, 0, 2 * step).fill(0, Math.max(0, last));
  for (let i = 2 * step; i < last; i++) {
    const near = (from[i - step] as number) + (from[i] as number) + (from[i + step] as number);
    to[i] = near + ((from[i - 2 * step] as number) + (from[i + 2 * step] as number)) / 2;
  }
}

function peaks(best: Float32Array, radii: Float32Array, { width, height }: Size, minShare: number): RoundThing[] {
  const found: RoundThing[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const share = best[i] as number;
      if (share < minShare || !isPeak(best, { width, height }, x, y)) continue;
      found.push({ centre: { x: x + 0.5, y: y + 0.5 }, radius: radii[i] as number, share });
    }
  }
  return found.sort((a, b) => b.share - a.share);
}

/** Of equal neighbours the first is the peak. */
function isPeak(best: Float32Array, { width, height }: Size, x: number, y: number): boolean {
  const own = best[y * width + x] as number;
  for (let v = Math.max(0, y - 2); v <= Math.min(height - 1, y + 2); v++) {
    for (let u = Math.max(0, x - 2); u <= Math.min(width - 1, x + 2); u++) {
      const other = best[v * width + u] as number;
      if (other > own || (other === own && (v < y || (v === y && u < x)))) return false;
    }
  }
  return true;
}

/**
 * What lies above the tile's own hematoxylin threshold, as a stand-in for nuclei: how much, how many pieces, how large.
 * Source: threshold of Otsu 1979, IEEE Trans SMC 9:62; 4-connected pieces by union-find (Hoshen and Kopelman 1976). The threshold
 * follows the stain, so all of it but the contrast is free of stain strength. It does not segment nuclei: touching ones are one piece.
 */
import { featuresOf, type TextureFamily } from "./family.ts";
import { densityHistogram, fillHistogram, otsu } from "./histogram.ts";
import { type Moments, momentsOf } from "./moments.ts";

/** Pieces below this many pixels of the half-resolution plane are noise. */
const LEAST_AREA = 6;
const FLAT = 1e-3;
const FREE_NAMES = ["share", "separation", "gap", "eosin-gap", "pieces", "log-area", "log-area-sd", "edge"];

export function nucleiFamily(half: number): TextureFamily {
  const histogram = densityHistogram();
  const labels = new Int32Array(half * half);
  const parents = new Int32Array(half * half + 1);
  const areas = new Int32Array(half * half + 1);
  const moments: Moments = { mean: 0, sd: 0, skewness: 0, kurtosis: 0 };
  return {
    features: [...featuresOf("nuclei", FREE_NAMES, true), ...featuresOf("nuclei", ["contrast"], false)],
    measure({ h, e }, out, at) {
      momentsOf(h, moments);
      const spread = moments.sd;
      out.fill(0, at, at + 9);
      if (spread < FLAT) return;
      fillHistogram(histogram, h);
      const { threshold, separation } = otsu(histogram, h.length);
      const sides = compareSides(h, e, threshold);
      momentsOf(e, moments);
      out[at] = sides.share;
      out[at + 1] = separation;
      out[at + 2] = sides.gap / spread;
      out[at + 3] = moments.sd < FLAT ? 0 : sides.eosinGap / moments.sd;
      const found = labelPieces(h, half, threshold, { labels, parents, areas });
      out[at + 4] = (found.count * 1e4) / h.length;
      out[at + 5] = found.logArea;
      out[at + 6] = found.logAreaSd;
      out[at + 7] = found.edge;
      out[at + 8] = sides.gap;
    },
  };
}

/** Share of the pixels above the threshold, and how much higher the two densities are there. */
function compareSides(h: Float32Array, e: Float32Array, threshold: number) {
  let n = 0;
  let hIn = 0;
  let hOut = 0;
  let eIn = 0;
  let eOut = 0;
  for (let i = 0; i < h.length; i++) {
    const v = h[i] as number;
    if (v > threshold) {
      n++;
      hIn += v;
      eIn += e[i] as number;
    } else {
      hOut += v;
      eOut += e[i] as number;
    }
  }
  const m = h.length - n;
  if (n === 0 || m === 0) return { share: n / h.length, gap: 0, eosinGap: 0 };
  return { share: n / h.length, gap: hIn / n - hOut / m, eosinGap: eIn / n - eOut / m };
}

export interface PieceScratch {
  readonly labels: Int32Array;
  readonly parents: Int32Array;
  readonly areas: Int32Array;
}

/** Pieces above the threshold: their number, mean and spread of log2(area), and the share of pixels that lie on an edge. */
export function labelPieces(plane: Float32Array, side: number, threshold: number, scratch: PieceScratch) {
  const { labels, parents, areas } = scratch;
  let next = 1;
  let inside = 0;
  let edge = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      if (!((plane[i] as number) > threshold)) {
        labels[i] = 0;
        continue;
      }
      const left = x > 0 ? (labels[i - 1] as number) : 0;
      const up = y > 0 ? (labels[i - side] as number) : 0;
      inside++;
      if (left === 0 || up === 0 || x + 1 === side || y + 1 === side) edge++;
      else if (!((plane[i + 1] as number) > threshold && (plane[i + side] as number) > threshold)) edge++;
      if (left === 0 && up === 0) {
        parents[next] = next;
        areas[next] = 1;
        labels[i] = next++;
        continue;
      }
      const root = left === 0 || up === 0 ? rootOf(parents, left + up) : join(parents, areas, left, up);
      areas[root] = (areas[root] as number) + 1;
      labels[i] = root;
    }
  }
  return { ...areaStatistics(parents, areas, next), edge: inside === 0 ? 0 : edge / inside };
}

function rootOf(parents: Int32Array, label: number): number {
  let root = label;
  while (parents[root] !== root) {
    parents[root] = parents[parents[root] as number] as number;
    root = parents[root] as number;
  }
  return root;
}

function join(parents: Int32Array, areas: Int32Array, a: number, b: number): number {
  const p = rootOf(parents, a);
  const q = rootOf(parents, b);
  if (p === q) return p;
  const root = p < q ? p : q;
  const child = p < q ? q : p;
  parents[child] = root;
  areas[root] = (areas[root] as number) + (areas[child] as number);
  return root;
}

function areaStatistics(parents: Int32Array, areas: Int32Array, end: number) {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let label = 1; label < end; label++) {
    if (parents[label] !== label || (areas[label] as number) < LEAST_AREA) continue;
    const log = Math.log2(areas[label] as number);
    count++;
    sum += log;
    squares += log * log;
  }
  const mean = count === 0 ? 0 : sum / count;
  const sd = count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean));
  return { count, logArea: mean, logAreaSd: sd };
}

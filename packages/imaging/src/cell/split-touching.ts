/**
 * Parts a mask into round things that touch: a watershed of the distance to the outside (Vincent and Soille 1991, IEEE PAMI
 * 13:583), flooded from the deepest pixels up. Where two basins meet they become one unless both are clearly deeper than the
 * pass between them, so that a rough outline makes no cells (the "dynamics" of Grimaud 1992). One pass, pixels sorted by depth.
 */
import { distanceInside } from "./distance-transform.ts";

export interface SplitOptions {
  /** Basins part where the shallower one is deeper than the pass by this many pixels... */
  readonly minDepth: number;
  /** ...and by this share of its own depth. */
  readonly minShare: number;
}

export interface Parts {
  /** 0 outside, else 1 + the index of the part, [height, width]. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** Depths are told in steps of a 64th of a pixel. */
const FINE = 64;

/** Labels the parts of a mask. Every pixel of the mask belongs to one. */
export function splitTouching(mask: Uint8Array, width: number, height: number, options: SplitOptions): Parts {
  const depth = softened(distanceInside(mask, width, height), mask, width, height);
  const basin = new Int32Array(mask.length).fill(-1);
  const parent: number[] = [];
  const peak: number[] = [];
  const root = (b: number): number => {
    let at = b;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  const around = [-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1];
  for (const i of deepestFirst(depth, mask)) {
    const d = depth[i] as number;
    const x = i % width;
    let own = -1;
    for (let k = 0; k < 8; k++) {
      const j = i + (around[k] as number);
      if (j < 0 || j >= mask.length || Math.abs((j % width) - x) > 1) continue;
      const there = basin[j] as number;
      if (there < 0) continue;
      const other = root(there);
      if (own < 0 || own === other) {
        own = other;
        continue;
      }
      const [high, low] = (peak[own] as number) >= (peak[other] as number) ? [own, other] : [other, own];
      const rise = (peak[low] as number) - d;
      if (rise < options.minDepth || rise < options.minShare * (peak[low] as number)) parent[low] = high;
      own = high;
    }
    if (own < 0) {
      own = parent.length;
      parent.push(own);
      peak.push(d);
    }
    basin[i] = own;
  }
  return numbered(basin, root);
}

/** Mean over 3 x 3 pixels inside the mask: straight edges have ridges that are one pixel rough. */
function softened(depth: Float32Array, mask: Uint8Array, width: number, height: number): Float32Array {
  const out = new Float32Array(depth.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (mask[y * width + x] === 0) continue;
      let sum = 0;
      let n = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          sum += depth[v * width + u] as number;
          n++;
        }
      }
      out[y * width + x] = sum / n;
    }
  }
  return out;
}

/** Indices of the mask's pixels, deepest first (a counting sort). */
function deepestFirst(depth: Float32Array, mask: Uint8Array): Int32Array {
  let deepest = 0;
  for (const d of depth) if (d > deepest) deepest = d;
  const steps = Math.ceil(deepest * FINE) + 1;
  const starts = new Int32Array(steps + 1);
  const stepOf = (i: number): number => steps - 1 - Math.floor((depth[i] as number) * FINE);
  let n = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    n++;
    const s = stepOf(i) + 1;
    starts[s] = (starts[s] as number) + 1;
  }
  for (let s = 1; s <= steps; s++) starts[s] = (starts[s] as number) + (starts[s - 1] as number);
  const out = new Int32Array(n);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const s = stepOf(i);
    out[starts[s] as number] = i;
    starts[s] = (starts[s] as number) + 1;
  }
  return out;
}

/** Names of basins become 1, 2, ... in the order of their first pixels. */
function numbered(basin: Int32Array, root: (b: number) => number): Parts {
  const names = new Map<number, number>();
  const labels = new Int32Array(basin.length);
  for (let i = 0; i < basin.length; i++) {
    if ((basin[i] as number) < 0) continue;
    const r = root(basin[i] as number);
    let name = names.get(r);
    if (name === undefined) {
      name = names.size + 1;
      names.set(r, name);
    }
    labels[i] = name;
  }
  return { labels, count: names.size };
}

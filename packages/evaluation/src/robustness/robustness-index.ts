/**
 * Does an encoder put tiles together by what they show or by who scanned them? The robustness index of PathoROB: among the
 * k nearest neighbours of every tile (cosine; neighbours of the same slide removed) count those of the same class from another
 * centre (SO) and those of another class from the same centre (OS), over ranks 1 to k: index = SO / (SO + OS). 1: only
 * biology counts; 0: only the centre. Departure: an interval, by resampling slides, since tiles of a slide are one observation.
 */
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { quantile, replicate } from "../interval/bootstrap.ts";
import { indexed, inner, type Rows, rowsOf } from "./unit-rows.ts";

export interface Embedded {
  /** Row-major [n, d]. */
  readonly vectors: ArrayLike<number>;
  readonly d: number;
  /** Biological class of each tile, [n]. */
  readonly classes: ArrayLike<string | number>;
  /** Centre each tile comes from, [n]. */
  readonly centres: ArrayLike<string | number>;
}

export interface RobustnessInput extends Embedded {
  /** Slide (or patient) of each tile, [n]; its other tiles are no neighbours. */
  readonly slides: ArrayLike<string | number>;
  /** Neighbours of each tile. */
  readonly k: number;
}

export interface RobustnessIndex {
  /** The index over ranks 1 to k. n counts slides. */
  readonly index: Estimate;
  /** The index over ranks 1 to r, for r = 1 to k; null where neither kind of neighbour has been met. [k] */
  readonly cumulated: readonly (number | null)[];
  /** Pairs met: same class and other centre, other class and same centre. */
  readonly sameClassOtherCentre: number;
  readonly otherClassSameCentre: number;
  readonly tiles: number;
  /** Tiles with fewer than k neighbours outside their slide. */
  readonly short: number;
}

export interface RobustnessOptions {
  /** Default 1000; 0 for no interval. */
  readonly replicates?: number;
  readonly seed?: number;
}

/** @throws RangeError where lengths do not fit n, k is below 1, or a vector is zero or not finite */
export function robustnessIndex(
  { vectors, d, classes, centres, slides, k }: RobustnessInput,
  { replicates = 1000, seed = 0 }: RobustnessOptions = {},
): RobustnessIndex {
  const rows = rowsOf(vectors, d);
  expectColumns(rows.n, { classes, centres, slides });
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`expected at least one neighbour, received k = ${k}`);
  const slide = indexed(slides);
  const counts = countNeighbours(rows, { class: indexed(classes), centre: indexed(centres), slide }, k);
  const same = counts.sameByRank.reduce((a, b) => a + b, 0);
  const other = counts.otherByRank.reduce((a, b) => a + b, 0);
  return {
    index: indexEstimate(
      { ...counts, units: slide.reduce((most, s) => Math.max(most, s + 1), 0) },
      { replicates, seed, of: `${k} neighbours`, over: "slides" },
    ),
    cumulated: cumulate(counts.sameByRank, counts.otherByRank),
    sameClassOtherCentre: same,
    otherClassSameCentre: other,
    tiles: rows.n,
    short: counts.short,
  };
}

/** Class, centre and slide (or patient) of each row, as indices. [n] each */
export interface Traits {
  readonly class: Int32Array;
  readonly centre: Int32Array;
  readonly slide: Int32Array;
}

/** Neighbours met: of the same class and another centre, and of another class and the same centre. */
export interface NeighbourCounts {
  readonly sameByRank: Float64Array;
  readonly otherByRank: Float64Array;
  /** By slide of the tile whose neighbours are counted. */
  readonly sameBySlide: Float64Array;
  readonly otherBySlide: Float64Array;
  readonly short: number;
}

/** Counts the k nearest neighbours of each row; rows of its own slide are no neighbours. */
export function countNeighbours(rows: Rows, traits: Traits, k: number): NeighbourCounts {
  const near = neighbours(rows, traits.slide, k);
  const sameByRank = new Float64Array(k);
  const otherByRank = new Float64Array(k);
  const sameBySlide = new Float64Array(rows.n);
  const otherBySlide = new Float64Array(rows.n);
  let short = 0;
  for (let i = 0; i < rows.n; i++) {
    const slide = traits.slide[i] as number;
    let rank = 0;
    for (; rank < k && (near[i * k + rank] as number) >= 0; rank++) {
      const j = near[i * k + rank] as number;
      const isClass = traits.class[i] === traits.class[j];
      const isCentre = traits.centre[i] === traits.centre[j];
      if (isClass === isCentre) continue;
      const [byRank, bySlide] = isClass ? [sameByRank, sameBySlide] : [otherByRank, otherBySlide];
      byRank[rank] = (byRank[rank] as number) + 1;
      bySlide[slide] = (bySlide[slide] as number) + 1;
    }
    if (rank < k) short++;
  }
  return { sameByRank, otherByRank, sameBySlide, otherBySlide, short };
}

/** The k most similar rows outside the slide of each row, nearest first, the earlier of equals first; -1 where there are no more. [n, k] */
function neighbours(rows: Rows, slide: Int32Array, k: number): Int32Array {
  const near = new Int32Array(rows.n * k).fill(-1);
  const similarity = new Float64Array(rows.n * k).fill(Number.NEGATIVE_INFINITY);
  const offer = (i: number, j: number, s: number): void => {
    let at = (i + 1) * k - 1;
    if (s <= (similarity[at] as number)) return;
    for (; at > i * k && (similarity[at - 1] as number) < s; at--) {
      near[at] = near[at - 1] as number;
      similarity[at] = similarity[at - 1] as number;
    }
    near[at] = j;
    similarity[at] = s;
  };
  // Each pair once. Row i meets the others in their order, so that the earlier of equals stays in front.
  for (let i = 0; i < rows.n; i++) {
    for (let j = i + 1; j < rows.n; j++) {
      if (slide[j] === slide[i]) continue;
      const s = inner(rows, i, rows, j);
      offer(i, j, s);
      offer(j, i, s);
    }
  }
  return near;
}

function cumulate(same: Float64Array, other: Float64Array): (number | null)[] {
  let s = 0;
  let o = 0;
  return Array.from(same, (v, rank) => {
    s += v;
    o += other[rank] as number;
    return s + o === 0 ? null : s / (s + o);
  });
}

export interface IndexCounts extends Pick<NeighbourCounts, "sameBySlide" | "otherBySlide"> {
  /** Slides (or patients) that are resampled. */
  readonly units: number;
}

/** The index from counts by slide, with an interval by resampling them. `of` and `over` are words for the method. */
export function indexEstimate(
  { sameBySlide, otherBySlide, units }: IndexCounts,
  {
    replicates,
    seed,
    of,
    over,
  }: { readonly replicates: number; readonly seed: number; readonly of: string; readonly over: string },
): Estimate {
  const at = (weights: Float64Array): number | null => {
    let s = 0;
    let o = 0;
    for (let i = 0; i < units; i++) {
      s += (weights[i] as number) * (sameBySlide[i] as number);
      o += (weights[i] as number) * (otherBySlide[i] as number);
    }
    return s + o === 0 ? null : s / (s + o);
  };
  const method = `robustness index over ${of}; 95 % percentile bootstrap over ${over}, ${replicates} replicates`;
  const value = at(new Float64Array(units).fill(1));
  if (value === null) {
    const reason = "no neighbour is of the same class and another centre, or of another class and the same centre";
    return undefinedEstimate(units, method, reason);
  }
  const none = (reason: string): Estimate => ({ value, low: null, high: null, n: units, method, reason });
  if (replicates === 0) return none("no bootstrap was asked for");
  const [draws] = replicate(units, [at], { replicates, seed }) as [Float64Array];
  const sorted = draws.filter((v) => !Number.isNaN(v)).sort();
  if (sorted.length < 0.9 * replicates) return none("no interval: too many replicates are undefined");
  if (sorted[0] === sorted.at(-1)) return none("no interval: every replicate gives the same value");
  return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), n: units, method };
}

/** @throws RangeError where a column does not have one entry for each row */
export function expectColumns(n: number, columns: Readonly<Record<string, ArrayLike<unknown>>>): void {
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== n)
      throw new RangeError(`expected one entry of ${name} for each of ${n} vectors, received ${column.length}`);
  }
}

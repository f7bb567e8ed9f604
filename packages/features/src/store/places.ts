/** Where the tiles of a feature file lay, brought to level-0 pixels as far as the file allows. */
import { raise } from "@nacre/core";
import { type datasetOf, numbersOf } from "./hdf5.ts";
import type { PlaceFrame } from "./meta.ts";

type Values = Readonly<Record<string, string | number>>;

/** Attributes of the file and its two datasets. */
export interface Attributes {
  readonly file: Values;
  readonly features: Values;
  readonly coords: Values;
}

export interface Places {
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly side: number | null;
  readonly frame: PlaceFrame;
  readonly stride: number | null;
}

export interface PlaceContext {
  readonly n: number;
  readonly isStamp: boolean;
  readonly attributes: Attributes;
  readonly where: string;
  /** Scale of level 0, um/px, where the caller knows it. */
  readonly mpp: number | null;
}

type Dataset = ReturnType<typeof datasetOf>;

/** Places of n tiles; without `coords` they are rows 0, 1, ... Throws FailureError `dimension-mismatch` or `bad-features`. */
export function placesOf(coords: Dataset, context: PlaceContext): Places {
  const { n, where, mpp, attributes } = context;
  if (coords === null) return rowPlaces(n);
  const pairs = pairsOf(coords, n, where);
  const stride = strideOf(pairs);
  const microns = context.isStamp ? stampMicrons(attributes.file, stride) : null;
  if (microns === null) {
    const side = sideAtLevel0(attributes.coords);
    return { ...columns(pairs, 1), side, frame: "level-0", stride };
  }
  const scale = microns.perUnit / (mpp ?? 1);
  return {
    ...columns(pairs, scale),
    side: mpp === null ? null : Math.round(microns.tile / mpp),
    frame: mpp === null ? "micrometres" : "level-0",
    stride: stride === null ? null : stride * scale,
  };
}

/** Places of tiles in a file without places. */
export function rowPlaces(n: number): Places {
  return {
    x: Int32Array.from({ length: n }, (_, i) => i),
    y: new Int32Array(n),
    side: null,
    frame: "index",
    stride: null,
  };
}

function pairsOf(coords: NonNullable<Dataset>, n: number, where: string): ArrayLike<number> {
  const shape = coords.shape ?? [];
  const [rows, columns] = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  if (columns !== 2 || shape.length > 3) {
    return raise("bad-features", {
      expected: `coords as [n, 2] in ${where}`,
      received: `shape [${shape.join(", ")}]`,
      remedy: "write x and y of the top-left corner, one row a tile",
    });
  }
  if (rows !== n) {
    return raise("dimension-mismatch", {
      expected: `as many places as features in ${where}, ${n}`,
      received: `${rows} places`,
      remedy: "encode the slide again: the file was put together from two runs",
    });
  }
  return numbersOf(coords);
}

/** Side of a tile at level 0: TRIDENT writes it; CLAM's coordinate files give size and downsample. */
function sideAtLevel0(coords: Values): number | null {
  if (typeof coords.patch_size_level0 === "number") return coords.patch_size_level0;
  if (typeof coords.patch_size !== "number" || typeof coords.downsample !== "number") return null;
  return Math.round(coords.patch_size * coords.downsample);
}

/**
 * Whether STAMP's places are micrometres: it says so by `unit` (2.0) or `tile_size_um` (2.1 and later); before 2.0 they were
 * pixels of 256 um / 224, told by `extractor` and a stride of 224. Without any of these they are level-0 pixels.
 */
function stampMicrons(file: Values, stride: number | null): { tile: number; perUnit: number } | null {
  if (typeof file.tile_size_um === "number") return { tile: file.tile_size_um, perUnit: 1 };
  if (file.unit === "um" && typeof file.tile_size === "number") return { tile: file.tile_size, perUnit: 1 };
  if (file.extractor !== undefined && stride !== null && Math.round(stride) === 224)
    return { tile: 256, perUnit: 256 / 224 };
  return null;
}

function columns(pairs: ArrayLike<number>, scale: number): { x: Int32Array; y: Int32Array } {
  const n = pairs.length / 2;
  return {
    x: Int32Array.from({ length: n }, (_, i) => Math.round((pairs[2 * i] as number) * scale)),
    y: Int32Array.from({ length: n }, (_, i) => Math.round((pairs[2 * i + 1] as number) * scale)),
  };
}

/** Smallest positive distance between two places on one axis; null when all lie at one. */
function strideOf(pairs: ArrayLike<number>): number | null {
  let least = Number.POSITIVE_INFINITY;
  for (const axis of [0, 1]) {
    const sorted = Float64Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + axis] as number).sort();
    for (let i = 1; i < sorted.length; i++) {
      const gap = (sorted[i] as number) - (sorted[i - 1] as number);
      if (gap > 0 && gap < least) least = gap;
    }
  }
  return Number.isFinite(least) ? least : null;
}

/** Chunks of one level as pixels: which chunks a block of the grid needs, and how their samples become RGB. */
import type { Array as ZarrArray } from "zarrita";
import type { WholeBlock } from "../../slide/block-cache.ts";
import { brokenBlock } from "../../slide/broken-block.ts";
import type { Level, Plane } from "../../slide/slide.ts";
import type { ArrayFacts } from "./zarr-array.ts";
import type { AxisName } from "./zarr-metadata.ts";

export interface ZarrLevel extends Level {
  readonly array: ZarrArray<"uint8" | "uint16">;
  readonly facts: ArrayFacts;
  readonly axes: readonly AxisName[];
}

/** What of the picture is shown. */
export interface Shown {
  readonly name: string;
  readonly isRgb: boolean;
  readonly plane: Plane;
  /** Bytes by sample value; null: samples are bytes and stay as they are. */
  readonly window: Uint8Array | null;
  /** Focal planes of level 0. */
  readonly focalPlanes: number;
}

interface BlockPlace {
  readonly column: number;
  readonly row: number;
}

/** Pixels of one block of the grid. @throws FailureError broken-tile, and those of the source */
export async function readZarrBlock(
  level: ZarrLevel,
  place: BlockPlace,
  shown: Shown,
  signal?: AbortSignal,
): Promise<WholeBlock> {
  const { blockWidth: width, blockHeight: height } = level;
  const data = new Uint8Array(width * height * 3);
  const chunkChannels = sideOf(level, level.facts.chunk, "c");
  const parts = new Map<number, Uint8Array | Uint16Array>();
  for (const channel of shown.isRgb ? [0, 1, 2] : [shown.plane.channel]) {
    const at = Math.floor(channel / chunkChannels);
    const samples = parts.get(at) ?? (await chunkAt(level, place, channel, shown, signal));
    parts.set(at, samples);
    paint(level, samples, channel, shown, data);
  }
  return { width, height, data };
}

const sideOf = (level: ZarrLevel, sizes: readonly number[], axis: AxisName): number =>
  sizes[level.axes.indexOf(axis)] ?? 1;

/** Where a plane of the picture lies along each axis of this level: focal planes may be fewer in coarser ones. */
function indexAt(level: ZarrLevel, axis: AxisName, channel: number, { plane, focalPlanes }: Shown): number {
  if (axis === "c") return channel;
  if (axis === "t") return plane.time;
  return Math.floor((plane.focalPlane * sideOf(level, level.facts.shape, "z")) / focalPlanes);
}

async function chunkAt(
  level: ZarrLevel,
  place: BlockPlace,
  channel: number,
  shown: Shown,
  signal?: AbortSignal,
): Promise<Uint8Array | Uint16Array> {
  const { axes, facts, array } = level;
  const coordinates = axes.map((axis, i) => {
    if (axis === "x") return place.column;
    if (axis === "y") return place.row;
    return Math.floor(indexAt(level, axis, channel, shown) / (facts.chunk[i] as number));
  });
  const wanted = facts.chunk.reduce((all, side) => all * side, 1);
  const chunk = await array.getChunk(coordinates, signal ? { signal } : {}).catch((error: unknown): never => {
    if (error instanceof Error && /^(FailureError|AbortError)$/.test(error.name)) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return brokenBlock(shown.name, level, place, cause);
  });
  if (chunk.data.length === wanted) return inOrder(chunk.data, chunk.stride, facts.chunk);
  return brokenBlock(shown.name, level, place, new Error(`${chunk.data.length} samples, not ${wanted}`));
}

/** Samples with the last axis running fastest; a transpose codec leaves them in another order. */
function inOrder(
  data: Uint8Array | Uint16Array,
  stride: readonly number[],
  shape: readonly number[],
): Uint8Array | Uint16Array {
  let expected = 1;
  const isPlain = shape.every((_, i) => {
    const axis = shape.length - 1 - i;
    const is = stride[axis] === expected || shape[axis] === 1;
    expected *= shape[axis] as number;
    return is;
  });
  if (isPlain) return data;
  const out = data.slice();
  const at = shape.map(() => 0);
  for (let to = 0; to < out.length; to++) {
    out[to] = data[at.reduce((sum, index, axis) => sum + index * (stride[axis] as number), 0)] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (shape[axis] as number)) break;
      at[axis] = 0;
    }
  }
  return out;
}

function paint(
  level: ZarrLevel,
  samples: Uint8Array | Uint16Array,
  channel: number,
  shown: Shown,
  data: Uint8Array,
): void {
  const { axes, facts, blockWidth, blockHeight } = level;
  const strides = facts.chunk.map((_, i) => facts.chunk.slice(i + 1).reduce((all, side) => all * side, 1));
  const strideX = strides[axes.indexOf("x")] as number;
  const strideY = strides[axes.indexOf("y")] as number;
  let start = 0;
  for (const [i, axis] of axes.entries()) {
    if (axis === "x" || axis === "y") continue;
    start += (indexAt(level, axis, channel, shown) % (facts.chunk[i] as number)) * (strides[i] as number);
  }
  const { window, isRgb } = shown;
  for (let y = 0, to = isRgb ? channel : 0; y < blockHeight; y++) {
    for (let x = 0, at = start + y * strideY; x < blockWidth; x++, at += strideX, to += 3) {
      const sample = samples[at] as number;
      const value = window ? (window[sample] as number) : sample;
      data[to] = value;
      if (!isRgb) {
        data[to + 1] = value;
        data[to + 2] = value;
      }
    }
  }
}

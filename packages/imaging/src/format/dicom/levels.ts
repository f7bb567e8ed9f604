/**
 * From instances to levels: parts of a concatenation are joined, frames find their places, and one plane (optical path, height) is chosen. Frames
 * on a grid are a table of blocks; others are placed one by one.
 */
import { raise } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { drive } from "../../bytes/reading.ts";
import type { BlockTable } from "../../slide/block-level.ts";
import type { PlacedBlock } from "../../slide/placed-level.ts";
import type { Plane } from "../../slide/slide.ts";
import { hostile } from "../tiff-directory.ts";
import { type FrameSpans, readFrameSpans } from "./frames.ts";
import type { Instance } from "./instance.ts";
import { joinSources } from "./joined-source.ts";
import type { Found } from "./series.ts";

/** The instances of one size. */
export interface Stack {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly Found[];
}

/** What frames there are to choose from. */
export interface Choice {
  readonly paths: readonly string[];
  /** Heights above the glass, ascending; TILED_FULL counts them from 0. */
  readonly heights: readonly number[];
}

export interface LevelFrames {
  readonly source: ByteSource;
  /** null where the frames do not lie on a grid. */
  readonly table: BlockTable | null;
  /** The frames one by one. */
  readonly placed: () => readonly PlacedBlock[];
  /** Frames left out because another lies at their place: further scans of the same size, dimensions that are not known here. */
  readonly repeated: number;
}

/** Instances by size, the largest first. The order inside a size is that of the file: instance number, then frame offset. */
export function stacksOf(volumes: readonly Found[]): Stack[] {
  const bySize = new Map<string, Found[]>();
  for (const found of volumes) {
    const { width, height, blockWidth, blockHeight } = found.instance;
    const key = `${width} ${height} ${blockWidth} ${blockHeight}`;
    bySize.set(key, [...(bySize.get(key) ?? []), found]);
  }
  return [...bySize.values()]
    .map((parts) => {
      const { width, height } = (parts[0] as Found).instance;
      const order = (a: Found, b: Found): number =>
        a.instance.frameOffset - b.instance.frameOffset || a.instance.number - b.instance.number;
      return { width, height, parts: parts.sort(order) };
    })
    .sort((a, b) => b.width * b.height - a.width * a.height);
}

/** The optical paths and heights of a stack, in the order of the file. */
export function choiceOf({ parts }: Stack): Choice {
  const paths = new Set<string>();
  const heights = new Set<number>();
  for (const { instance } of parts) {
    for (const path of instance.paths) paths.add(path);
    if (instance.positions === null) for (let z = 0; z < instance.focalPlanes; z++) heights.add(z);
    for (const { path, z } of instance.positions ?? []) {
      paths.add(path);
      heights.add(z);
    }
  }
  if (paths.size === 0) paths.add("");
  return { paths: [...paths], heights: [...heights].sort((a, b) => a - b) };
}

/** The frames of one plane of a stack. @throws FailureError truncated-file, hostile-file, missing-file */
export async function readFrames(
  stack: Stack,
  choice: Choice,
  plane: Plane,
  signal?: AbortSignal,
): Promise<LevelFrames> {
  const { source, starts } = joinSources(stack.parts.map((part) => part.source));
  const parts: Part[] = [];
  for (const [i, { instance, source: own }] of stack.parts.entries()) {
    const spans = await drive(readFrameSpans(instance, own.name, own.size), own, signal);
    parts.push({ instance, name: own.name, spans, start: starts[i] as number });
  }
  const path = choice.paths[plane.channel] as string;
  const z = choice.heights[plane.focalPlane] as number;
  const isFull = parts.every(({ instance }) => instance.positions === null);
  return { source, ...(isFull ? fullFrames(parts, path, z, source.name) : sparseFrames(parts, path, z)) };
}

interface Part {
  readonly instance: Instance;
  readonly name: string;
  readonly spans: FrameSpans;
  /** Of its source in the joined one. */
  readonly start: number;
}

type Frames = Omit<LevelFrames, "source">;

/** TILED_FULL: row by row, then height by height, then path by path (PS3.3, C.7.6.17.3). It leaves no gaps: what is missing was lost. */
function fullFrames(parts: readonly Part[], path: string, z: number, name: string): Frames {
  const table = emptyTable((parts[0] as Part).instance);
  const n = table.columns * table.rows;
  let filled = 0;
  let repeated = 0;
  for (const { instance, spans, start } of parts) {
    const at = instance.paths.length === 0 ? 0 : instance.paths.indexOf(path);
    const first = (at * instance.focalPlanes + z) * n;
    if (at < 0) continue;
    for (let i = Math.max(0, first - instance.frameOffset); i < spans.offsets.length; i++) {
      const tile = instance.frameOffset + i - first;
      if (tile >= n) break;
      if ((table.lengths[tile] as number) > 0) repeated++;
      else {
        table.offsets[tile] = start + (spans.offsets[i] as number);
        table.lengths[tile] = spans.lengths[i] as number;
        filled++;
      }
    }
  }
  if (filled < n) incomplete(filled, table, name);
  return { table, placed: () => placedOf(table), repeated };
}

function sparseFrames(parts: readonly Part[], path: string, z: number): Frames {
  const found: PlacedBlock[] = [];
  for (const part of parts) for (const block of framesOf(part, path, z)) found.push(block);
  const blocks = firstOfEachPlace(found);
  const table = tableOf((parts[0] as Part).instance, blocks);
  return { table, placed: () => blocks, repeated: found.length - blocks.length };
}

/** The frames of one instance that show the plane, at the places they name. */
function framesOf({ instance, name, spans, start }: Part, path: string, z: number): PlacedBlock[] {
  const { blockWidth: width, blockHeight: height } = instance;
  const blocks: PlacedBlock[] = [];
  for (const [i, at] of (instance.positions ?? []).entries()) {
    if (at.path !== path || at.z !== z) continue;
    const { x, y } = at;
    if (!(x >= 0 && y >= 0 && x < instance.width && y < instance.height)) {
      hostile(name, `frame ${i} inside ${instance.width} x ${instance.height} px, not at ${x}, ${y}`);
    }
    blocks.push({
      x,
      y,
      width,
      height,
      offset: start + (spans.offsets[i] as number),
      length: spans.lengths[i] as number,
    });
  }
  return blocks;
}

function firstOfEachPlace(blocks: readonly PlacedBlock[]): PlacedBlock[] {
  const taken = new Set<number>();
  return blocks.filter(({ x, y }) => {
    const place = y * 2 ** 26 + x; // sides are at most 2^26
    if (taken.has(place)) return false;
    taken.add(place);
    return true;
  });
}

function emptyTable({ blockWidth, blockHeight, width, height }: Instance): BlockTable {
  const columns = Math.ceil(width / blockWidth);
  const rows = Math.ceil(height / blockHeight);
  const offsets = new Float64Array(columns * rows);
  return { blockWidth, blockHeight, columns, rows, offsets, lengths: new Float64Array(columns * rows) };
}

/** null where a frame does not lie on the grid of its own size. */
function tableOf(first: Instance, blocks: readonly PlacedBlock[]): BlockTable | null {
  const table = emptyTable(first);
  const { blockWidth, blockHeight, columns } = table;
  for (const { x, y, offset, length } of blocks) {
    if (x % blockWidth !== 0 || y % blockHeight !== 0) return null;
    const at = (y / blockHeight) * columns + x / blockWidth;
    table.offsets[at] = offset;
    table.lengths[at] = length;
  }
  return table;
}

function placedOf({ blockWidth: width, blockHeight: height, columns, offsets, lengths }: BlockTable): PlacedBlock[] {
  return Array.from(offsets, (offset, i) => {
    const [x, y] = [(i % columns) * width, Math.floor(i / columns) * height];
    return { x, y, width, height, offset, length: lengths[i] as number };
  });
}

function incomplete(frames: number, { columns, rows }: BlockTable, name: string): never {
  return raise("missing-file", {
    expected: `${columns * rows} frames of a level of ${columns} x ${rows} blocks`,
    received: `${frames} frames in ${name} and the files beside it`,
    remedy: "fetch all instances of the series: a part of a concatenation is missing",
  });
}

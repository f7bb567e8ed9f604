/**
 * Olympus ETS: the pixels of a VSI. A head ("SIS"), a second one ("ETS") with the shape of a tile, and a table of chunks, each with its
 * coordinates: column, row, further dimensions, and, where the file is a pyramid, the level last. All numbers are little-endian. Facts of the
 * layout: the structures published with SlideIO (BSD-3).
 */
import { raise } from "@nacre/core";
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import type { BlockTable } from "../../slide/block-level.ts";
import { hostile, unsigned64, viewOf } from "../tiff-directory.ts";

export interface EtsShape {
  readonly componentType: number;
  readonly components: number;
  readonly colourSpace: number;
  readonly compression: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
}

export interface EtsLevel {
  readonly width: number;
  readonly height: number;
  /** 1, 2, 4 and so on. */
  readonly downsample: number;
  readonly table: BlockTable;
}

export interface Ets {
  readonly shape: EtsShape;
  readonly levels: readonly EtsLevel[];
  /** Pictures of the same place (channels, focal planes, times) beside the one that is read. */
  readonly further: number;
}

const HEAD = 64;
const SHAPE = 176;
const MAX_CHUNKS = 2 ** 22;
const MAX_BLOCKS = 2 ** 24;
const MAX_DIMENSIONS = 16;
const MAX_TILE_PIXELS = 2 ** 26;
const MAX_LEVELS = 24;

/** `head`: the first bytes of the file. */
export const looksLikeEts = (head: Uint8Array): boolean =>
  head[0] === 0x53 && head[1] === 0x49 && head[2] === 0x53 && head[3] === 0;

interface Chunk {
  readonly column: number;
  readonly row: number;
  readonly level: number;
  /** The further dimensions. */
  readonly picture: string;
  readonly offset: number;
  readonly length: number;
}

/** @throws FailureError truncated-file, hostile-file */
export function* readEts(name: string, size: number): Reading<Ets> {
  if (size < HEAD) cutOff(name, size, HEAD);
  const head = yield* bytesAt(0, HEAD);
  if (!looksLikeEts(head)) hostile(name, "an ETS file that begins with SIS");
  const view = viewOf(head);
  const dimensions = view.getUint32(12, true);
  const n = view.getUint32(40, true);
  if (!(dimensions >= 2 && dimensions <= MAX_DIMENSIONS))
    hostile(name, `2 to ${MAX_DIMENSIONS} dimensions, not ${dimensions}`);
  if (!(n >= 1 && n <= MAX_CHUNKS)) hostile(name, `1 to ${MAX_CHUNKS} chunks, not ${n}`);
  const { shape, isPyramid } = yield* readShape(name, size, unsigned64(view, 16, true));
  const at = unsigned64(view, 32, true);
  const each = 20 + 4 * dimensions;
  if (!(at + n * each <= size)) cutOff(name, size, at + n * each);
  const table = viewOf(yield* bytesAt(at, n * each));
  const chunks = Array.from({ length: n }, (_, i) => chunkAt(table, i * each, dimensions, isPyramid));
  for (const { offset, length } of chunks) if (offset + length > size) cutOff(name, size, offset + length);
  return { shape, ...levelsOf(name, shape, chunks) };
}

function* readShape(name: string, size: number, at: number): Reading<{ shape: EtsShape; isPyramid: boolean }> {
  if (!(at + SHAPE <= size)) cutOff(name, size, at + SHAPE);
  const view = viewOf(yield* bytesAt(at, SHAPE));
  if (view.getUint32(0, true) !== 0x00535445) hostile(name, "a second head that begins with ETS");
  const field = (index: number): number => view.getUint32(index * 4, true);
  const shape = {
    componentType: field(2),
    components: field(3),
    colourSpace: field(4),
    compression: field(5),
    tileWidth: field(7),
    tileHeight: field(8),
  };
  const pixels = shape.tileWidth * shape.tileHeight;
  if (!(pixels >= 1 && pixels <= MAX_TILE_PIXELS)) hostile(name, `tiles of 1 to ${MAX_TILE_PIXELS} pixels`);
  // 10 fields of shape, 17 hints, 10 of background, the order of components
  return { shape, isPyramid: field(38) !== 0 };
}

function chunkAt(view: DataView, at: number, dimensions: number, isPyramid: boolean): Chunk {
  const coordinates = Array.from({ length: dimensions }, (_, i) => view.getInt32(at + 4 + i * 4, true));
  const [column, row, ...rest] = coordinates as [number, number, ...number[]];
  const level = isPyramid && rest.length > 0 ? (rest.pop() as number) : 0;
  const place = at + 4 + dimensions * 4;
  return {
    ...{ column, row, level },
    picture: rest.join(" "),
    offset: unsigned64(view, place, true),
    length: view.getUint32(place + 8, true),
  };
}

/** The size of the scan is not in this file: it is taken as whole tiles, and what was never scanned is background. */
function levelsOf(name: string, shape: EtsShape, chunks: readonly Chunk[]): Pick<Ets, "levels" | "further"> {
  const pictures = new Set(chunks.map(({ picture }) => picture));
  const first = [...pictures].reduce((a, b) => (order(b, a) < 0 ? b : a));
  const own = chunks.filter(({ picture }) => picture === first);
  if (own.some(({ column, row, level }) => column < 0 || row < 0 || level < 0 || level > MAX_LEVELS)) {
    hostile(name, "chunks at places from 0");
  }
  const finest = own.filter(({ level }) => level === 0);
  const columns = 1 + finest.reduce((most, chunk) => Math.max(most, chunk.column), -1);
  const rows = 1 + finest.reduce((most, chunk) => Math.max(most, chunk.row), -1);
  if (!(columns * rows >= 1 && columns * rows <= MAX_BLOCKS)) hostile(name, `1 to ${MAX_BLOCKS} places of tiles`);
  const levels: EtsLevel[] = [];
  for (let level = 0; ; level++) {
    const members = own.filter((chunk) => chunk.level === level);
    if (members.length === 0) return { levels, further: pictures.size - 1 };
    levels.push(levelOf(name, shape, members, { columns, rows, downsample: 2 ** level }));
  }
}

/** By the numbers, the first dimension first. */
function order(a: string, b: string): number {
  const [left, right] = [a.split(" ").map(Number), b.split(" ").map(Number)];
  const at = left.findIndex((value, i) => value !== right[i]);
  return at < 0 ? 0 : (left[at] as number) - (right[at] as number);
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly downsample: number;
}

function levelOf(name: string, { tileWidth, tileHeight }: EtsShape, members: readonly Chunk[], base: Grid): EtsLevel {
  const { downsample } = base;
  const columns = Math.ceil(base.columns / downsample);
  const rows = Math.ceil(base.rows / downsample);
  const offsets = new Float64Array(columns * rows);
  const lengths = new Float64Array(columns * rows);
  for (const { column, row, offset, length } of members) {
    if (column >= columns || row >= rows) hostile(name, `tiles inside ${columns} x ${rows}, not at ${column}, ${row}`);
    offsets[row * columns + column] = offset;
    lengths[row * columns + column] = length;
  }
  return {
    width: Math.ceil((base.columns * tileWidth) / downsample),
    height: Math.ceil((base.rows * tileHeight) / downsample),
    downsample,
    table: { blockWidth: tileWidth, blockHeight: tileHeight, columns, rows, offsets, lengths },
  };
}

function cutOff(name: string, size: number, needed: number): never {
  return raise("truncated-file", {
    expected: `all chunks inside ${name}`,
    received: `a file that ends at ${size}, before byte ${needed}`,
    remedy: "copy the file again and compare its size with the original",
  });
}

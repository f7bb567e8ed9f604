/**
 * The memory of the WebAssembly kernels (tools/kernels/resample.wat), one a thread, and rooms for pixels in it. A scan that keeps its blocks and
 * its source regions there copies and resamples them without an array view a row, which cost more than the bytes that were moved.
 * The memory never grows, since growing would empty every array that lies in it; pages that nobody touched cost nothing.
 */
import { roomOf } from "./raster.ts";
import { RESAMPLE_KERNEL } from "./resample-kernel.data.ts";
import type { Place } from "./slide.ts";

/** What is used of WebAssembly: its types come with the DOM, which this package does without. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

export interface PixelKernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** Copies `rows` rows of `bytes` bytes. All addresses in bytes, here and below. */
  copy(from: number, fromPitch: number, to: number, toPitch: number, bytes: number, rows: number): void;
  /** 4 * `groups` output rows of `n` pixels, from source rows of `pitch` bytes; `lines` is room for four. */
  resample(
    rows: number,
    pitch: number,
    alongFirst: number,
    alongWeights: number,
    alongTaps: number,
    lines: number,
    linePitch: number,
    first: number,
    weights: number,
    taps: number,
    out: number,
    n: number,
    groups: number,
  ): void;
}

/** From address 0 on: what one call of a kernel needs, and nothing that lasts. */
export const SCRATCH_BYTES = 2 ** 26;
/** Behind it: rooms. Those of one slide's blocks, and some that only regions take. */
const ROOM_BYTES = 2 ** 26 + 2 ** 24;
const ONLY_REGIONS = 2 ** 24;
/** A room for the pixels of a region, of which there are few at a time; larger regions have arrays of their own. */
export const REGION_BYTES = 2 ** 22;
const PAGE = 65536;
/** Ordinary arrays that are kept for the next of their length. */
const SPARE = 4;

let kernels: PixelKernels | null | undefined;
let end = SCRATCH_BYTES;
let taken = 0;
const free = new Map<number, Uint8Array[]>();
const spare: Uint8Array[] = [];

/** null where the platform has no SIMD, or no such memory. */
export function pixelKernels(): PixelKernels | null {
  if (kernels === undefined) kernels = openKernels();
  return kernels;
}

/**
 * An array of `length` bytes, with the pixels of its last user still in it: in the kernels' memory while there is place, else an ordinary one.
 * To be given back, by its only user, who then forgets it.
 */
export function takeRoom(length: number): Uint8Array {
  const room = free.get(length)?.pop() ?? newRoom(length);
  if (!room) return spare[0]?.length === length ? (spare.shift() as Uint8Array) : new Uint8Array(length);
  taken++;
  return room;
}

/** Gives an array of `takeRoom` back. */
export function giveRoom(room: Uint8Array): void {
  if (!isThere(room)) {
    if (spare.push(room) > SPARE) spare.shift();
    return;
  }
  const rooms = free.get(room.length) ?? [];
  rooms.push(room);
  free.set(room.length, rooms);
  if (--taken > 0) return;
  // nobody holds one: the next users may want other lengths
  free.clear();
  end = SCRATCH_BYTES;
}

/** Whether an array lies in the kernels' memory, at its `byteOffset`. */
export const isThere = (data: Uint8Array): boolean => data.buffer === kernels?.memory.buffer;

/**
 * The `bytes` bytes that `paint` writes, every one of them: put together in the kernels' memory, where many small copies are cheap, and then handed out in
 * one piece, in the room that `place` brings along or a new array. Painted there at once where they are many, or the room lies in that memory.
 */
export function putTogether(place: Place, bytes: number, paint: (data: Uint8Array) => void): Uint8Array {
  const into = place.into?.length === bytes ? place.into : undefined;
  const room = bytes > REGION_BYTES || (into && isThere(into)) ? null : takeRoom(REGION_BYTES);
  try {
    const data = room && isThere(room) ? room.subarray(0, bytes) : roomOf(place, bytes);
    paint(data);
    if (!room || !isThere(room)) return data;
    if (!into) return new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + bytes));
    into.set(data);
    return into;
  } finally {
    if (room) giveRoom(room);
  }
}

/** Rows of pixels in an array: the first byte at `at`, the next row `pitch` bytes on. */
export interface PixelRows {
  readonly data: Uint8Array;
  readonly at: number;
  readonly pitch: number;
}

/** Copies `rows` rows of `bytes` bytes. @throws RangeError where they do not lie in both */
export function copyRows(from: PixelRows, to: PixelRows, bytes: number, rows: number): void {
  checkRows(from, bytes, rows);
  checkRows(to, bytes, rows);
  if (kernels && isThere(from.data) && isThere(to.data)) {
    kernels.copy(from.data.byteOffset + from.at, from.pitch, to.data.byteOffset + to.at, to.pitch, bytes, rows);
    return;
  }
  for (let row = 0, a = from.at, b = to.at; row < rows; row++, a += from.pitch, b += to.pitch) {
    to.data.set(from.data.subarray(a, a + bytes), b);
  }
}

function checkRows({ data, at, pitch }: PixelRows, bytes: number, rows: number): void {
  const last = at + (rows - 1) * pitch + bytes;
  if (rows < 1 || bytes < 1 || at < 0 || pitch < bytes || last > data.length) {
    throw new RangeError(`expected ${rows} rows of ${bytes} bytes from ${at}, received an array of ${data.length}`);
  }
}

/** null where no place is left. */
function newRoom(length: number): Uint8Array | null {
  const size = Math.ceil(length / 16) * 16;
  const most = SCRATCH_BYTES + ROOM_BYTES - (length === REGION_BYTES ? 0 : ONLY_REGIONS);
  if (!pixelKernels() || end + size > most) return null;
  end += size;
  return new Uint8Array((kernels as PixelKernels).memory.buffer, end - size, length);
}

function openKernels(): PixelKernels | null {
  const bytes = Uint8Array.from(atob(RESAMPLE_KERNEL), (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return null;
  // the exports are those of tools/kernels/resample.wat
  const opened = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as PixelKernels;
  try {
    opened.memory.grow((SCRATCH_BYTES + ROOM_BYTES) / PAGE - opened.memory.buffer.byteLength / PAGE + 1);
  } catch {
    return null;
  }
  return opened;
}

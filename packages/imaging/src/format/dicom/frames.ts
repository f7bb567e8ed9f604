/**
 * Where the bytes of the frames lie (PS3.5, annex A.4). A frame's span begins with the header of its first item and ends where the next frame
 * begins: what lies between is read with the frame. So an offset table is all that must be read when a slide is opened; where none
 * was written, the headers of the items are read one by one.
 */
import { raise } from "@nacre/core";
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import { hostile, viewOf } from "../tiff-directory.ts";
import { UNDEFINED } from "./data-set.ts";
import type { Instance } from "./instance.ts";

/** Spans of the frames in their order, as bytes of the file. */
export interface FrameSpans {
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

const HEADER = 8;
const ITEM = 0xfffee000;
const SEQUENCE_END = 0xfffee0dd;
/** Fragments of one instance; writers make one a frame. */
const MAX_FRAGMENTS = 2 ** 25;

/** @throws FailureError truncated-file, hostile-file */
export function* readFrameSpans(instance: Instance, name: string, size: number): Reading<FrameSpans> {
  const file = { name, size };
  if (instance.codec === "native") return nativeSpans(instance, file);
  if (instance.pixels.length !== UNDEFINED) hostile(name, "compressed frames in items");
  const table = yield* itemAt(file, instance.pixels.at);
  if (table.tag !== ITEM) hostile(name, "an offset table, even an empty one, before the frames");
  const first = instance.pixels.at + HEADER + table.length;
  const spans =
    extendedSpans(instance, first) ??
    (yield* basicSpans(instance, file, table.length, first)) ??
    (yield* scannedSpans(instance, file, first));
  checkInside(spans, file);
  return spans;
}

interface File {
  readonly name: string;
  readonly size: number;
}

function nativeSpans(
  { pixels, frames, blockWidth, blockHeight, samples, allocated }: Instance,
  file: File,
): FrameSpans {
  const each = blockWidth * blockHeight * samples * (allocated / 8);
  if (pixels.length === UNDEFINED || each * frames > pixels.length) {
    hostile(file.name, `pixel data of ${each * frames} bytes`);
  }
  if (pixels.at + pixels.length > file.size) cutOff(file, pixels.at + pixels.length);
  const offsets = new Float64Array(frames);
  for (let i = 0; i < frames; i++) offsets[i] = pixels.at + i * each;
  const spans = { offsets, lengths: new Float64Array(frames).fill(each) };
  checkInside(spans, file);
  return spans;
}

/** The lengths are those of the streams, which an item pads to an even number. */
function extendedSpans({ extended, frames }: Instance, first: number): FrameSpans | null {
  if (!extended || extended.offsets.length !== frames) return null;
  return {
    offsets: extended.offsets.map((offset) => first + offset),
    lengths: extended.lengths.map((n) => HEADER + n + (n % 2)),
  };
}

/** null where there is none, or where it cannot be true (offsets of 32 bits that ran over). */
function* basicSpans(
  { frames, pixels }: Instance,
  file: File,
  bytes: number,
  first: number,
): Reading<FrameSpans | null> {
  if (bytes !== frames * 4) return null;
  const view = viewOf(yield* bytesAt(pixels.at + HEADER, bytes));
  const offsets = new Float64Array(frames);
  for (let i = 0; i < frames; i++) offsets[i] = first + view.getUint32(i * 4, true);
  // offsets of 32 bits can run over in a long file only
  const furthest = offsets.reduce((most, offset) => Math.max(most, offset), 0);
  if (furthest + HEADER > file.size && file.size < 2 ** 32) cutOff(file, furthest + HEADER);
  if (offsets[0] !== first) return null;
  for (let i = 1; i < frames; i++) if ((offsets[i] as number) <= (offsets[i - 1] as number)) return null;
  return { offsets, lengths: gaps(offsets, yield* endOfItems(file, offsets[frames - 1] as number)) };
}

function* endOfItems(file: File, from: number): Reading<number> {
  for (let at = from; ; ) {
    const { tag, length } = yield* itemAt(file, at);
    if (tag === SEQUENCE_END) return at;
    if (tag !== ITEM) hostile(file.name, `an item at byte ${at}`);
    at += HEADER + length;
  }
}

/** Without a table: one fragment a frame, or fragments that begin like a stream begin a frame. */
function* scannedSpans({ frames, codec }: Instance, file: File, first: number): Reading<FrameSpans> {
  const fragments: number[] = [];
  const starts: number[] = [];
  let at = first;
  for (;;) {
    const { tag, length, begins } = yield* itemAt(file, at);
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM || fragments.length >= MAX_FRAGMENTS) hostile(file.name, `an item at byte ${at}`);
    fragments.push(at);
    if (begins === codec) starts.push(at);
    at += HEADER + length;
  }
  const offsets = [frames === 1 ? [first] : fragments, starts].find((places) => places.length === frames);
  if (!offsets) hostile(file.name, `${frames} frames, not ${fragments.length} fragments without a table`);
  return { offsets: Float64Array.from(offsets), lengths: gaps(offsets, at) };
}

function gaps(offsets: ArrayLike<number>, end: number): Float64Array {
  const lengths = new Float64Array(offsets.length);
  for (let i = 0; i < lengths.length; i++) lengths[i] = (offsets[i + 1] ?? end) - (offsets[i] as number);
  return lengths;
}

interface ItemHead {
  readonly tag: number;
  readonly length: number;
  readonly begins: "jpeg" | "jpeg2000" | null;
}

function* itemAt(file: File, at: number): Reading<ItemHead> {
  if (at + HEADER > file.size) cutOff(file, at + HEADER);
  const bytes = yield* bytesAt(at, Math.min(HEADER + 2, file.size - at));
  const view = viewOf(bytes);
  const tag = view.getUint16(0, true) * 65536 + view.getUint16(2, true);
  const start = (bytes[HEADER] ?? 0) * 256 + (bytes[HEADER + 1] ?? 0);
  const begins = start === 0xffd8 ? "jpeg" : start === 0xff4f ? "jpeg2000" : null;
  return { tag, length: view.getUint32(4, true), begins };
}

function checkInside({ offsets, lengths }: FrameSpans, file: File): void {
  for (let i = 0; i < offsets.length; i++) {
    const end = (offsets[i] as number) + (lengths[i] as number);
    if (end > file.size) cutOff(file, end);
  }
}

function cutOff(file: File, needed: number): never {
  return raise("truncated-file", {
    expected: `all frames inside ${file.name}`,
    received: `a file that ends at ${file.size}, before byte ${needed}`,
    remedy: "copy the file again and compare its size with the original",
  });
}

/** The stream of a frame from the bytes of its span: its fragments without their headers, joined behind `room` free bytes where there are several. */
export function unwrapFrame(span: Uint8Array, room: number): { readonly bytes: Uint8Array; readonly at: number } {
  const view = viewOf(span);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at + HEADER <= span.length && view.getUint16(at, true) === 0xfffe && view.getUint16(at + 2, true) === 0xe000) {
    const end = at + HEADER + view.getUint32(at + 4, true);
    if (end > span.length) throw new Error("a fragment that is longer than its frame");
    parts.push(span.subarray(at + HEADER, end));
    at = end;
  }
  if (parts.length === 0) throw new Error("a frame that does not begin with an item");
  if (parts.length === 1) return { bytes: span.subarray(0, at), at: HEADER };
  const bytes = new Uint8Array(room + parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((to, part) => {
    bytes.set(part, to);
    return to + part.length;
  }, room);
  return { bytes, at: room };
}

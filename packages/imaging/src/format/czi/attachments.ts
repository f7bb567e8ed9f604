/** Pictures that a CZI carries beside the scan: what they are and how large. Their pixels are never read. */
import { FailureError } from "@nacre/core";
import { bytesAt, type Reading } from "../../bytes/reading.ts";
import { jpegFrame } from "../../codec/jpeg-stream.ts";
import type { AssociatedImage } from "../../slide/slide.ts";
import { hostile, unsigned64, viewOf } from "../tiff-directory.ts";
import { type CziSpan, cutOff, readFileHeader, readSubblocks, SEGMENT_HEADER, segmentAt } from "./segments.ts";

const NAMES: Readonly<Record<string, AssociatedImage["name"]>> = {
  Label: "label",
  SlidePreview: "macro",
  Prescan: "macro",
  Thumbnail: "thumbnail",
};
const ENTRY = 128;
const MAX_ATTACHMENTS = 4096;
const JPEG_HEAD = 2 ** 16;

export interface Attached {
  readonly associated: readonly AssociatedImage[];
  readonly warnings: readonly string[];
}

/** A picture that cannot be measured is a warning: the scan can be read without it. */
export function* readAttachments(file: CziSpan, position: number): Reading<Attached> {
  if (position === 0) return { associated: [], warnings: [] };
  const n = (yield* segmentAt(file, "ZISRAWATTDIR", position, 256)).getInt32(0, true);
  if (!(n >= 0 && n <= MAX_ATTACHMENTS)) hostile(file.name, `at most ${MAX_ATTACHMENTS} attachments, not ${n}`);
  const at = file.start + position + SEGMENT_HEADER + 256;
  if (at + n * ENTRY > file.end) cutOff(file, "ZISRAWATTDIR", at + n * ENTRY);
  const bytes = yield* bytesAt(at, n * ENTRY);
  const view = viewOf(bytes);
  const associated: AssociatedImage[] = [];
  const warnings: string[] = [];
  for (let from = 0; from < bytes.length; from += ENTRY) {
    const text = (start: number, end: number): string =>
      String.fromCharCode(...bytes.subarray(from + start, from + end))
        .split("\0", 1)
        .join();
    const name = NAMES[text(48, 128)];
    if (name === undefined) continue;
    try {
      associated.push({ name, ...(yield* sizeOf(file, unsigned64(view, from + 12, true), text(40, 48))) });
    } catch (error) {
      if (!(error instanceof Error) || error instanceof RangeError) throw error;
      const why = error instanceof FailureError ? error.failure.kind : error.message;
      warnings.push(`the ${name} beside the scan cannot be measured: ${why}`);
    }
  }
  return { associated, warnings };
}

function* sizeOf(file: CziSpan, position: number, type: string): Reading<{ width: number; height: number }> {
  const bytes = (yield* segmentAt(file, "ZISRAWATTACH", position, 256)).getUint32(0, true);
  const start = file.start + position + SEGMENT_HEADER + 256;
  const end = start + bytes;
  if (end > file.end) cutOff(file, "ZISRAWATTACH", end);
  if (type === "CZI") {
    const inner = { name: file.name, start, end };
    const subblocks = yield* readSubblocks(inner, (yield* readFileHeader(inner)).directory);
    return {
      width: Math.max(...subblocks.slice(0, MAX_ATTACHMENTS).map(({ x }) => x.size)),
      height: Math.max(...subblocks.slice(0, MAX_ATTACHMENTS).map(({ y }) => y.size)),
    };
  }
  const { width, height } = jpegFrame(yield* bytesAt(start, Math.min(bytes, JPEG_HEAD)));
  return { width, height };
}

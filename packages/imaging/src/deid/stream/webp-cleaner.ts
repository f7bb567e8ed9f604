/** Metadata out of a WebP block (RFC 9649): of its chunks only those that hold pixels pass. */
import { viewOf } from "../../format/tiff-directory.ts";
import { refuseBrokenOff } from "../report.ts";
import { blank } from "./blank.ts";

const PIXELS = ["VP8 ", "VP8L", "VP8X", "ALPH"];

/** Whole block in, cleaned in place; gives the number of bytes that changed. What is no WebP becomes zeros. */
export function cleanWebp(block: Uint8Array): number {
  const name = (at: number): string => String.fromCharCode(...block.subarray(at, at + 4));
  if (block.length < 12 || name(0) !== "RIFF" || name(8) !== "WEBP") return blank(block, 0, block.length);
  const view = viewOf(block);
  // what lies behind the length that the file tells is in no chunk, whatever the chunk says
  const whole = 8 + view.getUint32(4, true);
  if (whole > block.length) refuseBrokenOff("WebP blocks as long as they say");
  let changed = 0;
  let at = 12;
  while (at + 8 <= whole) {
    const size = view.getUint32(at + 4, true);
    const end = Math.min(whole, at + 8 + size + (size & 1));
    if (!PIXELS.includes(name(at))) changed += blank(block, at + 8, end);
    at = end;
  }
  return changed + blank(block, at, block.length);
}

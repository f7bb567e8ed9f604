/**
 * Text out of a Zstandard block (RFC 8878): skippable frames and everything behind the last frame become zeros. Blocks inside a frame are
 * walked by their lengths; nothing is unpacked.
 */
import { frameOf } from "../../codec/zstd.ts";
import { viewOf } from "../../format/tiff-directory.ts";
import { blank } from "./blank.ts";

const SKIPPABLE = 0x184d2a50;

/** Whole block in, cleaned in place; gives the number of bytes that changed. What is no Zstandard becomes zeros. */
export function cleanZstd(block: Uint8Array): number {
  const view = viewOf(block);
  let changed = 0;
  let at = 0;
  while (at + 8 <= block.length) {
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPABLE >>> 4) {
      const end = Math.min(block.length, at + 8 + view.getUint32(at + 4, true));
      changed += blank(block, at + 8, end);
      at = end;
      continue;
    }
    const end = endOfFrame(block, at);
    if (end === null) break;
    at = end;
  }
  return changed + blank(block, at, block.length);
}

/** Where the frame that begins at `start` ends, or null where it is none. */
function endOfFrame(block: Uint8Array, start: number): number | null {
  try {
    return start + frameOf(block.subarray(start)).end;
  } catch {
    return null;
  }
}

/**
 * What lies behind the end of a deflate, LZW or PackBits stream inside its block: no reader looks there, so text can. It becomes zeros; what
 * is no such stream, or says more than the pixels of its block, becomes zeros as a whole.
 */
import { inflateSync } from "node:zlib";
import { viewOf } from "../../format/tiff-directory.ts";
import { blank } from "./blank.ts";
import type { BlockCleaner } from "./cleaner.ts";

/** Where the stream ends that gives at most `most` bytes; null where it is none. */
type End = (block: Uint8Array, most: number) => number | null;

/** `kind`: "deflate", "lzw" or "packbits". `most`: bytes of the pixels of one block. */
export function packedCleaner(kind: keyof typeof ENDS, most: number): BlockCleaner {
  const endOf = ENDS[kind];
  return { isStreaming: false, clean: (block) => blank(block, endOf(block, most) ?? 0, block.length) };
}

const endOfDeflate: End = (block, most) => {
  try {
    const done: unknown = inflateSync(block, { maxOutputLength: Math.max(1, most), info: true });
    return (done as { readonly engine: { readonly bytesWritten: number } }).engine.bytesWritten;
  } catch {
    return null;
  }
};

const [CLEAR, END, FIRST, CODES] = [256, 257, 258, 4096];

/** TIFF 6.0, section 13: only the lengths of the strings are followed. */
const endOfLzw: End = (block, most) => {
  const lengths = new Int32Array(CODES);
  let [next, width, before, at, bit] = [FIRST, 9, 0, 0, 0];
  // behind the last string an end may stand
  while (bit + width <= block.length * 8) {
    const code = codeAt(block, bit, width);
    if (at >= most) return Math.ceil((code === END ? bit + width : bit) / 8);
    bit += width;
    if (code === END) return Math.ceil(bit / 8);
    if (code === CLEAR) {
      [next, width, before] = [FIRST, 9, 0];
      continue;
    }
    const isNew = code === next && before > 0;
    if (code > END && code >= next && !isNew) return null;
    const length = code < CLEAR ? 1 : isNew ? before + 1 : (lengths[code] as number);
    if (before > 0 && next < CODES) {
      lengths[next++] = before + 1;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    before = length;
    at += length;
    if (at > most) return null;
  }
  return at >= most ? Math.ceil(bit / 8) : null;
};

/** Codes are 9 to 12 bits, the most significant first. */
function codeAt(block: Uint8Array, bit: number, width: number): number {
  const at = bit >> 3;
  const three = ((block[at] as number) << 16) | ((block[at + 1] ?? 0) << 8) | (block[at + 2] ?? 0);
  return (three >> (24 - (bit & 7) - width)) & ((1 << width) - 1);
}

/** TIFF 6.0, section 9. */
const endOfPackBits: End = (block, most) => {
  let [at, out] = [0, 0];
  while (at < block.length && out < most) {
    const n = block[at] as number;
    at += n < 128 ? n + 2 : n === 128 ? 1 : 2;
    out += n < 128 ? n + 1 : n === 128 ? 0 : 257 - n;
  }
  return at > block.length || out > most ? null : at;
};

/**
 * A DICOM frame of run lengths (PS3.5, annex G): a head of 16 numbers, then a segment for each byte of a sample. `most`: bytes of one segment.
 * What no number of the head leads to becomes zeros.
 */
export function rleCleaner(segments: number, most: number): BlockCleaner {
  return { isStreaming: false, clean: (frame) => cleanRunLengths(frame, segments, most) };
}

const RLE_HEAD = 64;

function cleanRunLengths(frame: Uint8Array, segments: number, most: number): number {
  const view = viewOf(frame);
  if (frame.length < RLE_HEAD || view.getUint32(0, true) !== segments) return blank(frame, 0, frame.length);
  const starts = Array.from({ length: segments }, (_, i) => view.getUint32(4 + i * 4, true));
  let changed = 0;
  let end = 4 + segments * 4;
  for (const [i, start] of starts.entries()) {
    const next = starts[i + 1] ?? frame.length;
    if (!(start >= Math.max(end, RLE_HEAD) && start < next && next <= frame.length)) break;
    changed += blank(frame, end, start);
    end = start + (endOfPackBits(frame.subarray(start, next), most) ?? 0);
  }
  return changed + blank(frame, end, frame.length);
}

const ENDS = { deflate: endOfDeflate, lzw: endOfLzw, packbits: endOfPackBits } as const;

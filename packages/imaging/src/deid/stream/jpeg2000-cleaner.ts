/**
 * Text out of a JPEG 2000 block (ISO/IEC 15444-1, annex A; boxes of annex I): comments in the headers, boxes that hold no
 * picture, bytes behind the end. Entropy-coded bytes pass.
 */
import { viewOf } from "../../format/tiff-directory.ts";
import { refuseBrokenOff } from "../report.ts";
import { blank } from "./blank.ts";

const [SOC, COM, SOT, SOD, EOC] = [0xff4f, 0xff64, 0xff90, 0xff93, 0xffd9];
const BOX = { stream: 0x6a703263, header: 0x6a703268, type: 0x66747970, signature: 0x6a502020 } as const;

/** Whole block in, cleaned in place; gives the number of bytes that changed. What is no JPEG 2000 becomes zeros. */
export function cleanJpeg2000(block: Uint8Array): number {
  if (block.length < 4) return blank(block, 0, block.length);
  const first = viewOf(block).getUint32(0);
  if (first >>> 16 === SOC) return cleanStream(block);
  return first === 12 ? cleanBoxes(block) : blank(block, 0, block.length);
}

function cleanBoxes(block: Uint8Array): number {
  const view = viewOf(block);
  let changed = 0;
  for (let at = 0; at < block.length; ) {
    if (at + 8 > block.length) return changed + blank(block, at, block.length);
    const length = view.getUint32(at);
    const isLong = length === 1 && at + 16 <= block.length;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : length === 0 ? block.length - at : length;
    if (size < 8) return changed + blank(block, at, block.length);
    const end = Math.min(block.length, at + size);
    const from = at + (isLong ? 16 : 8);
    const type = view.getUint32(at + 4);
    if (type === BOX.stream) changed += cleanStream(block.subarray(from, end));
    else if (type === BOX.header) changed += cleanHeaderBoxes(block, from, end);
    else if (type !== BOX.type && type !== BOX.signature) changed += blank(block, from, end);
    at = end;
  }
  return changed;
}

/** Image header, bits, colours, palette, channels; a colour profile (method 2 and above) is blanked. */
function cleanHeaderBoxes(block: Uint8Array, from: number, to: number): number {
  const view = viewOf(block);
  const KEPT = [0x69686472, 0x62706363, 0x70636c72, 0x636d6170, 0x63646566, 0x636f6c72];
  let changed = 0;
  for (let at = from; at + 8 <= to; ) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > to) return changed + blank(block, at, to);
    const type = view.getUint32(at + 4);
    const isProfile = type === 0x636f6c72 && block[at + 8] !== 1;
    if (isProfile) changed += blank(block, at + 11, at + size);
    else if (!KEPT.includes(type)) changed += blank(block, at + 8, at + size);
    at += size;
  }
  return changed;
}

function cleanStream(stream: Uint8Array): number {
  const view = viewOf(stream);
  let changed = 0;
  let partEnd = 0;
  for (let at = 2; at + 2 <= stream.length; ) {
    const marker = view.getUint16(at);
    if (marker === EOC) return changed + blank(stream, at + 2, stream.length);
    if (marker === SOD) {
      const end = endOfImage(stream, at + 2, Math.min(partEnd, stream.length));
      if (end !== null) return changed + blank(stream, end, stream.length);
      if (partEnd <= at) break;
      at = partEnd;
      continue;
    }
    if (marker < 0xff00 || at + 4 > stream.length) return changed + blank(stream, at, stream.length);
    const length = view.getUint16(at + 2);
    if (length < 2) return changed + blank(stream, at, stream.length);
    if (marker === SOT && at + 12 <= stream.length) {
      const part = view.getUint32(at + 6);
      partEnd = part === 0 ? stream.length : at + part;
    }
    // the two bytes that say how the comment is written stay
    if (marker === COM) changed += blank(stream, at + 6, Math.min(at + 2 + length, stream.length));
    at += 2 + length;
  }
  return refuseBrokenOff("JPEG 2000 blocks that end with their mark (A.4.4)");
}

/** Behind the mark of the end, which coded bytes never hold (A.1.1), or null. */
function endOfImage(stream: Uint8Array, from: number, to: number): number | null {
  for (let at = stream.indexOf(0xff, from); at >= 0 && at + 2 <= to; at = stream.indexOf(0xff, at + 1))
    if (stream[at + 1] === 0xd9) return at + 2;
  return null;
}

/** Segments of a clean CZI: only fields that a reader needs are set, everything else is zero. Source: Zeiss' file description. */
import { SEGMENT_HEADER } from "../../format/czi/segments.ts";
import { viewOf } from "../../format/tiff-directory.ts";
import { refuseDeid } from "../report.ts";
import type { CziPlan, KeptSubblock } from "./clean-czi.ts";

export const SUBBLOCK_HEAD = 256;
export const DIRECTORY_HEAD = 128;
export const METADATA_HEAD = 256;
export const FILE_HEAD = 512;
const DIMENSIONS = "XYCZTRSIBMHV";

/** Segments are padded to 32 bytes. */
export const roundUp = (bytes: number): number => Math.ceil(bytes / 32) * 32;

/** The head of a segment. `used`: bytes of its body. */
export function segmentHead(name: string, used: number): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER);
  bytes.set(new TextEncoder().encode(name));
  const view = viewOf(bytes);
  view.setBigUint64(16, BigInt(roundUp(used)), true);
  view.setBigUint64(24, BigInt(used), true);
  return bytes;
}

/** An entry of the directory with another place: physical coordinates and unused bytes become zeros. @throws FailureError refused */
export function cleanEntry(entry: Uint8Array, position: number): Uint8Array {
  const out = new Uint8Array(entry.length);
  const [from, to] = [viewOf(entry), viewOf(out)];
  out.set(entry.subarray(0, 6));
  to.setBigUint64(6, BigInt(position), true);
  to.setInt32(18, from.getInt32(18, true), true);
  // whether the subblock belongs to a pyramid: 0, 1 or 2
  out[22] = Math.min(2, entry[22] as number);
  const n = from.getInt32(28, true);
  to.setInt32(28, n, true);
  for (let at = 32; at < 32 + 20 * n; at += 20) {
    const letter = String.fromCharCode(entry[at] as number);
    if (!DIMENSIONS.includes(letter)) {
      refuseDeid("dimensions that are known", "an entry with another one", "export the slide from ZEN as OME-TIFF");
    }
    out[at] = entry[at] as number;
    for (const field of [4, 8, 16]) to.setInt32(at + field, from.getInt32(at + field, true), true);
  }
  return out;
}

export function fileHeader({ directory, metadata, isUnfinished }: CziPlan): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER + FILE_HEAD);
  bytes.set(segmentHead("ZISRAWFILE", FILE_HEAD));
  const view = viewOf(bytes);
  view.setInt32(SEGMENT_HEADER, 1, true);
  view.setBigUint64(SEGMENT_HEADER + 52, BigInt(directory), true);
  view.setBigUint64(SEGMENT_HEADER + 60, BigInt(metadata), true);
  view.setInt32(SEGMENT_HEADER + 68, isUnfinished ? 1 : 0, true);
  return bytes;
}

/** A subblock up to its pixels. */
export function subblockHead({ entry, length }: KeptSubblock): Uint8Array {
  const head = Math.max(SUBBLOCK_HEAD, 16 + entry.length);
  const bytes = new Uint8Array(SEGMENT_HEADER + head);
  bytes.set(segmentHead("ZISRAWSUBBLOCK", head + length));
  viewOf(bytes).setBigUint64(SEGMENT_HEADER + 8, BigInt(length), true);
  bytes.set(entry, SEGMENT_HEADER + 16);
  return bytes;
}

export function directorySegment({ subblocks }: CziPlan): Uint8Array {
  const used = subblocks.reduce((sum, { entry }) => sum + entry.length, DIRECTORY_HEAD);
  const bytes = new Uint8Array(SEGMENT_HEADER + roundUp(used));
  bytes.set(segmentHead("ZISRAWDIRECTORY", used));
  viewOf(bytes).setInt32(SEGMENT_HEADER, subblocks.length, true);
  let at = SEGMENT_HEADER + DIRECTORY_HEAD;
  for (const { entry } of subblocks) {
    bytes.set(entry, at);
    at += entry.length;
  }
  return bytes;
}

export function metadataSegment({ xml }: CziPlan): Uint8Array {
  const used = METADATA_HEAD + xml.length;
  const bytes = new Uint8Array(SEGMENT_HEADER + roundUp(used));
  bytes.set(segmentHead("ZISRAWMETADATA", used));
  viewOf(bytes).setInt32(SEGMENT_HEADER, xml.length, true);
  bytes.set(xml, SEGMENT_HEADER + METADATA_HEAD);
  return bytes;
}

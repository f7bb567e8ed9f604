/**
 * JPEG streams as TIFF stores them (TIFF Technical Note 2): tables once a level, blocks without them, and the colour
 * transform said by the TIFF, not by the JPEG. The head built here makes such a block a complete stream in which an
 * Adobe APP14 marker pins the transform: without it decoders take Aperio's RGB for YCbCr and the slide turns purple.
 */
import type { JpegFrame } from "./codec.ts";

/** Photometric interpretation of the TIFF: 2 is RGB, 6 is YCbCr. Others are left to the stream. */
const TRANSFORM: Readonly<Record<number, number>> = { 2: 0, 6: 1 };

/** SOI, the APP14 that pins the colour transform, and the shared tables without their own SOI and EOI. */
export function jpegHead(tables: Uint8Array | null, photometric: number): Uint8Array {
  const transform = TRANSFORM[photometric];
  const head = [0xff, 0xd8];
  // "Adobe", version 100, two words of flags, transform
  if (transform !== undefined)
    head.push(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
  const body = tables ? tables.subarray(2, endsWithEoi(tables) ? tables.length - 2 : tables.length) : new Uint8Array();
  const out = new Uint8Array(head.length + body.length);
  out.set(head);
  out.set(body, head.length);
  return out;
}

function endsWithEoi(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[bytes.length - 2] === 0xff && bytes[bytes.length - 1] === 0xd9;
}

/** Reads the frame header (SOF) of a stream, starting at its first marker. @throws Error when there is none, or a kind of JPEG that is not read */
export function jpegFrame(stream: Uint8Array, start = 2): JpegFrame {
  let at = start;
  while (at + 9 < stream.length) {
    if (stream[at] !== 0xff) throw new Error(`no JPEG marker at byte ${at}`);
    const marker = stream[at + 1] as number;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker)) return frameAt(stream, at, marker);
    if (marker === 0xda || marker === 0xd9) break;
    at += isBare(marker) ? 2 : 2 + word(stream, at + 2);
  }
  throw new Error("a JPEG stream without a frame header");
}

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Markers without a length: TEM, RST0 to RST7, SOI. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/**
 * Whether shared tables hold nothing but tables. A frame hidden among them would make the decoder see another picture
 * than the one whose size was checked.
 */
export function isOnlyTables(tables: Uint8Array): boolean {
  let at = 2;
  while (at + 3 < tables.length) {
    const marker = tables[at + 1] as number;
    const isHarmless = marker === 0xdb || marker === 0xc4 || marker === 0xdd || marker === 0xfe || marker >> 4 === 0xe;
    if (tables[at] !== 0xff || !isHarmless) return false;
    at += 2 + word(tables, at + 2);
  }
  const left = tables.length - at;
  return tables[0] === 0xff && tables[1] === 0xd8 && (left === 0 || (left === 2 && endsWithEoi(tables)));
}

const word = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

function frameAt(stream: Uint8Array, at: number, marker: number): JpegFrame {
  if (marker > 0xc2) throw new Error(`JPEG process SOF${marker - 0xc0} (lossless, hierarchical or arithmetic)`);
  if (stream[at + 4] !== 8) throw new Error(`JPEG of ${stream[at + 4]} bits a sample`);
  const components = stream[at + 9] as number;
  if (at + 10 + 3 * components > stream.length) throw new Error("a JPEG frame header that is cut off");
  const height = word(stream, at + 5);
  const width = word(stream, at + 7);
  if (width === 0 || height === 0) throw new Error(`a JPEG of ${width} x ${height} pixels`);
  const luma = stream[at + 11] as number;
  const chroma = components > 1 ? (stream[at + 14] as number) : luma;
  return {
    width,
    height,
    components,
    chromaX: (luma >> 4) / Math.max(1, chroma >> 4),
    chromaY: (luma & 15) / Math.max(1, chroma & 15),
    heightAt: at + 5,
    isProgressive: marker === 0xc2,
  };
}

/**
 * libjpeg-turbo 3 called through koffi: the fast decoder. Only what a crop touches is decoded: rows above it pass the entropy
 * decoder and nothing else, rows below it are not looked at, columns are cut to whole units of the transform.
 *
 * Danger lives here and nowhere else: a wrong signature or a short buffer crashes the process. Every call checks the
 * size of its buffers first, and `selfTest` runs before the codec is handed out.
 */
import type { Rect } from "@nacre/core";
import koffi from "koffi";
import { copyRows, giveRoom, REGION_BYTES, takeRoom } from "../slide/pixel-memory.ts";
import { type JpegCodec, type JpegFrame, REDUCTIONS, type Reduction, type Target } from "./codec.ts";

const DECOMPRESS = 1; // TJINIT_DECOMPRESS
const RGB = 0; // TJPF_RGB
/** A frame beyond this many pixels is not a block of a slide. */
const MAX_BLOCK_PIXELS = 2 ** 26;
const JPEG_WIDTH = 5; // TJPARAM_JPEGWIDTH
const JPEG_HEIGHT = 6; // TJPARAM_JPEGHEIGHT
/** Fancy upsampling looks one chroma sample beyond the columns of a crop, that is two pixels where chroma is halved. Rows it knows. */
const CHROMA_REACH = 2;
/** The only warning that a lowered height causes: the rows that were left out, up to the end-of-image marker. */
const LEFT_OUT = /extraneous bytes before marker 0xd9/;
const NOTHING: Rect = { x: 0, y: 0, width: 0, height: 0 };

/** Opens the library at `path`. @throws Error when it is absent or older than TurboJPEG 3 */
export function openTurboJpeg(path: string): JpegCodec {
  const native = bind(path);
  let handle = openHandle(native);
  let known: JpegFrame | null = null;
  let set: Rect = NOTHING;

  const message = (): string => String(native.errorText(handle));
  // After a damaged stream a handle may keep half-read tables and refuse every good stream that follows.
  const renew = (): void => {
    native.destroy(handle);
    handle = openHandle(native);
    known = null;
  };
  const giveUp = (): never => {
    const why = message();
    renew();
    throw new Error(why);
  };

  // the handle keeps the geometry and the crop of the last stream it saw, so a block like it needs no look ahead
  const setCrop = (stream: Uint8Array, frame: JpegFrame, part: Rect): boolean => {
    const { x, y, width: w, height: h } = part;
    const isKnown = known !== null && isAlike(known, frame);
    if (isKnown && set.x === x && set.y === y && set.width === w && set.height === h) return true;
    known = null;
    if (!isKnown && native.header(handle, stream, stream.length)) return false;
    if (native.crop(handle, { x, y, w, h })) return false;
    known = frame;
    set = part;
    return true;
  };

  const decodePart = (stream: Uint8Array, frame: JpegFrame, part: Rect, into: Uint8Array, pitch: number): boolean =>
    setCrop(stream, frame, part) && native.decompress(handle, stream, stream.length, into, pitch, RGB) === 0;

  const decompress = (stream: Uint8Array, frame: JpegFrame, part: Rect, into: Uint8Array, pitch: number): void => {
    if (decodePart(stream, frame, part, into, pitch)) return;
    // it looks at the row of units below the part, which a header may promise and the stream not hold
    const unit = 8 * frame.chromaY;
    const height = Math.ceil((part.y + part.height + reachOf(frame)) / unit) * unit;
    if (frame.isProgressive || height >= frame.height) giveUp();
    renew();
    writeHeight(stream, frame, height);
    try {
      if (!decodePart(stream, { ...frame, height }, part, into, pitch) && !LEFT_OUT.test(message())) giveUp();
    } finally {
      writeHeight(stream, frame, frame.height);
    }
  };

  const decode = (stream: Uint8Array, frame: JpegFrame, crop: Rect, target: Target): void => {
    checkRoom(frame, crop, target);
    const reach = reachOf(frame);
    const unit = 8 * frame.chromaX;
    const left = Math.floor(Math.max(0, crop.x - reach) / unit) * unit;
    const width = Math.min(frame.width, crop.x + crop.width + reach) - left;
    const part = { x: left, y: crop.y, width, height: crop.height };
    if (width === crop.width) {
      decompress(stream, frame, part, target.data.subarray(target.offset), target.pitch);
      return;
    }
    const pitch = width * 3;
    const bytes = pitch * crop.height;
    const room = bytes <= REGION_BYTES ? takeRoom(REGION_BYTES) : new Uint8Array(bytes);
    try {
      decompress(stream, frame, part, room, pitch);
      const to = { data: target.data, at: target.offset, pitch: target.pitch };
      copyRows({ data: room, at: (crop.x - left) * 3, pitch }, to, crop.width * 3, crop.height);
    } finally {
      if (bytes <= REGION_BYTES) giveRoom(room);
    }
  };
  const info = { name: "libjpeg-turbo", native: true, version: "3", detail: path };
  // one handle each, whatever number of slides asks
  const smaller = Object.fromEntries(REDUCTIONS.map((by) => [by, { info, decode: reducedDecode(native, by) }]));
  return { info, decode, reduced: (by) => smaller[by] as JpegCodec };
}

/** Whole streams at 1/by of their width and height: the library then transforms blocks of 8 / by samples a side. */
function reducedDecode(native: ReturnType<typeof bind>, by: Reduction): JpegCodec["decode"] {
  let handle: unknown = null;
  const decodeInto = (stream: Uint8Array, frame: JpegFrame, into: Uint8Array, pitch: number): boolean => {
    handle ??= openHandle(native);
    return (
      native.header(handle, stream, stream.length) === 0 &&
      native.get(handle, JPEG_WIDTH) === frame.width &&
      native.get(handle, JPEG_HEIGHT) === frame.height &&
      native.scale(handle, { num: 1, denom: by }) === 0 &&
      native.decompress(handle, stream, stream.length, into, pitch, RGB) === 0
    );
  };
  return (stream, frame, crop, target) => {
    if (frame.width * frame.height > MAX_BLOCK_PIXELS) throw new Error(`a JPEG of ${frame.width} x ${frame.height}`);
    const [width, height] = [Math.ceil(frame.width / by), Math.ceil(frame.height / by)];
    checkRoom({ width, height }, crop, target);
    const bytes = width * height * 3;
    const room = bytes <= REGION_BYTES ? takeRoom(REGION_BYTES) : new Uint8Array(bytes);
    try {
      if (!decodeInto(stream, frame, room, width * 3)) {
        const why = String(native.errorText(handle));
        native.destroy(handle);
        handle = null;
        throw new Error(why);
      }
      const to = { data: target.data, at: target.offset, pitch: target.pitch };
      const from = { data: room, at: (crop.y * width + crop.x) * 3, pitch: width * 3 };
      copyRows(from, to, crop.width * 3, crop.height);
    } finally {
      if (bytes <= REGION_BYTES) giveRoom(room);
    }
  };
}

function openHandle(native: ReturnType<typeof bind>): unknown {
  const handle: unknown = native.init(DECOMPRESS);
  if (!handle) throw new Error("tj3Init gave no handle");
  return handle;
}

function bind(path: string) {
  const library = koffi.load(path);
  const region = koffi.struct({ x: "int", y: "int", w: "int", h: "int" });
  const factor = koffi.struct({ num: "int", denom: "int" });
  return {
    init: library.func("tj3Init", "void*", ["int"]),
    destroy: library.func("tj3Destroy", "void", ["void*"]),
    header: library.func("tj3DecompressHeader", "int", ["void*", "const uint8_t*", "size_t"]),
    crop: library.func("tj3SetCroppingRegion", "int", ["void*", region]),
    scale: library.func("tj3SetScalingFactor", "int", ["void*", factor]),
    get: library.func("tj3Get", "int", ["void*", "int"]),
    decompress: library.func("tj3Decompress8", "int", ["void*", "const uint8_t*", "size_t", "uint8_t*", "int", "int"]),
    errorText: library.func("tj3GetErrorStr", "const char*", ["void*"]),
  };
}

function checkRoom(frame: Pick<JpegFrame, "width" | "height">, crop: Rect, target: Target): void {
  const { x, y, width, height } = crop;
  if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > frame.width || y + height > frame.height) {
    throw new Error(`a JPEG of ${frame.width} x ${frame.height} where ${x + width} x ${y + height} are needed`);
  }
  const end = target.offset + (height - 1) * target.pitch + width * 3;
  if (target.offset < 0 || target.pitch < width * 3 || end > target.data.length) {
    throw new RangeError(`expected room for ${end} bytes, received ${target.data.length}`);
  }
}

const reachOf = ({ chromaX, chromaY }: JpegFrame): number => (chromaX > 1 || chromaY > 1 ? CHROMA_REACH : 0);

function writeHeight(stream: Uint8Array, frame: JpegFrame, height: number): void {
  stream[frame.heightAt] = height >> 8;
  stream[frame.heightAt + 1] = height & 255;
}

const isAlike = (a: JpegFrame, b: JpegFrame): boolean =>
  a.width === b.width &&
  a.height === b.height &&
  a.components === b.components &&
  a.chromaX === b.chromaX &&
  a.chromaY === b.chromaY;

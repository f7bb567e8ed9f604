/**
 * libjpeg-turbo 3 called through koffi: the fast decoder. Only what a crop touches is decoded: columns by the cropping
 * region, rows by lowering the height in the frame header so that the entropy decoder stops early.
 *
 * Danger lives here and nowhere else: a wrong signature or a short buffer crashes the process. Every call checks the
 * size of its buffers first, and `selfTest` runs before the codec is handed out.
 */
import type { Rect } from "@nacre/core";
import koffi from "koffi";
import type { JpegCodec, JpegFrame, Target } from "./codec.ts";

const DECOMPRESS = 1; // TJINIT_DECOMPRESS
const RGB = 0; // TJPF_RGB
/** Fancy upsampling looks one chroma sample beyond the crop, that is two pixels where chroma is halved. */
const CHROMA_REACH = 2;
/** The only warning that lowering the height causes: the rows that were left out, up to the end-of-image marker. */
const LEFT_OUT = /extraneous bytes before marker 0xd9/;

/** Opens the library at `path`. @throws Error when it is absent or older than TurboJPEG 3 */
export function openTurboJpeg(path: string): JpegCodec {
  const native = bind(path);
  let handle = openHandle(native);
  let known = "";
  let knownHeight = 0;
  let scratch = new Uint8Array(1 << 16);

  const lastMessage = (): string => String(native.errorText(handle));
  // After a damaged stream a handle may keep half-read tables and refuse every good stream that follows.
  const giveUp = (): never => {
    const message = lastMessage();
    native.destroy(handle);
    handle = openHandle(native);
    known = "";
    throw new Error(message);
  };

  const setCrop = (stream: Uint8Array, frame: JpegFrame, part: Rect): void => {
    // the handle keeps the geometry of the last stream it saw, so a block like it needs no look ahead
    const key = `${frame.width},${frame.components},${frame.chromaX},${frame.chromaY}`;
    if (key !== known || part.y + part.height > knownHeight) {
      known = "";
      if (native.header(handle, stream, stream.length)) giveUp();
      known = key;
    }
    if (native.crop(handle, { x: part.x, y: part.y, w: part.width, h: part.height })) giveUp();
  };

  const decode = (stream: Uint8Array, frame: JpegFrame, crop: Rect, target: Target): void => {
    checkRoom(frame, crop, target);
    const isReduced = frame.chromaX > 1 || frame.chromaY > 1;
    const reach = isReduced ? CHROMA_REACH : 0;
    const mcuWidth = 8 * frame.chromaX;
    const mcuHeight = 8 * frame.chromaY;
    const left = Math.floor(Math.max(0, crop.x - reach) / mcuWidth) * mcuWidth;
    const right = Math.min(frame.width, crop.x + crop.width + reach);
    const top = Math.max(0, crop.y - reach);
    const bottom = frame.isProgressive
      ? frame.height
      : Math.min(frame.height, Math.ceil((crop.y + crop.height + reach) / mcuHeight) * mcuHeight);
    const width = right - left;
    const rows = bottom - top;
    setCrop(stream, frame, { x: left, y: top, width, height: rows });
    if (bottom < frame.height) writeHeight(stream, frame, bottom);
    const isDirect = left === crop.x && width === crop.width && top === crop.y && rows === crop.height;
    const pitch = isDirect ? target.pitch : width * 3;
    if (!isDirect && scratch.length < pitch * rows) scratch = new Uint8Array(pitch * rows);
    const into = isDirect ? target.data.subarray(target.offset) : scratch;
    knownHeight = bottom;
    const status = native.decompress(handle, stream, stream.length, into, pitch, RGB);
    if (bottom < frame.height) writeHeight(stream, frame, frame.height);
    if (status && !(bottom < frame.height && LEFT_OUT.test(lastMessage()))) giveUp();
    if (!isDirect) copyRows(scratch, ((crop.y - top) * width + crop.x - left) * 3, pitch, crop, target);
  };
  const info = { name: "libjpeg-turbo", native: true, version: "3", detail: path };
  return { info, decode };
}

function openHandle(native: ReturnType<typeof bind>): unknown {
  const handle: unknown = native.init(DECOMPRESS);
  if (!handle) throw new Error("tj3Init gave no handle");
  return handle;
}

function bind(path: string) {
  const library = koffi.load(path);
  const region = koffi.struct({ x: "int", y: "int", w: "int", h: "int" });
  return {
    init: library.func("tj3Init", "void*", ["int"]),
    destroy: library.func("tj3Destroy", "void", ["void*"]),
    header: library.func("tj3DecompressHeader", "int", ["void*", "const uint8_t*", "size_t"]),
    crop: library.func("tj3SetCroppingRegion", "int", ["void*", region]),
    decompress: library.func("tj3Decompress8", "int", ["void*", "const uint8_t*", "size_t", "uint8_t*", "int", "int"]),
    errorText: library.func("tj3GetErrorStr", "const char*", ["void*"]),
  };
}

function checkRoom(frame: JpegFrame, crop: Rect, target: Target): void {
  const { x, y, width, height } = crop;
  if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > frame.width || y + height > frame.height) {
    throw new Error(`a JPEG of ${frame.width} x ${frame.height} where ${x + width} x ${y + height} are needed`);
  }
  const end = target.offset + (height - 1) * target.pitch + width * 3;
  if (target.offset < 0 || target.pitch < width * 3 || end > target.data.length) {
    throw new RangeError(`expected room for ${end} bytes, received ${target.data.length}`);
  }
}

function writeHeight(stream: Uint8Array, frame: JpegFrame, height: number): void {
  stream[frame.heightAt] = height >> 8;
  stream[frame.heightAt + 1] = height & 255;
}

function copyRows(from: Uint8Array, first: number, pitch: number, crop: Rect, target: Target): void {
  const bytes = crop.width * 3;
  let source = first;
  let to = target.offset;
  for (let row = 0; row < crop.height; row++) {
    target.data.set(from.subarray(source, source + bytes), to);
    source += pitch;
    to += target.pitch;
  }
}

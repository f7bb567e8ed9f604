/**
 * OpenJPEG from the system's library, through koffi: the decoder that OpenSlide itself uses. It decodes only the code-blocks that a part
 * needs, which the WebAssembly build cannot. Only plain streams come here (plain-codestream.ts).
 *
 * Danger lives here: a wrong signature ends the process. Structures are those of openjpeg.h 2.x, which are part of its ABI (libopenjp2.so.7);
 * the decoder's parameters are filled by the library in room that is larger than any version needs. `chooseJpeg2000` tests before it hands out.
 */
import type { Rect } from "@nacre/core";
import koffi from "koffi";
import type { DecodedImage, Reduction } from "./codec.ts";
import { checkCodestream } from "./jpeg2000.ts";

const CODESTREAM = 0; // OPJ_CODEC_J2K
const PARAMETER_BYTES = 32768;
const END_OF_STREAM = -1;

export interface OpenJp2 {
  readonly version: string;
  /** Decodes `crop` of a plain codestream, or all of it. @throws Error in the library's words when it is broken */
  decode(stream: Uint8Array, crop: Rect | null): DecodedImage;
  /** All of it at 1/by of its width and height, rounded up. @throws Error as `decode`, and where the stream has too few decompositions */
  reduced(stream: Uint8Array, by: Reduction): DecodedImage;
}

/** Opens the library of that name. @throws Error when it is absent or older than 2.5 */
export function openOpenJp2(name: string): OpenJp2 {
  const native = bind(name);
  const version = String(native.version());
  const [major, minor] = version.split(".").map(Number) as [number, number];
  if (!(major === 2 && minor >= 5)) throw new Error(`OpenJPEG ${version}, older than 2.5`);
  const parameters = new Uint8Array(PARAMETER_BYTES);
  native.defaults(parameters);
  const feed = openFeed(native);

  const decodeAt = (stream: Uint8Array, crop: Rect | null, by: Reduction | 1): DecodedImage => {
    checkCodestream(stream);
    feed.begin(stream);
    const codec: unknown = native.create(CODESTREAM);
    const source: unknown = native.streamNew(stream.length, 1);
    const image: unknown[] = [null];
    try {
      feed.attach(codec, source, stream.length);
      const isDecoded =
        native.setup(codec, parameters) &&
        native.header(source, codec, image) &&
        (by === 1 || native.resolution(codec, Math.log2(by))) &&
        (!crop || native.area(codec, image[0], crop.x, crop.y, crop.x + crop.width, crop.y + crop.height)) &&
        native.decode(codec, source, image[0]) &&
        native.end(codec, source);
      if (!isDecoded || feed.problem() !== "") {
        throw new Error(`the decoder found the JPEG 2000 stream broken: ${feed.problem() || "no reason given"}`);
      }
      return pixelsOf(native, image[0], crop);
    } finally {
      if (image[0]) native.imageEnd(image[0]);
      native.streamEnd(source);
      native.codecEnd(codec);
    }
  };
  return {
    version,
    decode: (stream, crop) => decodeAt(stream, crop, 1),
    reduced: (stream, by) => decodeAt(stream, null, by),
  };
}

/** The bytes that the library asks for. One stream at a time: a decode does not return before it is done. */
function openFeed(native: ReturnType<typeof bind>) {
  let bytes = new Uint8Array(0);
  let at = 0;
  let problem = "";
  const read = koffi.register((buffer: unknown, wanted: number | bigint): number => {
    const n = Math.min(Number(wanted), bytes.length - at);
    if (n <= 0) return END_OF_STREAM;
    new Uint8Array(koffi.view(buffer, n)).set(bytes.subarray(at, at + n));
    at += n;
    return n;
  }, native.calls.read);
  const skip = koffi.register((by: number | bigint): number => {
    const to = Math.min(bytes.length, Math.max(0, at + Number(by)));
    const moved = to - at;
    at = to;
    return moved === 0 ? END_OF_STREAM : moved;
  }, native.calls.skip);
  const seek = koffi.register((to: number | bigint): number => {
    if (Number(to) < 0 || Number(to) > bytes.length) return 0;
    at = Number(to);
    return 1;
  }, native.calls.seek);
  const note = koffi.register((line: string): void => {
    if (problem === "") problem = String(line).trim();
  }, native.calls.note);
  return {
    begin(stream: Uint8Array): void {
      bytes = new Uint8Array(stream.buffer as ArrayBuffer, stream.byteOffset, stream.length);
      at = 0;
      problem = "";
    },
    attach(codec: unknown, source: unknown, length: number): void {
      if (!codec || !source) throw new Error("OpenJPEG gave no decoder");
      native.setError(codec, note, null);
      native.setRead(source, read);
      native.setSkip(source, skip);
      native.setSeek(source, seek);
      native.setUser(source, null, null);
      native.setLength(source, length);
    },
    problem: () => problem,
  };
}

interface ImageHead {
  readonly count: number;
  readonly components: unknown;
}

interface Component {
  readonly w: number;
  readonly h: number;
  readonly data: unknown;
}

/** int32 planes to interleaved bytes; the library has already held the values to 0..255. */
function pixelsOf(native: ReturnType<typeof bind>, image: unknown, crop: Rect | null): DecodedImage {
  const { count, components } = koffi.decode(image, native.image) as ImageHead;
  if (count < 1 || count > 4) throw new Error(`an image of ${count} components`);
  const planes = koffi.decode(components, koffi.array(native.component, count)) as Component[];
  const { w: width, h: height } = planes[0] as Component;
  if (crop && (width !== crop.width || height !== crop.height)) {
    throw new Error(`${width} x ${height} px where ${crop.width} x ${crop.height} were asked for`);
  }
  const data = new Uint8Array(width * height * count);
  planes.forEach((plane, c) => {
    if (plane.w !== width || plane.h !== height || !plane.data) throw new Error("components of different sizes");
    const values = new Int32Array(koffi.view(plane.data, width * height * 4));
    for (let i = 0, p = c; i < values.length; i++, p += count) data[p] = values[i] as number;
  });
  return { width, height, components: count, data };
}

function bind(name: string) {
  const library = koffi.load(name);
  const pointer = "void*";
  const calls = {
    read: koffi.pointer(koffi.proto("int64_t", [pointer, "size_t", pointer])),
    skip: koffi.pointer(koffi.proto("int64_t", ["int64_t", pointer])),
    seek: koffi.pointer(koffi.proto("int", ["int64_t", pointer])),
    note: koffi.pointer(koffi.proto("void", ["const char*", pointer])),
  };
  const word = "uint32_t";
  return {
    calls,
    image: koffi.struct({ x0: word, y0: word, x1: word, y1: word, count: word, colour: "int", components: pointer }),
    component: koffi.struct({
      ...Object.fromEntries(
        ["dx", "dy", "w", "h", "x0", "y0", "depth", "bpp", "sign", "level", "factor"].map((key) => [key, word]),
      ),
      data: pointer,
      alpha: "uint16_t",
    }),
    version: library.func("opj_version", "const char*", []),
    defaults: library.func("opj_set_default_decoder_parameters", "void", ["uint8_t*"]),
    create: library.func("opj_create_decompress", pointer, ["int"]),
    setup: library.func("opj_setup_decoder", "int", [pointer, "uint8_t*"]),
    setError: library.func("opj_set_error_handler", "int", [pointer, calls.note, pointer]),
    streamNew: library.func("opj_stream_create", pointer, ["size_t", "int"]),
    setRead: library.func("opj_stream_set_read_function", "void", [pointer, calls.read]),
    setSkip: library.func("opj_stream_set_skip_function", "void", [pointer, calls.skip]),
    setSeek: library.func("opj_stream_set_seek_function", "void", [pointer, calls.seek]),
    setUser: library.func("opj_stream_set_user_data", "void", [pointer, pointer, pointer]),
    setLength: library.func("opj_stream_set_user_data_length", "void", [pointer, "uint64_t"]),
    header: library.func("opj_read_header", "int", [pointer, pointer, koffi.out("void**")]),
    area: library.func("opj_set_decode_area", "int", [pointer, pointer, "int32_t", "int32_t", "int32_t", "int32_t"]),
    resolution: library.func("opj_set_decoded_resolution_factor", "int", [pointer, "uint32_t"]),
    decode: library.func("opj_decode", "int", [pointer, pointer, pointer]),
    end: library.func("opj_end_decompress", "int", [pointer, pointer]),
    imageEnd: library.func("opj_image_destroy", "void", [pointer]),
    streamEnd: library.func("opj_stream_destroy", "void", [pointer]),
    codecEnd: library.func("opj_destroy_codec", "void", [pointer]),
  };
}

/**
 * The JPEG 2000 decoder of this process: OpenJPEG of the system where it is installed (it comes with OpenSlide) and gives a known picture
 * exactly, whole, in part and reduced; else the same library compiled to WebAssembly. Streams that are not plain always go to the latter.
 */
import type { Jpeg2000Codec, WholeImageCodec } from "./codec.ts";
import { codestreamOf, openJpeg2000 } from "./jpeg2000.ts";
import type { OpenJp2 } from "./openjp2.ts";
import { plainCodestream } from "./plain-codestream.ts";
import { JPEG2000_SELF_TEST } from "./self-test.data.ts";
import { checksum } from "./self-test.ts";

const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenjp2.so.7"],
  darwin: ["/opt/homebrew/lib/libopenjp2.7.dylib", "/usr/local/lib/libopenjp2.7.dylib"],
};

export async function chooseJpeg2000(): Promise<Jpeg2000Codec> {
  const wasm = await openJpeg2000();
  if (process.env.NACRE_CODEC === "wasm") return withReason(wasm, "NACRE_CODEC=wasm");
  const refused: string[] = [];
  for (const name of LIBRARIES[process.platform] ?? []) {
    try {
      const { openOpenJp2 } = await import("./openjp2.ts");
      const native = openOpenJp2(name);
      selfTestJpeg2000(native);
      return nativeFirst(native, name, wasm);
    } catch (error) {
      refused.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return withReason(wasm, refused.join("; ") || "no native library");
}

function withReason(wasm: Jpeg2000Codec, reason: string): Jpeg2000Codec {
  const decode: WholeImageCodec = (bytes) => wasm(bytes);
  return Object.assign(decode, {
    reduced: wasm.reduced,
    info: { ...wasm.info, detail: `${wasm.info.detail} (${reason})` },
  });
}

function nativeFirst(native: OpenJp2, name: string, wasm: Jpeg2000Codec): Jpeg2000Codec {
  const decode: WholeImageCodec = (bytes) => {
    const stream = codestreamOf(bytes);
    return plainCodestream(stream) ? native.decode(stream, null) : wasm(stream);
  };
  const part: NonNullable<Jpeg2000Codec["part"]> = (bytes, crop) => {
    const stream = codestreamOf(bytes);
    const size = plainCodestream(stream);
    const isInside =
      size && crop.x >= 0 && crop.y >= 0 && crop.x + crop.width <= size.width && crop.y + crop.height <= size.height;
    if (!isInside || crop.width < 1 || crop.height < 1) return null;
    const isWhole = crop.width === size.width && crop.height === size.height;
    return native.decode(stream, isWhole ? null : crop);
  };
  const reduced: Jpeg2000Codec["reduced"] = (bytes, by) => {
    const stream = codestreamOf(bytes);
    return plainCodestream(stream) ? native.reduced(stream, by) : wasm.reduced(stream, by);
  };
  return Object.assign(decode, {
    part,
    reduced,
    info: { name: "openjpeg", native: true, version: native.version, detail: name },
  });
}

/** @throws Error when the library does not give the pixels that the WebAssembly build gives */
export function selfTestJpeg2000(native: OpenJp2): void {
  const stream = Uint8Array.from(atob(JPEG2000_SELF_TEST.stream), (letter) => letter.charCodeAt(0));
  const parts = [
    native.decode(stream, null),
    native.decode(stream, JPEG2000_SELF_TEST.crop),
    native.reduced(stream, 4),
  ];
  const sums = parts.map(({ data }) => checksum(data));
  const wanted = [JPEG2000_SELF_TEST.whole, JPEG2000_SELF_TEST.part, JPEG2000_SELF_TEST.quarter];
  if (sums.join() !== wanted.join())
    throw new Error(`self-test: other pixels than OpenJPEG's (${sums}, not ${wanted})`);
}

/**
 * The JPEG decoder of this process: libjpeg-turbo from the binary inside @julusian/jpeg-turbo, else the system's, else
 * the same library compiled to WebAssembly. A candidate is used only after it decoded a known picture exactly.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { JpegCodec } from "./codec.ts";
import { selfTest } from "./self-test.ts";

/** @throws Error only when even the WebAssembly build fails its self-test */
export async function chooseJpegCodec(): Promise<JpegCodec> {
  const refused: string[] = [];
  if (process.env.NACRE_CODEC === "wasm") refused.push("NACRE_CODEC=wasm");
  else {
    for (const path of candidates()) {
      const codec = await tryNative(path);
      if (typeof codec !== "string") return codec;
      refused.push(codec);
    }
  }
  const { openJpegWasm } = await import("./jpeg-wasm.ts");
  const codec = await openJpegWasm();
  selfTest(codec);
  return { ...codec, info: { ...codec.info, detail: `WebAssembly (${refused.join("; ") || "no native library"})` } };
}

/** The codec, or why not. */
async function tryNative(path: string): Promise<JpegCodec | string> {
  try {
    const { openTurboJpeg } = await import("./turbojpeg.ts");
    const codec = openTurboJpeg(path);
    selfTest(codec);
    return codec;
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function candidates(): string[] {
  const bundled = bundledLibrary();
  return bundled ? [bundled, ...SYSTEM_LIBRARIES] : SYSTEM_LIBRARIES;
}

const SYSTEM_LIBRARIES =
  process.platform === "darwin"
    ? ["/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib", "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib"]
    : process.platform === "win32"
      ? ["turbojpeg.dll"]
      : ["libturbojpeg.so.0"];

/** Only the Linux builds of the package carry the library as a file of its own. */
function bundledLibrary(): string | null {
  if (process.platform !== "linux") return null;
  try {
    const root = dirname(createRequire(import.meta.url).resolve("@julusian/jpeg-turbo/package.json"));
    const kind = isMusl() ? `${process.arch}-musl` : process.arch;
    const path = join(root, "prebuilds", `jpeg-turbo-linux-${kind}`, "libturbojpeg.so.0");
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

const isMusl = (): boolean => existsSync("/lib/ld-musl-x86_64.so.1") || existsSync("/lib/ld-musl-aarch64.so.1");

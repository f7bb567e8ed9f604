/**
 * The process of one slide that OpenSlide reads. OpenSlide's handle is of no more use after its first error, so the next request opens
 * the slide anew; what brings the process down brings down nothing else.
 */
import type { AssociatedImage, Region } from "../../slide/slide.ts";
import type { Answer, OpenSlideFacts, Request } from "./messages.ts";
import { loadOpenSlide, type OpenSlideLibrary } from "./openslide-library.ts";

const path = process.argv[2] ?? "";
let library: OpenSlideLibrary | null = null;
let handle: unknown = null;
let scratch = new Uint32Array(0);

process.on("disconnect", () => process.exit(0));
process.on("message", (request: Request) => {
  process.send?.(answer(request));
});

function answer(request: Request): Answer {
  try {
    library ??= loadOpenSlide();
  } catch (error) {
    return { kind: "absent", message: messageOf(error) };
  }
  try {
    if (request.kind === "version") return { kind: "version", library: library.name, version: library.version() };
    if (request.kind === "read") return { kind: "pixels", data: read(library, request.region) };
    const vendor = library.detect(path);
    if (vendor === null) return { kind: "unknown" };
    return { kind: "facts", facts: factsOf(library, opened(library), vendor) };
  } catch (error) {
    return { kind: "error", message: messageOf(error) };
  }
}

function opened(native: OpenSlideLibrary): unknown {
  handle ??= native.open(path);
  if (!handle) throw new Error("OpenSlide does not open it");
  expectNoError(native);
  return handle;
}

function expectNoError(native: OpenSlideLibrary): void {
  const message = native.error(handle);
  if (message === null) return;
  native.close(handle);
  handle = null;
  throw new Error(message);
}

function read(native: OpenSlideLibrary, { level, x, y, width, height }: Region): Uint8Array {
  const n = width * height;
  if (scratch.length < n) scratch = new Uint32Array(n);
  native.read(opened(native), scratch, x, y, level, width, height);
  expectNoError(native);
  return onWhite(scratch, n);
}

/** Premultiplied ARGB, as OpenSlide gives it, laid on white: what was never scanned is transparent. */
function onWhite(argb: Uint32Array, n: number): Uint8Array {
  const data = new Uint8Array(n * 3);
  for (let i = 0, to = 0; i < n; i++, to += 3) {
    const pixel = argb[i] as number;
    const missing = 255 - (pixel >>> 24);
    data[to] = ((pixel >> 16) & 255) + missing;
    data[to + 1] = ((pixel >> 8) & 255) + missing;
    data[to + 2] = (pixel & 255) + missing;
  }
  return data;
}

function factsOf(native: OpenSlideLibrary, slide: unknown, vendor: string): OpenSlideFacts {
  const levels = Array.from({ length: native.levels(slide) }, (_, level) => {
    const [width, height] = sizeFrom((w, h) => native.levelSize(slide, level, w, h));
    return { width, height, downsample: Number(native.downsample(slide, level)) };
  });
  const properties: Record<string, string> = {};
  for (const name of native.propertyNames(slide)) {
    const value: unknown = native.property(slide, name);
    if (typeof value === "string") properties[name] = value.slice(0, LONGEST_VALUE);
  }
  const associated = native.associatedNames(slide).map((name): AssociatedImage => {
    const [width, height] = sizeFrom((w, h) => native.associatedSize(slide, name, w, h));
    return { name: name === "label" || name === "macro" || name === "thumbnail" ? name : "other", width, height };
  });
  expectNoError(native);
  return { vendor, library: native.name, version: native.version(), levels, properties, associated };
}

const LONGEST_VALUE = 2 ** 16;

function sizeFrom(ask: (width: bigint[], height: bigint[]) => void): [number, number] {
  const [width, height] = [[0n], [0n]];
  ask(width, height);
  return [Number(width[0]), Number(height[0])];
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

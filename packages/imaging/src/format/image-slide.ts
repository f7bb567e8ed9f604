/** A plain JPEG or PNG as a slide of one level. It is decoded when it is opened, so a broken one is refused at once. */
import { raise, unwrap } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import type { Codecs } from "../codec/codec.ts";
import { rasterSlide } from "../slide/raster-slide.ts";
import type { OpenOptions, Slide } from "../slide/slide.ts";
import { inColour } from "./apply-icc.ts";
import { storedProfile } from "./image-profile.ts";
import { settleScale } from "./scale.ts";

const MAX_FILE_BYTES = 2 ** 30;

export function looksLikeImage(head: Uint8Array): "JPEG" | "PNG" | null {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "JPEG";
  if (head[0] === 0x89 && head[1] === 0x50 && head[2] === 0x4e && head[3] === 0x47) return "PNG";
  return null;
}

/**
 * A plain image has no scale: dots per inch in such files mean paper, not tissue.
 * @throws FailureError truncated-file, unreadable-file, unsupported-codec, implausible-scale, hostile-file (its profile)
 */
export async function openImageSlide(
  source: ByteSource,
  kind: "JPEG" | "PNG",
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  if (source.size > MAX_FILE_BYTES) {
    raise("out-of-bounds", {
      expected: "a plain image of at most 1 GiB",
      received: `${source.size} bytes in ${source.name}`,
      remedy: "convert it to a pyramidal TIFF: vips tiffsave IN OUT.tif --tile --pyramid --compression jpeg",
    });
  }
  const decode = await codecs.image();
  const scale = unwrap(settleScale(null, options, source.name));
  const bytes = await source.read(0, source.size, signal);
  checkWhole(bytes, kind, source.name);
  const raster = await decodeOrRaise(decode, bytes, source.name);
  source.close();
  const stored = storedProfile(bytes, kind);
  const facts = { format: "image", vendor: "generic", reader: `image (${kind})`, icc: stored !== null, ...scale };
  const profile = stored && options.icc ? await stored.read(codecs, source.name) : null;
  return inColour(rasterSlide(raster, facts), { profile, codecs, name: source.name }, options);
}

type Decode = Awaited<ReturnType<Codecs["image"]>>;

async function decodeOrRaise(decode: Decode, bytes: Uint8Array, name: string): ReturnType<Decode> {
  try {
    return await decode(bytes);
  } catch (error) {
    return raise("unreadable-file", {
      expected: "an image that decodes",
      received: `${error instanceof Error ? error.message : String(error)} in ${name}`,
      remedy: "fetch the file again from where it came",
    });
  }
}

/** Decoders fill a missing end in silently, so the end marker is looked for. Some writers add a little behind it. */
function checkWhole(bytes: Uint8Array, kind: "JPEG" | "PNG", name: string): void {
  const [a, b] = kind === "JPEG" ? [0xff, 0xd9] : [0x49, 0x45]; // EOI; the first letters of IEND
  for (let i = bytes.length - 2; i >= 0; i--) if (bytes[i] === a && bytes[i + 1] === b) return;
  raise("truncated-file", {
    expected: `a ${kind} with its end in ${name}`,
    received: `${bytes.length} bytes without one`,
    remedy: "copy the file again and compare its size with the original",
  });
}

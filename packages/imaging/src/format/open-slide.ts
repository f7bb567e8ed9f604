/** The table of formats, and the door to all of them. */
import { attempt, type Outcome, raise } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import type { Codecs } from "../codec/codec.ts";
import type { OpenOptions, Slide } from "../slide/slide.ts";
import { looksLikeImage, openImageSlide } from "./image-slide.ts";
import { refuse, refusedFormat } from "./refused.ts";
import { looksLikeTiff } from "./tiff-directory.ts";
import { openTiffSlide } from "./tiff-slide.ts";

type Opener = (source: ByteSource, codecs: Codecs, options: OpenOptions, signal?: AbortSignal) => Promise<Slide>;

/** Adding a format is one file and one line here. The first that recognises the beginning of the file opens it. */
const FORMATS: readonly ((head: Uint8Array) => Opener | null)[] = [
  (head) => (looksLikeTiff(head) ? openTiffSlide : null),
  (head) => {
    const kind = looksLikeImage(head);
    return kind && ((source, codecs, options, signal) => openImageSlide(source, kind, codecs, options, signal));
  },
];

/**
 * Opens bytes as a slide. The slide owns the source and closes it; on a failure it is closed at once.
 * Failures: empty-file, truncated-file, hostile-file, unreadable-file, unsupported-format, unsupported-codec, implausible-scale.
 */
export async function openSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions = {},
  signal?: AbortSignal,
): Promise<Outcome<Slide>> {
  const outcome = await attempt(() => open(source, codecs, options, signal));
  if (!outcome.ok) source.close();
  return outcome;
}

async function open(source: ByteSource, codecs: Codecs, options: OpenOptions, signal?: AbortSignal): Promise<Slide> {
  if (source.size === 0) {
    raise("empty-file", {
      expected: `a slide in ${source.name}`,
      received: "zero bytes",
      remedy: "copy the file again from where it came",
    });
  }
  const head = await source.read(0, Math.min(132, source.size), signal);
  const refused = refusedFormat(head, source.name);
  if (refused) refuse(refused, source.name);
  for (const recognise of FORMATS) {
    const opener = recognise(head);
    if (opener) return opener(source, codecs, options, signal);
  }
  return raise("unsupported-format", {
    expected: "Aperio SVS, a tiled TIFF, JPEG or PNG",
    received: `${source.name}, which begins with ${describeHead(head)}`,
    remedy: "check that the file is a slide and was copied in binary mode",
  });
}

function describeHead(head: Uint8Array): string {
  const start = head.subarray(0, 12);
  const isText = start.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  if (isText) return `the text ${JSON.stringify(String.fromCharCode(...start))}`;
  return `the bytes ${Array.from(start, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
}

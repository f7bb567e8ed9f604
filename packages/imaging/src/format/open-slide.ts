/** The table of formats, and the door to all of them. */
import { attempt, type Outcome, raise } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import type { Neighbours } from "../bytes/neighbours.ts";
import type { Codecs } from "../codec/codec.ts";
import type { OpenOptions, Slide } from "../slide/slide.ts";
import { looksLikeCzi, openCziSlide } from "./czi/czi-slide.ts";
import { mayBeDicomFolder, openDicomFolder, openDicomSlide } from "./dicom/dicom-slide.ts";
import { looksLikeDicom } from "./dicom/header.ts";
import { looksLikeDeepZoom, openDeepZoom } from "./dzi/deep-zoom.ts";
import { looksLikeImage, openImageSlide } from "./image-slide.ts";
import { refuse, refusedFormat } from "./refused.ts";
import { looksLikeTiff } from "./tiff-directory.ts";
import { openTiffSlide } from "./tiff-slide.ts";
import { looksLikeEts } from "./vsi/ets.ts";
import { isVsi, openEtsSlide, openVsiSlide } from "./vsi/vsi-slide.ts";
import { mayBeZarrFolder, openZarrFolder } from "./zarr/zarr-slide.ts";

type Opener = (source: ByteSource, codecs: Codecs, options: OpenOptions, signal?: AbortSignal) => Promise<Slide>;

/** Adding a format is one file and one line here. The first that recognises the beginning of the file (its first 132 bytes) or its name opens it. */
const FORMATS: readonly ((head: Uint8Array, name: string) => Opener | null)[] = [
  // first: its free first bytes may make it a TIFF as well
  (head) => (looksLikeDicom(head) ? openDicomSlide : null),
  (head) => (looksLikeCzi(head) ? openCziSlide : null),
  (head) => (looksLikeEts(head) ? openEtsSlide : null),
  // before TIFF, which its preview is
  (_head, name) => (isVsi(name) ? openVsiSlide : null),
  (_head, name) => (looksLikeDeepZoom(name) ? openDeepZoom : null),
  (head) => (looksLikeTiff(head) ? openTiffSlide : null),
  (head) => {
    const kind = looksLikeImage(head);
    return kind && ((source, codecs, options, signal) => openImageSlide(source, kind, codecs, options, signal));
  },
];

type FolderOpener = (
  files: Neighbours,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
  folder?: string,
) => Promise<Slide>;

/** Formats that are a folder: recognised by the names in it. */
const FOLDER_FORMATS: readonly ((names: readonly string[]) => FolderOpener | null)[] = [
  (names) => (mayBeZarrFolder(names) ? openZarrFolder : null),
  (names) => (mayBeDicomFolder(names) ? openDicomFolder : null),
];

/**
 * Opens a folder as a slide. Failures: unsupported-format, and those of `openSlide`.
 */
export function openSlideFolder(
  folder: string,
  files: Neighbours,
  codecs: Codecs,
  options: OpenOptions = {},
  signal?: AbortSignal,
): Promise<Outcome<Slide>> {
  return attempt(async () => {
    const names = await files.list();
    for (const recognise of FOLDER_FORMATS) {
      const opener = recognise(names);
      if (opener) return opener(files, codecs, options, signal, folder);
    }
    return raise("unsupported-format", {
      expected: "a slide file, or a folder that is one slide",
      received: `${folder}, a folder of ${names.length} files${names.length === 0 ? "" : `, the first of them ${names[0]}`}`,
      remedy: "name the slide file itself",
    });
  });
}

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
    const opener = recognise(head, source.name);
    if (opener) return opener(source, codecs, options, signal);
  }
  return raise("unsupported-format", {
    expected: "a slide or an image of a format in docs/formats/README.md",
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

/** What the test page runs: opens a slide as a page of a viewer would, and hashes what it reads. */
import {
  type ByteSource,
  blobSource,
  type Codecs,
  type OpenOptions,
  openSlide,
  openSlideUrl,
  portableCodecs,
  type Region,
  type Slide,
} from "@nacre/imaging";
import type { Outcome } from "../../../packages/core/src/index.ts";

/** The hashes of regions, or what failed. */
export type Told = { readonly reader: string; readonly hashes: readonly string[] } | { readonly failure: string };

export interface SlidePage {
  /** The file chosen in the page's own input. */
  fromInput(regions: readonly Region[]): Promise<Told>;
  fromUrl(url: string, regions: readonly Region[]): Promise<Told>;
}

/** In the page and in Node alike. */
export async function tell(opened: Promise<Outcome<Slide>>, regions: readonly Region[]): Promise<Told> {
  const outcome = await opened;
  if (!outcome.ok) return { failure: `${outcome.failure.kind}: ${outcome.failure.received}` };
  const slide = outcome.value;
  const hashes: string[] = [];
  for (const region of regions) {
    const read = await slide.read(region);
    if (!read.ok) return { failure: `${read.failure.kind}: ${read.failure.received}` };
    const digest = await crypto.subtle.digest("SHA-256", read.value.data.slice().buffer);
    hashes.push(Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  const { reader } = slide.info;
  slide.close();
  return { reader, hashes };
}

/** Opened from bytes with these decoders. */
export const tellSource = (
  source: ByteSource,
  codecs: Codecs,
  regions: readonly Region[],
  options: OpenOptions = {},
): Promise<Told> => tell(openSlide(source, codecs, options), regions);

if (typeof document !== "undefined") {
  const page: SlidePage = {
    fromInput(regions) {
      const file = document.querySelector("input")?.files?.[0];
      if (!file) throw new TypeError("expected a file in the input, received none");
      return tellSource(blobSource(file, file.name), portableCodecs, regions);
    },
    fromUrl: (url, regions) => tell(openSlideUrl(url, portableCodecs), regions),
  };
  Object.assign(window, { slidePage: page });
}

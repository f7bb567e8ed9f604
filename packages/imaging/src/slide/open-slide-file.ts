/** The door of Node: a path becomes a slide. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, fail, type Outcome, raise, unwrap } from "@nacre/core";
import { openFileSource } from "../bytes/file-source.ts";
import { folderNeighbours } from "../bytes/folder-neighbours.ts";
import { nodeCodecs } from "../codec/node-codecs.ts";
import { openSlide, openSlideFolder } from "../format/open-slide.ts";
import { openThroughOpenSlide } from "../format/openslide/openslide-slide.ts";
import { mayReadThroughOpenSlide } from "../format/refused.ts";
import type { OpenOptions, Slide } from "./slide.ts";

/**
 * Opens a slide file, or a folder that is one slide. A format that has no reader of ours is read through OpenSlide where that is installed.
 * Failures: missing-file, no-permission, empty-file, truncated-file, hostile-file, unreadable-file,
 * unsupported-format, unsupported-codec, implausible-scale (of a scale given).
 * @example const slide = unwrap(await openSlideFile("slides/a.svs", { mpp: 0.25 }));
 */
export function openSlideFile(path: string, options: OpenOptions = {}, signal?: AbortSignal): Promise<Outcome<Slide>> {
  return attempt(async () => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      return unwrap(await openSlideFolder(path, folderNeighbours(path), nodeCodecs, options, signal));
    }
    if (options.reader === "openslide") return openForeign(path, options, signal);
    const neighbours = options.neighbours ?? folderNeighbours(dirname(path));
    const own = await openSlide(openFileSource(path), nodeCodecs, { ...options, neighbours }, signal);
    if (own.ok || !mayReadThroughOpenSlide(own.failure)) return unwrap(own);
    const foreign = await openThroughOpenSlide(path, options, signal);
    if (foreign) return foreign;
    const remedy = `install OpenSlide (Debian: libopenslide0), or ${own.failure.remedy}`;
    return unwrap(fail(own.failure.kind, { ...own.failure, remedy }));
  });
}

async function openForeign(path: string, options: OpenOptions, signal?: AbortSignal): Promise<Slide> {
  // a missing or forbidden file is named by our own words
  openFileSource(path).close();
  const slide = await openThroughOpenSlide(path, options, signal);
  if (slide) return slide;
  return raise("unsupported-format", {
    expected: "a slide that OpenSlide reads, and OpenSlide itself",
    received: path,
    remedy:
      "install OpenSlide (Debian: libopenslide0), or leave the reader to be chosen; nacre doctor says what is here",
  });
}

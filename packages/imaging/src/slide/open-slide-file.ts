/** The door of Node: a path becomes a slide. */
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { openFileSource } from "../bytes/file-source.ts";
import { folderNeighbours } from "../bytes/folder-neighbours.ts";
import { nodeCodecs } from "../codec/node-codecs.ts";
import { openSlide, openSlideFolder } from "../format/open-slide.ts";
import type { OpenOptions, Slide } from "./slide.ts";

/**
 * Opens a slide file, or a folder that is one slide. Failures: missing-file, no-permission, empty-file, truncated-file, hostile-file, unreadable-file,
 * unsupported-format, unsupported-codec, implausible-scale (of a scale given).
 * @example const slide = unwrap(await openSlideFile("slides/a.svs", { mpp: 0.25 }));
 */
export function openSlideFile(path: string, options: OpenOptions = {}, signal?: AbortSignal): Promise<Outcome<Slide>> {
  return attempt(async () => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      return unwrap(await openSlideFolder(path, folderNeighbours(path), nodeCodecs, options, signal));
    }
    const neighbours = options.neighbours ?? folderNeighbours(dirname(path));
    return unwrap(await openSlide(openFileSource(path), nodeCodecs, { ...options, neighbours }, signal));
  });
}

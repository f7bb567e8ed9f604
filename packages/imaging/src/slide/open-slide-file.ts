/** The door of Node: a path becomes a slide. */
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { openFileSource } from "../bytes/file-source.ts";
import { nodeCodecs } from "../codec/node-codecs.ts";
import { openSlide } from "../format/open-slide.ts";
import type { OpenOptions, Slide } from "./slide.ts";

/**
 * Opens a slide file. Failures: missing-file, no-permission, empty-file, truncated-file, hostile-file, unreadable-file,
 * unsupported-format, unsupported-codec, implausible-scale (of a scale given).
 * @example const slide = unwrap(await openSlideFile("slides/a.svs", { mpp: 0.25 }));
 */
export function openSlideFile(path: string, options: OpenOptions = {}, signal?: AbortSignal): Promise<Outcome<Slide>> {
  return attempt(async () => unwrap(await openSlide(openFileSource(path), nodeCodecs, options, signal)));
}

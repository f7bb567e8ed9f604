/**
 * Slides that OpenSlide reads, where it is installed: vendors' formats that have no reader of ours. Pixels are those that OpenSlide gives,
 * laid on white. Where the downsample of a level is not a whole number OpenSlide resamples, and so do these.
 */
import { raise, unwrap } from "@nacre/core";
import { nodeCodecs } from "../../codec/node-codecs.ts";
import { regionSlide } from "../../slide/region-slide.ts";
import type { Level, OpenOptions, Slide, SlideInfo } from "../../slide/slide.ts";
import { inColour } from "../apply-icc.ts";
import { settleScale } from "../scale.ts";
import { shownProperties } from "../shown-properties.ts";
import { hostile } from "../tiff-directory.ts";
import type { OpenSlideFacts } from "./messages.ts";
import { OpenSlideProcess } from "./openslide-process.ts";

/** Pixels of one answer: 48 MiB of RGB. */
const MOST_PIXELS = 2 ** 24;
const DEFAULT_TIMEOUT_MS = 60_000;

export interface OpenSlideOptions extends OpenOptions {
  /** Time for opening, and for each read; default 60,000 ms. */
  readonly timeoutMs?: number;
}

/** Whether the library is here, and which. */
export interface OpenSlideReport {
  readonly isFound: boolean;
  /** Its version and name, or why it does not load. */
  readonly detail: string;
}

/** Asks for the library, in a process of its own. Never fails. */
export async function openSlideReport(): Promise<OpenSlideReport> {
  const asked = new OpenSlideProcess("", DEFAULT_TIMEOUT_MS);
  try {
    const answer = await asked.ask({ kind: "version" });
    if (answer.kind === "version") return { isFound: true, detail: `${answer.version} (${answer.library})` };
    return { isFound: false, detail: answer.kind === "absent" ? answer.message : "no answer" };
  } catch (error) {
    return { isFound: false, detail: error instanceof Error ? error.message : String(error) };
  } finally {
    asked.close();
  }
}

/**
 * Opens a slide through OpenSlide; null where the library is absent or does not know the format.
 * @throws FailureError unreadable-file, hostile-file, implausible-scale, unsupported-format (an ICC profile asked for)
 */
export async function openThroughOpenSlide(
  path: string,
  options: OpenSlideOptions = {},
  signal?: AbortSignal,
): Promise<Slide | null> {
  const child = new OpenSlideProcess(path, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    const answer = await child.ask({ kind: "open" }, signal);
    if (answer.kind === "facts") return await slideOf(path, child, answer.facts, options);
    child.close();
    return answer.kind === "error" ? notOpened(path, answer.message) : null;
  } catch (error) {
    child.close();
    throw error;
  }
}

function notOpened(path: string, message: string): never {
  return raise("unreadable-file", {
    expected: `a slide that OpenSlide opens at ${path}`,
    received: message,
    remedy: "copy the slide again, with all the files that belong to it",
  });
}

function slideOf(path: string, child: OpenSlideProcess, facts: OpenSlideFacts, options: OpenOptions): Promise<Slide> {
  const info = infoOf(path, facts, options);
  const slide = regionSlide({
    info,
    async readLevel(level, { x, y, width, height }, signal) {
      const out = new Uint8Array(width * height * 3);
      const rows = Math.max(1, Math.floor(MOST_PIXELS / width));
      for (let row = 0; row < height; row += rows) {
        const n = Math.min(rows, height - row);
        const at = { x: Math.round(x * level.downsample), y: Math.round((y + row) * level.downsample) };
        const answer = await child.ask(
          { kind: "read", region: { level: level.index, ...at, width, height: n } },
          signal,
        );
        if (answer.kind !== "pixels" || answer.data.length !== width * n * 3) {
          brokenRegion(path, level, { x, y: y + row }, answer.kind === "error" ? answer.message : "another answer");
        }
        out.set(answer.data, row * width * 3);
      }
      return out;
    },
    close: () => child.close(),
  });
  // OpenSlide before 4.0 hands no profile out
  return inColour(slide, { profile: null, codecs: nodeCodecs, name: path }, options);
}

function brokenRegion(
  path: string,
  level: Level,
  at: { readonly x: number; readonly y: number },
  received: string,
): never {
  return raise("broken-tile", {
    expected: `pixels at ${at.x}, ${at.y} of level ${level.index} in ${path}`,
    received,
    remedy: "fetch the slide again; other regions of it can still be read",
  });
}

function infoOf(path: string, facts: OpenSlideFacts, options: OpenOptions): SlideInfo {
  const { associated, vendor, version, library } = facts;
  const number = (key: string): number | null => {
    const value = Number.parseFloat(facts.properties[key] ?? "");
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const [x, y] = [number("openslide.mpp-x"), number("openslide.mpp-y")];
  const scale = unwrap(settleScale(x === null || y === null ? null : Math.sqrt(x * y), options, path));
  const levels = facts.levels.map(({ width, height, downsample }, index): Level => {
    if (!(width > 0 && height > 0 && downsample >= 1)) hostile(path, "levels with a size");
    const side = (name: string): number => number(`openslide.level[${index}].tile-${name}`) ?? 256;
    return { index, width, height, downsample, blockWidth: side("width"), blockHeight: side("height") };
  });
  const base = levels[0] ?? hostile(path, "a level");
  const warnings = [...scale.warnings];
  if (levels.some(({ downsample }) => !Number.isInteger(downsample))) {
    warnings.push("OpenSlide resamples levels whose downsample is not a whole number");
  }
  if (options.plane !== undefined) warnings.push("OpenSlide reads one plane only: the one asked for is not looked for");
  return {
    ...{ format: `openslide-${vendor}`, vendor, reader: `OpenSlide ${version} (${library})` },
    ...{ width: base.width, height: base.height, levels, ...scale },
    properties: shownProperties(facts.properties, options),
    ...{ objective: number("openslide.objective-power"), icc: false, iccSought: false, associated, warnings },
  };
}

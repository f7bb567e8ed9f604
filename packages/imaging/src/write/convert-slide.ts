/**
 * A slide of any format written in another. Blocks that are JPEG or JPEG 2000 already are passed on untouched where the format and
 * the grid allow, everything else is decoded and encoded once; levels that the source lacks are made by box averages.
 * Written aside and renamed when whole. Carried: pixels, scale, objective, ICC profile. Never carried: the label, the
 * macro, and whatever else the source says about itself.
 */
import { attempt, FailureError, type Outcome, raise } from "@nacre/core";
import { fileFailure } from "../bytes/file-failure.ts";
import type { Level, Slide } from "../slide/slide.ts";
import { isSynthetic } from "../synthetic/is-synthetic.ts";
import { asideOf, checkFree, putInPlace, removeAside } from "./aside.ts";
import { type LevelSpec, planLevels } from "./level-plan.ts";
import { FORMAT_RULES } from "./open-slide-writer.ts";
import { isStoredAs, passableShape } from "./passable-shape.ts";
import type { CarriedFacts, FormatRules, SlideWriter } from "./slide-writer.ts";
import type { StoredShape } from "./stored-shape.ts";
import { MixedBlocks, sweepLevel } from "./sweep.ts";
import { type WriteFormat, writeFormatOf } from "./write-format.ts";

export interface ConvertOptions {
  /** Default: by the ending of the name. */
  readonly format?: WriteFormat;
  /** JPEG quality of what is encoded, 1 to 100. Default 90. */
  readonly quality?: number;
  /** Side of a tile in pixels, a multiple of 16. Default: the source's block where it can be passed on, else 256. */
  readonly tile?: number;
  /** Pixels of a level along one of the next, 2 to 16; must divide the tile. Default 2. */
  readonly levelStep?: number;
  /** Called with tiles written and tiles in all. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** What became of one level. */
export interface ConvertedLevel {
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel, as wanted. */
  readonly downsample: number;
  /** "passed": stored blocks, untouched (but for `encoded` of them); "encoded": the source's level, encoded anew; "made": a box average of the level before. */
  readonly how: "passed" | "encoded" | "made";
  readonly tiles: number;
}

export interface Conversion {
  readonly format: WriteFormat;
  readonly out: string;
  readonly bytes: number;
  readonly tile: number;
  readonly tiles: number;
  /** Tiles whose stored bytes were passed on untouched. */
  readonly passed: number;
  readonly levels: readonly ConvertedLevel[];
  /** What the source knows and the format cannot say, and pictures of the file that were left behind. */
  readonly warnings: readonly string[];
}

const TILE = 256;

/**
 * Writes `slide` to `out`. Open it with `icc: "keep"` for its profile to be carried.
 * Failures: bad-usage, no-scale (DICOM needs one), disk-full, no-permission, cancelled, and those of reading.
 */
export function convertSlide(slide: Slide, out: string, options: ConvertOptions = {}): Promise<Outcome<Conversion>> {
  return attempt(async () => {
    const format = options.format ?? writeFormatOf(out);
    const rules = FORMAT_RULES[format];
    checkOptions(options, rules, format);
    if (rules.needsScale && slide.info.mpp === null) {
      raise("no-scale", {
        expected: `a scale, without which there is no ${format}`,
        received: "a slide that says none",
        remedy: "give it with --mpp",
      });
    }
    await checkFree(out, rules.kind);
    try {
      return await convert(slide, out, format, options);
    } catch (error) {
      const isSystemError = error instanceof Error && "syscall" in error;
      throw isSystemError ? new FailureError(fileFailure(error, out), { cause: error }) : error;
    }
  });
}

/** Starts over, with a level encoded anew, for each level whose blocks turn out to be of several kinds. */
async function convert(slide: Slide, out: string, format: WriteFormat, options: ConvertOptions): Promise<Conversion> {
  const mixed = new Set<number>();
  for (;;) {
    try {
      return await convertOnce(slide, out, format, options, mixed);
    } catch (error) {
      if (!(error instanceof MixedBlocks)) throw error;
      mixed.add(error.level);
    }
  }
}

async function convertOnce(
  slide: Slide,
  out: string,
  format: WriteFormat,
  options: ConvertOptions,
  mixed: ReadonlySet<number>,
): Promise<Conversion> {
  const rules = FORMAT_RULES[format];
  const tile = options.tile ?? (await ownTile(slide, rules, options));
  const step = rules.step ?? options.levelStep ?? 2;
  const levels = planLevels(slide.info.levels, { step, until: rules.until ?? tile, rounding: rules.rounding });
  const aside = asideOf(out);
  let writer: SlideWriter | null = null;
  try {
    const facts = factsOf(slide);
    const quality = options.quality ?? 90;
    writer = await rules.open({ path: aside, facts, levels, tile, quality, slide });
    const written: ConvertedLevel[] = [];
    const total = levels.reduce((sum, level) => sum + tilesOf(level, tile), 0);
    let [done, passed] = [0, 0];
    for (const { taken, made } of segments(levels)) {
      const isAsked = rules.codec === "jpeg" && !mixed.has(taken.index);
      const shape = isAsked ? await passableShape(slide, taken.source as Level, tile, rules.passes) : null;
      const before = done;
      const advance = (tiles: number): void => options.progress?.(before + tiles, total);
      const swept = await sweepLevel({
        slide,
        writer,
        taken,
        made,
        tile,
        step,
        shape,
        advance,
        signal: options.signal,
      });
      done += swept.tiles;
      passed += swept.passed;
      written.push(summary(taken, tile, shape), ...made.map((level) => summary(level, tile, null)));
    }
    const bytes = await writer.finish();
    writer.close();
    await putInPlace(aside, out, rules.kind);
    return {
      format,
      out,
      bytes,
      tile,
      tiles: total,
      passed,
      levels: written,
      warnings: [...warningsOf(slide, rules, facts), ...(await recodedJpeg2000(slide, rules, format, written))],
    };
  } catch (error) {
    writer?.close();
    await removeAside(aside, rules.kind);
    throw error;
  }
}

/** The block of the source where it can stand in a file of the format, else 256. */
async function ownTile(slide: Slide, rules: FormatRules, { levelStep = 2 }: ConvertOptions): Promise<number> {
  const base = slide.info.levels[0];
  if (!base || rules.codec !== "jpeg" || base.blockWidth !== base.blockHeight) return TILE;
  const side = base.blockWidth;
  const isFit = side % 16 === 0 && side % (rules.step ?? levelStep) === 0 && side <= 4096;
  return isFit && (await passableShape(slide, base, side, rules.passes)) ? side : TILE;
}

function factsOf({ info, profile }: Slide): CarriedFacts {
  const { width, height, mpp, objective, vendor } = info;
  return { width, height, mpp, objective, vendor, profile: profile ?? null, isSynthetic: isSynthetic(info) };
}

interface Segment {
  readonly taken: LevelSpec;
  readonly made: LevelSpec[];
}

function segments(levels: readonly LevelSpec[]): Segment[] {
  const found: Segment[] = [];
  for (const level of levels) {
    if (level.source) found.push({ taken: level, made: [] });
    else found[found.length - 1]?.made.push(level);
  }
  return found;
}

const tilesOf = ({ width, height }: LevelSpec, tile: number): number =>
  Math.ceil(width / tile) * Math.ceil(height / tile);

function summary(level: LevelSpec, tile: number, shape: StoredShape | null): ConvertedLevel {
  const { width, height, downsample } = level;
  const how = level.source === null ? "made" : shape ? "passed" : "encoded";
  return { width, height, downsample, how, tiles: tilesOf(level, tile) };
}

function checkOptions({ quality = 90, tile, levelStep = 2 }: ConvertOptions, rules: FormatRules, format: string): void {
  const isWhole = (value: number, least: number, most: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
  const wrong = (expected: string, received: unknown): never =>
    raise("bad-usage", { expected, received: String(received), remedy: "correct the option" });
  if (!isWhole(quality, 1, 100)) wrong("a quality from 1 to 100", quality);
  if (!isWhole(levelStep, 2, 16)) wrong("a step between levels from 2 to 16", levelStep);
  if (rules.step !== null && levelStep !== rules.step)
    wrong(`a step of ${rules.step}, the only one of ${format}`, levelStep);
  if (tile !== undefined && !(isWhole(tile, 16, 4096) && tile % 16 === 0)) {
    wrong("a tile from 16 to 4096 px, a multiple of 16", tile);
  }
  if ((tile ?? TILE) % levelStep !== 0) wrong(`a step that divides tiles of ${tile ?? TILE} px`, levelStep);
}

/** JPEG 2000 that the format could not take, or whose blocks could not stand in it. */
async function recodedJpeg2000(
  slide: Slide,
  { codec, passes }: FormatRules,
  format: WriteFormat,
  written: readonly ConvertedLevel[],
): Promise<string[]> {
  if (codec === "lossless" || written[0]?.how !== "encoded" || !(await isStoredAs(slide, "jpeg2000"))) return [];
  const why = passes.includes("jpeg2000")
    ? "its blocks are of another size or colour than the file's tiles, or one is missing"
    : `readers of ${format} seldom know it; svs and dicom take it as it is`;
  return [`JPEG 2000 was decoded and encoded again as JPEG: ${why}`];
}

function warningsOf({ info }: Slide, rules: FormatRules, facts: CarriedFacts): string[] {
  const warnings: string[] = [];
  const drops = new Set(rules.drops);
  if (drops.has("mpp") && info.mpp !== null) warnings.push(`the format has no place for the scale (${info.mpp} um/px)`);
  if (drops.has("objective") && info.objective !== null) {
    warnings.push(`the format has no place for the objective (${info.objective}x)`);
  }
  if (info.icc && (drops.has("icc") || !facts.profile)) warnings.push("the ICC profile was not carried");
  if (facts.isSynthetic && drops.has("synthetic"))
    warnings.push("the format has no place for the mark of a slide that a program drew");
  if (info.planes) {
    const { channels, focalPlanes, times, plane } = info.planes;
    const shown = `channel ${plane.channel}, focal plane ${plane.focalPlane}, time ${plane.time}`;
    warnings.push(`one picture of ${channels.length * focalPlanes * times} was written: ${shown}`);
  }
  for (const { name } of info.associated ?? [])
    if (name !== "thumbnail") warnings.push(`the ${name} image was left behind`);
  return warnings;
}

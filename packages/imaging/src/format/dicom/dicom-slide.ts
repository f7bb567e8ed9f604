/**
 * DICOM VL Whole Slide Microscopy as a slide (PS3.3, A.32.8): a folder that holds one series, or one instance whose series lies beside it.
 * Levels are the VOLUME instances by the size of their total pixel matrix.
 */
import { unwrap } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import type { Neighbours } from "../../bytes/neighbours.ts";
import type { Codecs } from "../../codec/codec.ts";
import type { BlockLevel, BlockPainter } from "../../slide/block-level.ts";
import { blockSlide } from "../../slide/block-slide.ts";
import { type PlacedLevel, placedReader } from "../../slide/placed-level.ts";
import { regionSlide } from "../../slide/region-slide.ts";
import type { OpenOptions, Plane, Planes, Slide, SlideInfo } from "../../slide/slide.ts";
import { inColour } from "../apply-icc.ts";
import { choosePlane } from "../choose-plane.ts";
import { settleScale } from "../scale.ts";
import { shownProperties } from "../shown-properties.ts";
import { openFramePainter } from "./frame-painter.ts";
import { checkPixels, type Instance } from "./instance.ts";
import { type Choice, choiceOf, type LevelFrames, readFrames, type Stack, stacksOf } from "./levels.ts";
import { candidates, type Found, openInstance, type Series, seriesIn, seriesOf } from "./series.ts";

/** Whether a folder may be a DICOM series: it has files that are not of another format. */
export const mayBeDicomFolder = (names: readonly string[]): boolean => candidates(names).length > 0;

/** @throws FailureError truncated-file, hostile-file, missing-file, unsupported-format, unsupported-codec, implausible-scale, out-of-bounds */
export async function openDicomSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const first = await openInstance(source, signal);
  return slideOf(await seriesOf(first, options.neighbours, signal), codecs, options, signal);
}

/** A folder of instances. @throws as `openDicomSlide` */
export async function openDicomFolder(
  files: Neighbours,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  return slideOf(await seriesIn(files, signal), codecs, options, signal);
}

async function slideOf(series: Series, codecs: Codecs, options: OpenOptions, signal?: AbortSignal): Promise<Slide> {
  const sources = series.volumes.map(({ source }) => source);
  try {
    return await openLevels(series, codecs, options, signal);
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}

interface OpenLevel {
  readonly stack: Stack;
  readonly frames: LevelFrames;
  readonly painter: BlockPainter;
  readonly downsample: number;
}

async function openLevels(series: Series, codecs: Codecs, options: OpenOptions, signal?: AbortSignal): Promise<Slide> {
  const { levels: stacks, warnings } = pyramidOf(stacksOf(series.volumes));
  const base = stacks[0] as Stack;
  const first = (base.parts[0] as Found).instance;
  const choice = choiceOf(base);
  const held = { channels: choice.paths, focalPlanes: choice.heights.length, times: 1 };
  const planes = choosePlane(held, options.plane, (base.parts[0] as Found).source.name);
  const plane = planes?.plane ?? { channel: 0, focalPlane: 0, time: 0 };
  const levels: OpenLevel[] = [];
  for (const stack of stacks) {
    const { instance, source } = stack.parts[0] as Found;
    checkPixels(instance, source.name);
    const frames = await readFrames(stack, choiceOf(stack), matching(choice, choiceOf(stack), plane), signal);
    const painter = await openFramePainter(instance, codecs, options.window);
    const downsample = (base.width / stack.width + base.height / stack.height) / 2;
    levels.push({ stack, frames, painter, downsample });
    if (frames.repeated > 0)
      warnings.push(`${frames.repeated} frames lie where others do already: the first of each place is read`);
  }
  const info = describe({ series, first, levels, planes, options, warnings });
  const slide = makeSlide(series, info, levels);
  return inColour(slide, { profile: first.profile, codecs, name: (base.parts[0] as Found).source.name }, options);
}

/** The stacks that are one picture in several sizes; others are told, and closed. */
function pyramidOf(stacks: readonly Stack[]): { levels: readonly Stack[]; warnings: string[] } {
  const [base, ...rest] = stacks as [Stack, ...Stack[]];
  const warnings: string[] = [];
  const levels = [base];
  for (const stack of rest) {
    const last = levels[levels.length - 1] as Stack;
    const wanted = (base.height * stack.width) / base.width;
    const isLevel = Math.abs(stack.height - wanted) <= Math.max(3, wanted * 0.01);
    if (isLevel && stack.width < last.width && stack.height < last.height) {
      levels.push(stack);
      continue;
    }
    for (const { source } of stack.parts) source.close();
    warnings.push(
      `a further volume of ${stack.width} x ${stack.height} px is ignored: its shape or size is not that of a level`,
    );
  }
  return { levels, warnings };
}

/** The same optical path in another level, and the height that lies as far up among its own. */
function matching(base: Choice, level: Choice, plane: Plane): Plane {
  const channel = Math.max(0, level.paths.indexOf(base.paths[plane.channel] as string));
  const share = base.heights.length > 1 ? plane.focalPlane / (base.heights.length - 1) : 0.5;
  const focalPlane =
    base.heights.length === level.heights.length ? plane.focalPlane : Math.floor(share * (level.heights.length - 1));
  return { ...plane, channel, focalPlane };
}

interface Told {
  readonly series: Series;
  readonly first: Instance;
  readonly levels: readonly OpenLevel[];
  readonly planes: Planes | undefined;
  readonly options: OpenOptions;
  readonly warnings: readonly string[];
}

function describe(told: Told): Omit<SlideInfo, "levels"> {
  const { series, first, levels, planes, options } = told;
  const name = (series.volumes[0] as Found).source.name;
  const scale = unwrap(settleScale(first.mpp, options, name));
  const own = series.volumes.flatMap(({ instance }) => instance.warnings);
  return {
    format: "dicom",
    vendor: first.properties["dicom.Manufacturer"] ?? "generic",
    reader: (levels[0] as OpenLevel).painter.reader,
    width: first.width,
    height: first.height,
    ...scale,
    objective: first.objective,
    properties: shownProperties(first.properties, options),
    icc: first.profile !== null,
    associated: series.beside.map(({ kind, width, height }) => ({
      name: kind === "volume" ? "other" : kind,
      width,
      height,
    })),
    ...(planes ? { planes } : {}),
    warnings: [...new Set([...own, ...series.warnings, ...told.warnings]), ...scale.warnings],
  };
}

function makeSlide({ volumes }: Series, info: Omit<SlideInfo, "levels">, levels: readonly OpenLevel[]): Slide {
  const shape = ({ stack, downsample }: OpenLevel, index: number) => {
    const { blockWidth, blockHeight } = (stack.parts[0] as Found).instance;
    return { index, width: stack.width, height: stack.height, downsample, blockWidth, blockHeight };
  };
  const closeAll = (): void => {
    for (const { source } of volumes) source.close();
  };
  if (levels.every(({ frames }) => frames.table)) {
    const blocks = levels.flatMap((level, i): BlockLevel[] => {
      const { table, source } = level.frames;
      return table ? [{ ...shape(level, i), ...table, painter: level.painter, source }] : [];
    });
    const slide = blockSlide((blocks[0] as BlockLevel).source as ByteSource, info, blocks);
    return slide;
  }
  const placed = levels.map((level, i): PlacedLevel => {
    const { placed, source } = level.frames;
    return { ...shape(level, i), blocks: placed(), painters: [level.painter], source };
  });
  const reader = placedReader((placed[0] as PlacedLevel).source as ByteSource, placed);
  return regionSlide({ info: { ...info, levels: levels.map(shape) }, readLevel: reader, close: closeAll });
}

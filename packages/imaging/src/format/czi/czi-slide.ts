/** Zeiss CZI as a slide: a mosaic of subblocks with a pyramid, several scenes on one plane, channels, focal planes and times. */
import { raise } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { drive, type Reading } from "../../bytes/reading.ts";
import type { Codecs } from "../../codec/codec.ts";
import type { PlacedBlock } from "../../slide/placed-level.ts";
import type { OpenOptions, Planes, Slide } from "../../slide/slide.ts";
import { choosePlane } from "../choose-plane.ts";
import type { Window } from "../raw-samples.ts";
import { type MosaicPlan, type SlidePlan, slideOfPlan } from "../slide-plan.ts";
import { readAttachments } from "./attachments.ts";
import { type CziMetadata, readCziMetadata } from "./metadata.ts";
import { type MosaicLevel, mosaicOf } from "./mosaic.ts";
import { type CziSpan, dataOf, readFileHeader, readMetadata, readSubblocks, type Subblock } from "./segments.ts";
import { checkShape, openSubblockPainter, type SubblockShape } from "./subblock-painter.ts";

/** `head`: the first bytes of the file. */
export const looksLikeCzi = (head: Uint8Array): boolean =>
  [..."ZISRAWFILE"].every((letter, i) => head[i] === letter.charCodeAt(0));

/** @throws FailureError truncated-file, hostile-file, unsupported-format, unsupported-codec, implausible-scale, out-of-bounds */
export async function openCziSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const plan = await drive(planCzi({ name: source.name, start: 0, end: source.size }, options), source, signal);
  return slideOfPlan(plan, source, codecs, options);
}

function* planCzi(file: CziSpan, options: OpenOptions): Reading<SlidePlan> {
  const header = yield* readFileHeader(file);
  const all = yield* readSubblocks(file, header.directory);
  const metadata = readCziMetadata(yield* readMetadata(file, header.metadata), file.name);
  const { associated, warnings: beside } = yield* readAttachments(file, header.attachments);
  const { subblocks, planes, warnings: chosen } = planeOf(all, metadata, options, file.name);
  const mosaic = mosaicOf(subblocks);
  if (mosaic.levels[0]?.downsample !== 1) noPixels(file.name);
  const windows = windowsOf(metadata, options);
  const levels: MosaicPlan[] = [];
  for (const level of mosaic.levels) levels.push(yield* planLevel(file, level, windows));
  const warnings = [...chosen, ...mosaic.warnings, ...beside];
  if (mosaic.scenes > 1) warnings.push(`${mosaic.scenes} scenes are shown on one plane, at their places on the glass`);
  if (header.isUnfinished) warnings.push("the writer of the file did not finish it: something may be missing");
  if (levels.length === 1 && (levels[0] as MosaicPlan).width > FLAT)
    warnings.push("the file holds no pyramid: coarse views are slow");
  return {
    format: "czi",
    vendor: "zeiss",
    ...{ levels, associated, warnings },
    properties: metadata.properties,
    mpp: metadata.mpp,
    objective: metadata.objective,
    icc: false,
    iccSought: false,
    profile: null,
    ...(planes ? { planes } : {}),
  };
}

const FLAT = 10_000;

function noPixels(name: string): never {
  return raise("hostile-file", {
    expected: "subblocks at full resolution",
    received: `${name}, which holds only reduced ones`,
    remedy: "fetch the file again from where it came",
  });
}

interface Chosen {
  readonly subblocks: readonly Subblock[];
  readonly planes: Planes | undefined;
  readonly warnings: readonly string[];
}

/** Dimensions that no Plane names: the first index of each is read. */
const OTHERS = ["B", "H", "I", "R", "V"];

function planeOf(all: readonly Subblock[], metadata: CziMetadata, options: OpenOptions, name: string): Chosen {
  const values = (letter: string): number[] => [...new Set(all.map(({ at }) => at[letter] ?? 0))].sort((a, b) => a - b);
  const [channels, focalPlanes, times] = [values("C"), values("Z"), values("T")];
  const names = channels.map((index) => metadata.channels[index] || `channel ${index}`);
  const held = { channels: names, focalPlanes: focalPlanes.length, times: times.length };
  const planes = choosePlane(held, options.plane, name);
  const { channel, focalPlane, time } = planes?.plane ?? { channel: 0, focalPlane: 0, time: 0 };
  const wanted: Record<string, number | undefined> = {
    C: channels[channel],
    Z: focalPlanes[focalPlane],
    T: times[time],
  };
  const warnings: string[] = [];
  for (const letter of OTHERS) {
    const [first, ...more] = values(letter);
    wanted[letter] = first;
    if (more.length > 0) warnings.push(`dimension ${letter} holds ${more.length + 1} pictures: the first is read`);
  }
  const isWanted = ({ at }: Subblock): boolean =>
    Object.entries(wanted).every(([letter, index]) => (at[letter] ?? 0) === index);
  return { subblocks: all.filter(isWanted), planes, warnings };
}

interface Windows {
  readonly words: Window;
  readonly bytes: Window | null;
}

const windowsOf = ({ bits }: CziMetadata, { window }: OpenOptions): Windows => ({
  words: window ?? [0, 2 ** (bits !== null && bits > 8 ? bits : 16) - 1],
  bytes: window ?? null,
});

/** One painter for each kind and size of subblock. */
function* planLevel(file: CziSpan, level: MosaicLevel, windows: Windows): Reading<MosaicPlan> {
  const shapes = new Map<string, { readonly index: number; readonly shape: SubblockShape }>();
  const blocks: PlacedBlock[] = [];
  for (const { subblock, x, y } of level.subblocks) {
    const { pixelType, compression } = subblock;
    const [width, height] = [subblock.x.stored, subblock.y.stored];
    const key = `${pixelType} ${compression} ${width} ${height}`;
    const known = shapes.get(key) ?? { index: shapes.size, shape: { pixelType, compression, width, height } };
    if (!shapes.has(key)) checkShape(known.shape, file.name);
    shapes.set(key, known);
    blocks.push({ x, y, width, height, ...(yield* dataOf(file, subblock)), painter: known.index });
  }
  const { width, height, downsample } = level;
  const first = blocks[0] as PlacedBlock;
  return {
    kind: "mosaic",
    ...{ width, height, downsample, blocks },
    blockWidth: first.width,
    blockHeight: first.height,
    painters: [...shapes.values()].map(
      ({ shape }) =>
        (codecs: Codecs) =>
          openSubblockPainter(shape, codecs, windows),
    ),
  };
}

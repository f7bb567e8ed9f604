/**
 * Olympus VSI: a small file with a preview and tags, and beside it a folder `_name_` with the pictures, one ETS file in each `stackN`. The largest
 * picture is the slide; the others (overview, label, macro) are told, never served. The tags of the VSI file are not read, so the scale is not
 * known.
 */
import { raise } from "@nacre/core";
import type { ByteSource } from "../../bytes/byte-source.ts";
import type { Neighbours } from "../../bytes/neighbours.ts";
import { drive } from "../../bytes/reading.ts";
import type { Codecs } from "../../codec/codec.ts";
import type { OpenOptions, Slide } from "../../slide/slide.ts";
import { choosePlane } from "../choose-plane.ts";
import { slideOfPlan } from "../slide-plan.ts";
import { type Ets, type EtsLevel, readEts } from "./ets.ts";
import { checkShape, openTilePainter } from "./tile-painter.ts";

interface Stack {
  readonly source: ByteSource;
  readonly ets: Ets;
}

/** Numbers that the scanner gives to stacks: the overviews from 0 or 1, the scans from 10000. */
const STACKS = [...Array(32).keys(), ...Array.from({ length: 64 }, (_, i) => 10_000 + i)];
const FRAMES = ["frame_t.ets", "frame_t_0.ets"];

export const isVsi = (name: string): boolean => /\.vsi$/i.test(name);

/** The slide of a VSI file. @throws FailureError missing-file, truncated-file, hostile-file, unsupported-codec, implausible-scale */
export async function openVsiSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const stacks = options.neighbours ? await openStacks(folderOf(source.name), options.neighbours, signal) : [];
  const [largest, ...others] = stacks.sort((a, b) => area(b) - area(a));
  if (!largest) return noPixels(source.name);
  for (const { source: beside } of others) beside.close();
  try {
    const slide = await slideOfStack(largest, others, codecs, options);
    source.close();
    return slide;
  } catch (error) {
    largest.source.close();
    throw error;
  }
}

/** One ETS file by itself. @throws as `openVsiSlide` */
export async function openEtsSlide(
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
  signal?: AbortSignal,
): Promise<Slide> {
  const ets = await drive(readEts(source.name, source.size), source, signal);
  return slideOfStack({ source, ets }, [], codecs, options);
}

const folderOf = (name: string): string => `_${name.replace(/^.*[/\\]/, "").replace(/\.vsi$/i, "")}_`;
const area = ({ ets }: Stack): number => (ets.levels[0] as EtsLevel).width * (ets.levels[0] as EtsLevel).height;

function noPixels(name: string): never {
  return raise("missing-file", {
    expected: `the folder ${folderOf(name)} with stack1/frame_t.ets or stack10000/frame_t.ets beside ${name}`,
    received: "none of them",
    remedy: "copy the folder of the slide together with its .vsi file",
  });
}

async function openStacks(folder: string, files: Neighbours, signal?: AbortSignal): Promise<Stack[]> {
  const stacks: Stack[] = [];
  try {
    for (const name of STACKS.flatMap((n) => FRAMES.map((frame) => `${folder}/stack${n}/${frame}`))) {
      const source = await files.open(name);
      if (!source) continue;
      try {
        stacks.push({ source, ets: await drive(readEts(source.name, source.size), source, signal) });
      } catch (error) {
        source.close();
        throw error;
      }
    }
    return stacks;
  } catch (error) {
    for (const { source } of stacks) source.close();
    throw error;
  }
}

function slideOfStack(
  { source, ets }: Stack,
  others: readonly Stack[],
  codecs: Codecs,
  options: OpenOptions,
): Promise<Slide> {
  const { shape, levels, further } = ets;
  checkShape(shape, source.name);
  choosePlane({ channels: [""], focalPlanes: 1, times: 1 }, options.plane, source.name);
  const warnings = ["the size is that of whole tiles: the rim to the right and below may be background"];
  if (further > 0)
    warnings.push(`${further} further pictures of the same place (channels, focal planes or times) are not read`);
  const plan = {
    format: "vsi",
    vendor: "olympus",
    levels: levels.map((level) => ({
      kind: "grid" as const,
      ...level,
      painter: (given: Codecs) => openTilePainter(shape, given, options.window),
    })),
    properties: {},
    ...{ mpp: null, objective: null, icc: false, iccSought: false, profile: null, warnings },
    associated: others.map((stack) => {
      const { width, height } = stack.ets.levels[0] as EtsLevel;
      return { name: "other" as const, width, height };
    }),
  };
  return slideOfPlan(plan, source, codecs, options);
}

/**
 * What a format's reader found out before any pixel is decoded, and how that becomes a slide: a plain grid of blocks
 * where it can (the fast way), blocks placed anywhere where it must.
 */
import { unwrap } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import type { Codecs } from "../codec/codec.ts";
import type { BlockLevel, BlockPainter, BlockTable } from "../slide/block-level.ts";
import { blockSlide } from "../slide/block-slide.ts";
import { type PlacedBlock, type PlacedLevel, placedReader } from "../slide/placed-level.ts";
import { regionSlide } from "../slide/region-slide.ts";
import type { AssociatedImage, OpenOptions, Planes, Slide, SlideInfo } from "../slide/slide.ts";
import { inColour } from "./apply-icc.ts";
import { choosePlane } from "./choose-plane.ts";
import { settleScale } from "./scale.ts";
import { shownProperties } from "./shown-properties.ts";

export type OpenPainter = (codecs: Codecs) => Promise<BlockPainter>;

interface LevelSize {
  readonly width: number;
  readonly height: number;
  readonly downsample: number;
}

/** A level that is a plain grid of blocks. */
export interface GridPlan extends LevelSize {
  readonly kind: "grid";
  readonly table: BlockTable;
  readonly painter: OpenPainter;
  /** Where its blocks lie, if not in the file itself; closing it closes that too. */
  readonly source?: (file: ByteSource) => ByteSource;
  /** Coarser levels of its writer are not to be trusted. */
  readonly isAlone?: boolean;
}

/** A level whose blocks lie anywhere. */
export interface MosaicPlan extends LevelSize {
  readonly kind: "mosaic";
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocks: readonly PlacedBlock[];
  readonly painters: readonly OpenPainter[];
}

export interface SlidePlan {
  readonly format: string;
  readonly vendor: string;
  /** Level 0 first; all of one kind. */
  readonly levels: readonly (GridPlan | MosaicPlan)[];
  /** All of them: what is shown is decided here. */
  readonly properties: Readonly<Record<string, string>>;
  /** As the file says it, micrometres per pixel, or null. */
  readonly mpp: number | null;
  readonly objective: number | null;
  readonly icc: boolean;
  readonly iccSought?: boolean;
  /** The profile itself, where it was asked for. */
  readonly profile: Uint8Array | null;
  readonly associated: readonly AssociatedImage[];
  readonly planes?: Planes;
  /** Sample values that become black and white, where samples are not shown as they are. */
  readonly window?: readonly [black: number, white: number] | null;
  readonly warnings: readonly string[];
}

/** @throws FailureError unsupported-codec, implausible-scale, hostile-file */
export async function slideOfPlan(
  plan: SlidePlan,
  source: ByteSource,
  codecs: Codecs,
  options: OpenOptions,
): Promise<Slide> {
  const scale = unwrap(settleScale(plan.mpp, options, source.name));
  const base = plan.levels[0];
  if (!base) throw new RangeError("expected a plan of at least one level, received none");
  const { format, vendor, objective, icc, iccSought, associated, planes } = plan;
  const properties = shownProperties(plan.properties, options);
  if (!planes) choosePlane({ channels: ["brightfield"], focalPlanes: 1, times: 1 }, options.plane, source.name);
  const idle =
    options.window && !plan.window ? ["the window given has no effect: these pixels are shown as stored"] : [];
  const facts = {
    ...{ format, vendor, width: base.width, height: base.height, ...scale, objective, properties, icc },
    ...(iccSought === undefined ? {} : { iccSought }),
    ...(associated.length > 0 ? { associated } : {}),
    ...(planes ? { planes } : {}),
    ...(plan.window ? { window: plan.window } : {}),
    warnings: [...plan.warnings, ...scale.warnings, ...idle],
  };
  const grids = plan.levels.filter((level) => level.kind === "grid");
  const slide =
    grids.length === plan.levels.length
      ? await gridSlide(facts, grids, source, codecs)
      : await mosaicSlide(
          facts,
          plan.levels.filter((level) => level.kind === "mosaic"),
          source,
          codecs,
        );
  return inColour(slide, { profile: plan.profile, codecs, name: source.name }, options);
}

type Facts = Omit<SlideInfo, "levels" | "reader">;

async function gridSlide(facts: Facts, plans: readonly GridPlan[], source: ByteSource, codecs: Codecs): Promise<Slide> {
  const levels: BlockLevel[] = [];
  for (const { table, painter, source: own, width, height, downsample } of plans) {
    const blocks = { ...table, painter: await painter(codecs), ...(own ? { source: own(source) } : {}) };
    levels.push({ index: levels.length, width, height, downsample, ...blocks });
  }
  return blockSlide(source, { ...facts, reader: levels[0]?.painter.reader ?? "" }, levels);
}

async function mosaicSlide(
  facts: Facts,
  plans: readonly MosaicPlan[],
  source: ByteSource,
  codecs: Codecs,
): Promise<Slide> {
  const levels: PlacedLevel[] = [];
  for (const { kind: _, painters, ...plan } of plans) {
    const opened: BlockPainter[] = [];
    for (const painter of painters) opened.push(await painter(codecs));
    levels.push({ index: levels.length, ...plan, painters: opened });
  }
  const info = {
    ...facts,
    reader: levels[0]?.painters[0]?.reader ?? "",
    levels: levels.map(({ blocks: _, painters: __, source: ___, ...level }) => level),
  };
  return regionSlide({ info, readLevel: placedReader(source, levels), close: () => source.close() });
}

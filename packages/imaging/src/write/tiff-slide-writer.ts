/**
 * Pyramids in TIFF: a plain one, the layout of Aperio's SVS, and OME-TIFF, whose coarser levels hang under the first
 * image as SubIFDs. Every tile is a JPEG stream with its own tables, so that streams of any source can stand in it.
 */

import { unwrap } from "@nacre/core";
import { encodeJpeg } from "../codec/encode.ts";
import type { Raster } from "../slide/slide.ts";
import { thumbnail } from "../slide/thumbnail.ts";
import type { LevelSpec } from "./level-plan.ts";
import type { LevelWriter, SlideWriter, WriterOptions } from "./slide-writer.ts";
import { samplingFor } from "./slide-writer.ts";
import type { StoredShape } from "./stored-shape.ts";
import { omeDescription, plainDescription, svsDescription } from "./tiff-description.ts";
import { type Directory, type Tag, TiffWriter } from "./tiff-writer.ts";
import { openTileEncoder } from "./tile-encoder.ts";

export type TiffFlavour = "tiff" | "svs" | "ome-tiff";

const THUMBNAIL = 1024;
const JPEG = 7;
/** Aperio's numbers, by what the decoded components are. */
const JPEG2000 = { YCbCr: 33003, RGB: 33005 } as const;
const SUBSAMPLING: Readonly<Record<StoredShape["sampling"], readonly number[]>> = {
  "4:4:4": [1, 1],
  "4:2:2": [2, 1],
  "4:2:0": [2, 2],
  "4:4:0": [1, 2],
};

interface Page {
  readonly level: LevelSpec;
  readonly compression: number;
  readonly colour: "RGB" | "YCbCr";
  readonly sampling: StoredShape["sampling"];
  readonly offsets: Float64Array;
  readonly counts: Float64Array;
}

export async function openTiffSlideWriter(flavour: TiffFlavour, options: WriterOptions): Promise<SlideWriter> {
  const { tile, quality } = options;
  const writer = new TiffWriter(options.path);
  const encoder = openTileEncoder(quality);
  const pages: Page[] = [];
  const places = new Map<Uint8Array, number>();
  return {
    takesStored: () => true,
    async begin(level, shape): Promise<LevelWriter> {
      const columns = Math.ceil(level.width / tile);
      const n = columns * Math.ceil(level.height / tile);
      const { colour, sampling } = shape ?? { colour: "YCbCr", sampling: samplingFor(quality) };
      const compression = shape?.codec === "jpeg2000" ? JPEG2000[shape.colour] : JPEG;
      const page = { level, compression, colour, sampling, offsets: new Float64Array(n), counts: new Float64Array(n) };
      pages[level.index] = page;
      const put = (column: number, row: number, offset: number, length: number): void => {
        page.offsets[row * columns + column] = offset;
        page.counts[row * columns + column] = length;
      };
      return {
        putStored: (column, row, stream) => put(column, row, writer.append(stream), stream.length),
        async putPixels(column, row, rgb) {
          const stream = await encoder.encode(rgb, tile, tile, sampling);
          // the encoder gives bare tiles as the same stream again: it is stored once
          const offset = places.get(stream) ?? writer.append(stream);
          put(column, row, offset, stream.length);
          if (places.size < MOST_SHARED) places.set(stream, offset);
        },
      };
    },
    async finish() {
      return writer.finish(await directories(flavour, options, pages, writer));
    },
    close() {
      encoder.close();
      writer.close();
    },
  };
}

const MOST_SHARED = 256;

async function directories(
  flavour: TiffFlavour,
  options: WriterOptions,
  pages: readonly Page[],
  writer: TiffWriter,
): Promise<(readonly Tag[] | Directory)[]> {
  const tags = pages.map((page) => pageTags(flavour, options, page));
  const [first, ...rest] = tags;
  if (!first) throw new RangeError("expected at least one level, received none");
  if (flavour === "ome-tiff") return [{ tags: first, below: rest }];
  if (flavour === "tiff") return tags;
  const small = unwrap(await thumbnail(options.slide, THUMBNAIL));
  const stream = await encodeJpeg(small, options.quality);
  return [first, thumbnailTags(options, small, writer.append(stream), stream.length), ...rest];
}

function pageTags(flavour: TiffFlavour, options: WriterOptions, page: Page): Tag[] {
  const { facts, tile } = options;
  const { width, height, index } = page.level;
  const isFirst = index === 0;
  const description = describe(flavour, options, page);
  const perCentimetre = facts.mpp === null ? null : (10_000 / facts.mpp) * (width / facts.width);
  return [
    { tag: 254, type: "long", value: [isFirst || flavour === "svs" ? 0 : 1] },
    ...imageTags(width, height, page.compression, page.colour, page.sampling),
    { tag: 322, type: "long", value: [tile] },
    { tag: 323, type: "long", value: [tile] },
    { tag: 324, type: "offset", value: page.offsets },
    { tag: 325, type: "long", value: page.counts },
    ...(description === "" ? [] : [{ tag: 270, type: "ascii" as const, value: description }]),
    ...(perCentimetre === null || flavour === "svs" ? [] : scaleTags(perCentimetre)),
    ...(isFirst ? [{ tag: 305, type: "ascii" as const, value: "Nacre" }] : []),
    ...(facts.profile ? [{ tag: 34675, type: "bytes" as const, value: facts.profile }] : []),
  ];
}

function thumbnailTags(options: WriterOptions, { width, height }: Raster, offset: number, length: number): Tag[] {
  return [
    { tag: 254, type: "long", value: [0] },
    ...imageTags(width, height, JPEG, "YCbCr", "4:4:4"),
    { tag: 270, type: "ascii", value: svsDescription(options.facts, { width, height, kind: "thumbnail" }) },
    { tag: 273, type: "offset", value: [offset] },
    { tag: 278, type: "long", value: [height] },
    { tag: 279, type: "long", value: [length] },
  ];
}

function imageTags(
  width: number,
  height: number,
  compression: number,
  colour: StoredShape["colour"],
  sampling: StoredShape["sampling"],
): Tag[] {
  const photometric = colour === "RGB" ? 2 : 6;
  return [
    { tag: 256, type: "long", value: [width] },
    { tag: 257, type: "long", value: [height] },
    { tag: 258, type: "short", value: [8, 8, 8] },
    { tag: 259, type: "short", value: [compression] },
    { tag: 262, type: "short", value: [photometric] },
    { tag: 277, type: "short", value: [3] },
    { tag: 284, type: "short", value: [1] },
    ...(photometric === 6 ? [{ tag: 530, type: "short" as const, value: SUBSAMPLING[sampling] }] : []),
  ];
}

const scaleTags = (perCentimetre: number): Tag[] => [
  { tag: 282, type: "rational", value: [perCentimetre] },
  { tag: 283, type: "rational", value: [perCentimetre] },
  { tag: 296, type: "short", value: [3] },
];

function describe(flavour: TiffFlavour, { facts, tile, quality }: WriterOptions, page: Page): string {
  const { width, height, index } = page.level;
  if (flavour === "svs") {
    return svsDescription(facts, {
      width,
      height,
      kind: index === 0 ? "full" : "reduced",
      tile,
      quality,
      coding: page.compression === JPEG ? "JPEG" : "J2K",
    });
  }
  if (index > 0) return "";
  return flavour === "tiff" ? plainDescription(facts) : omeDescription(facts);
}

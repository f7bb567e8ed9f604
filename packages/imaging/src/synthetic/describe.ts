/** What a synthetic slide's file says about itself: TIFF tags, and for SVS the description Aperio scanners write. */

import type { Tag } from "../write/tiff-writer.ts";
import { SYNTHETIC_TITLE } from "./is-synthetic.ts";
import type { SyntheticSlideSpec } from "./spec.ts";

/** One image of the file: where its blocks are and how large it is. */
export interface PageFacts {
  readonly width: number;
  readonly height: number;
  readonly offsets: Float64Array;
  readonly counts: Float64Array;
  /** Side of a block; null for a page in one strip. */
  readonly block: number | null;
  readonly tables: Uint8Array | null;
  readonly kind: "full" | "reduced" | "thumbnail";
}

/** All tags of a page, TIFF 6.0 and its JPEG technical note. */
export function pageTags(spec: SyntheticSlideSpec, page: PageFacts): Tag[] {
  const { width, height, block } = page;
  const place: Tag[] =
    block === null
      ? [
          { tag: 273, type: "offset", value: page.offsets },
          { tag: 278, type: "long", value: [height] },
          { tag: 279, type: "long", value: page.counts },
        ]
      : [
          { tag: 322, type: "long", value: [block] },
          { tag: 323, type: "long", value: [block] },
          { tag: 324, type: "offset", value: page.offsets },
          { tag: 325, type: "long", value: page.counts },
        ];
  return [
    { tag: 254, type: "long", value: [isSvs(spec) || page.kind === "full" ? 0 : 1] },
    { tag: 256, type: "long", value: [width] },
    { tag: 257, type: "long", value: [height] },
    { tag: 258, type: "short", value: [8, 8, 8] },
    { tag: 259, type: "short", value: [7] },
    { tag: 262, type: "short", value: [6] },
    { tag: 277, type: "short", value: [3] },
    { tag: 284, type: "short", value: [1] },
    { tag: 530, type: "short", value: [2, 2] },
    ...place,
    ...(page.tables === null ? [] : [{ tag: 347, type: "bytes" as const, value: page.tables }]),
    { tag: 270, type: "ascii", value: isSvs(spec) ? aperioDescription(spec, page) : SYNTHETIC_TITLE },
    ...(isSvs(spec) ? [] : scaleTags(spec, page)),
  ];
}

export const isSvs = (spec: SyntheticSlideSpec): boolean => (spec.format ?? "svs") === "svs";

/** Resolution in pixels per centimetre. */
function scaleTags(spec: SyntheticSlideSpec, page: PageFacts): Tag[] {
  if (spec.mpp === null) return [];
  const perCentimetre = (10_000 / (spec.mpp ?? 0.5)) * (page.width / spec.width);
  return [
    { tag: 282, type: "rational", value: [perCentimetre] },
    { tag: 283, type: "rational", value: [perCentimetre] },
    { tag: 296, type: "short", value: [3] },
  ];
}

function aperioDescription(spec: SyntheticSlideSpec, page: PageFacts): string {
  const full = `${spec.width}x${spec.height}`;
  const here = page.kind === "full" ? "" : ` -> ${page.width}x${page.height}`;
  const storage =
    page.kind === "thumbnail"
      ? `${full}${here} - `
      : `${full} [0,0 ${full}] (256x256)${here} JPEG/YCC Q=${spec.scanner?.quality ?? 80}`;
  const mpp = spec.mpp === undefined ? 0.5 : spec.mpp;
  const scale: [string, string][] =
    mpp === null
      ? []
      : [
          ["AppMag", String(Math.round(10 / mpp))],
          ["MPP", mpp.toFixed(4)],
        ];
  const pairs = [...scale, ["Title", SYNTHETIC_TITLE], ...Object.entries(spec.properties ?? {})];
  return `Aperio Image Library (layout only; written by Nacre)\r\n${storage}${pairs.map(([k, v]) => `|${k} = ${v}`).join("")}`;
}

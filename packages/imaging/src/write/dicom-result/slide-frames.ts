/**
 * Frames of a result that lies on the glass: a coarse picture over the slide cut into squares, those without content left out (TILED_SPARSE), each with
 * its place in pixels and in millimetres (PS3.3, C.8.12.6.1; C.7.6.17 for the dimensions).
 */
import { hashedUid } from "../../deid/dicom/clean-set.ts";
import type { Element } from "../dicom/elements.ts";
import { code } from "../dicom/whole-slide-modules.ts";
import { decimal, long, plain, type ResultFacts } from "./result-file.ts";
import type { ResultSource } from "./result-source.ts";

/** A raster over the slide. */
export interface Laid {
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels where its first pixel begins. */
  readonly x: number;
  readonly y: number;
  /** Level-0 pixels of one of its pixels. */
  readonly downsample: number;
}

export interface FramePlace {
  /** Pixels of the raster. */
  readonly column: number;
  readonly row: number;
  /** Number of its segment; none in a map. */
  readonly segment?: number;
}

/** Longest side of a frame; rasters that are no larger are one frame. */
export const FRAME_SIDE = 512;

/** Frame size and the places of all frames of a raster, row by row. */
export function framesOver({ width, height }: Pick<Laid, "width" | "height">): {
  readonly rows: number;
  readonly columns: number;
  readonly places: readonly FramePlace[];
} {
  const [rows, columns] = [Math.min(height, FRAME_SIDE), Math.min(width, FRAME_SIDE)];
  const places: FramePlace[] = [];
  for (let row = 0; row < height; row += rows)
    for (let column = 0; column < width; column += columns) places.push({ column, row });
  return { rows, columns, places };
}

/** The pixels of one frame out of a raster into `out`, which keeps what it holds where the raster ends. */
export function cutFrame<T extends Float32Array | Uint8Array>(
  raster: T,
  { width, height }: Pick<Laid, "width" | "height">,
  { column, row, rows, columns }: FramePlace & { readonly rows: number; readonly columns: number },
  out: T,
): T {
  const end = Math.min(width, column + columns);
  for (let y = row; y < Math.min(height, row + rows); y++)
    out.set(raster.subarray(y * width + column, y * width + end), (y - row) * columns);
  return out;
}

const DIMENSIONS = {
  segment: [0x0062000b, 0x0062000a, "segment"],
  row: [0x0048021f, 0x0048021a, "row"],
  column: [0x0048021e, 0x0048021a, "column"],
} as const;

/** Everything that says where the frames lie. `shared` and `each`: further groups, of all frames and of one. */
export function placeElements(
  { source, maker }: ResultFacts,
  laid: Laid,
  {
    places,
    how,
    shared,
    each = () => [],
  }: {
    /** By what the frames were derived from the slide, as a code. */
    readonly how: Element[];
    readonly places: readonly FramePlace[];
    readonly shared: readonly Element[];
    readonly each?: (place: FramePlace) => readonly Element[];
  },
): Element[] {
  const names =
    places[0]?.segment === undefined ? (["row", "column"] as const) : (["segment", "row", "column"] as const);
  const organisation = hashedUid(`${source.instance} ${maker.run} ${names.join()}`, "nacre dimension");
  const indices = Object.fromEntries(
    names.map((name) => [name, indexOf(places.map((place) => place[name] ?? 0))]),
  ) as Record<(typeof names)[number], ReadonlyMap<number, number>>;
  const [x, y] = onGlass(source, laid, 0, 0);
  const measures: Element[] = [
    [0x00180050, "DS", "0.001"],
    [0x00280030, "DS", source.spacing.map((mm) => decimal(mm * laid.downsample)).join("\\")],
  ];
  return [
    [0x00209221, "SQ", [[[0x00209164, "UI", organisation]]]],
    [
      0x00209222,
      "SQ",
      names.map((name): Element[] => [
        [0x00209164, "UI", organisation],
        [0x00209165, "AT", [DIMENSIONS[name][0]]],
        [0x00209167, "AT", [DIMENSIONS[name][1]]],
        [0x00209421, "LO", DIMENSIONS[name][2]],
      ]),
    ],
    [0x00209311, "CS", "TILED_SPARSE"],
    [0x00280008, "IS", String(places.length)],
    [0x00480006, "UL", [laid.width]],
    [0x00480007, "UL", [laid.height]],
    [
      0x00480008,
      "SQ",
      [
        [
          [0x0040072a, "DS", decimal(x)],
          [0x0040073a, "DS", decimal(y)],
        ],
      ],
    ],
    [0x00480102, "DS", source.orientation.map(decimal).join("\\")],
    [0x52009229, "SQ", [[[0x00289110, "SQ", [measures]], derivation(source, how), ...shared]]],
    [
      0x52009230,
      "SQ",
      places.map((place): Element[] => {
        const values = names.map((name) => indices[name]?.get(place[name] ?? 0) ?? 1);
        return [[0x00209111, "SQ", [[[0x00209157, "UL", values]]]], planePosition(source, laid, place), ...each(place)];
      }),
    ],
  ];
}

/** Distinct values in their order, from 1. */
function indexOf(values: readonly number[]): ReadonlyMap<number, number> {
  return new Map([...new Set(values)].sort((a, b) => a - b).map((value, i) => [value, i + 1]));
}

/** Millimetres on the glass of the centre of a pixel of the raster. */
function onGlass(
  { origin, orientation, spacing }: ResultSource,
  laid: Laid,
  column: number,
  row: number,
): [number, number] {
  const across = (laid.x + (column + 0.5) * laid.downsample - 0.5) * spacing[1];
  const down = (laid.y + (row + 0.5) * laid.downsample - 0.5) * spacing[0];
  const along = (i: number): number => (orientation[i] ?? 0) * across + (orientation[i + 3] ?? 0) * down;
  return [origin[0] + along(0), origin[1] + along(1)];
}

function planePosition(source: ResultSource, laid: Laid, { column, row }: FramePlace): Element {
  const [x, y] = onGlass(source, laid, column, row);
  return [
    0x0048021a,
    "SQ",
    [
      [
        [0x0040072a, "DS", decimal(x)],
        [0x0040073a, "DS", decimal(y)],
        [0x0040074a, "DS", "0"],
        [0x0048021e, "SL", [column + 1]],
        [0x0048021f, "SL", [row + 1]],
      ],
    ],
  ];
}

/** From which slide the frames come. */
function derivation(source: ResultSource, how: Element[]): Element {
  const image: Element[] = [
    [0x00081150, "UI", source.sopClass],
    [0x00081155, "UI", source.instance],
    [0x0040a170, "SQ", [code("121322", "DCM", "Source image for image processing operation")]],
  ];
  const derived: Element[] = [
    [0x00082112, "SQ", [image]],
    [0x00089215, "SQ", [how]],
  ];
  return [0x00089124, "SQ", [derived]];
}

/** The slide as a referenced series (Common Instance Reference). */
export function referencedSeries({ series, sopClass, instance }: ResultSource): Element {
  const item: Element[] = [
    [0x00081150, "UI", sopClass],
    [0x00081155, "UI", instance],
  ];
  return [
    0x00081115,
    "SQ",
    [
      [
        [0x0008114a, "SQ", [item]],
        [0x0020000e, "UI", series],
      ],
    ],
  ];
}

export interface PictureWords {
  readonly label: string;
  readonly description: string;
  /** What the picture means, in full. */
  readonly comment: string;
}

/** What pictures of a result share. */
export function pictureElements(
  { notice, maker }: ResultFacts,
  { label, description, comment }: PictureWords,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Element[] {
  return [
    [0x00200020, "CS", ""],
    [0x00204000, "LT", plain(`${comment} ${notice}`).slice(0, 10_240)],
    [0x00280002, "US", [1]],
    [0x00280004, "CS", "MONOCHROME2"],
    [0x00280010, "US", [rows]],
    [0x00280011, "US", [columns]],
    [0x00280301, "CS", "NO"],
    [0x00282110, "CS", "00"],
    [0x00700080, "CS", label],
    [0x00700081, "LO", long(description)],
    [0x00700084, "PN", `${long(maker.name).replaceAll(/[\^=]/g, " ").slice(0, 60)}^`],
  ];
}

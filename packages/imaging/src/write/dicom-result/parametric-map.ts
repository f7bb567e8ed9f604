/**
 * Numbers of tiles as a DICOM Parametric Map (PS3.3, A.75): one floating-point pixel a tile, with what the number means and its unit. Places without a
 * tile hold the padding value, never zero: "nothing was looked at here" is no measurement.
 */
import { attempt, type Outcome } from "@nacre/core";
import type { Element } from "../dicom/elements.ts";
import { code } from "../dicom/whole-slide-modules.ts";
import { type DicomResult, decimal, long, plain, type ResultFacts, resultFile } from "./result-file.ts";
import { cutFrame, framesOver, pictureElements, placeElements, referencedSeries } from "./slide-frames.ts";
import { type PlacedNumbers, tileRaster } from "./tile-raster.ts";

/** What tiles of one side hold, at level-0 places. */
export interface TileNumbers extends PlacedNumbers {
  /** "attention": a short word; letters, digits and blanks. */
  readonly name: string;
  /** What the number means, in words. */
  readonly meaning: string;
  /** Values at which a display begins and ends. */
  readonly scale: readonly [number, number];
}

export const PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30";
/** Where nothing was measured: the lowest number of 32 bits. */
export const NO_VALUE = -(2 - 2 ** -23) * 2 ** 127;

/** A heatmap as DICOM. Failures: bad-value (no tiles, a number that is none), out-of-bounds (tiles that lie on no common grid). */
export function writeParametricMap(facts: ResultFacts, tiles: TileNumbers): Promise<Outcome<DicomResult>> {
  return attempt(async () => {
    const { laid, pixels } = tileRaster(tiles, NO_VALUE);
    const { rows, columns, places } = framesOver(laid);
    const filled = places.map((place) => ({
      place,
      values: cutFrame(pixels, laid, { ...place, rows, columns }, new Float32Array(rows * columns).fill(NO_VALUE)),
    }));
    const kept = filled.filter(({ values }) => values.some((value) => value !== NO_VALUE));
    const frames = new Float32Array(kept.length * rows * columns);
    for (const [i, { values }] of kept.entries()) frames.set(values, i * rows * columns);
    const bytes = littleEndian(frames);
    return resultFile(
      facts,
      {
        sopClass: PARAMETRIC_MAP,
        modality: "OT",
        description: `${tiles.name} of ${facts.maker.name}`,
        seriesNumber: 901,
        isPlaced: true,
      },
      [
        ...pictureElements(
          facts,
          { label: labelOf(tiles.name), description: tiles.name, comment: tiles.meaning },
          { rows, columns },
        ),
        ...mapElements(facts),
        ...placeElements(facts, laid, {
          places: kept.map(({ place }) => place),
          how: code("tile-model", "99NACRE", "Computed by a model, tile by tile"),
          shared: meaningGroups(tiles),
        }),
        [0x7fe00008, "OF", bytes],
      ],
    );
  });
}

const labelOf = (name: string): string =>
  name
    .toUpperCase()
    .replace(/[^A-Z0-9_ ]/g, "_")
    .slice(0, 16);

function mapElements({ source }: ResultFacts): Element[] {
  return [
    [0x00080008, "CS", "DERIVED\\PRIMARY\\VOLUME\\QUANTITY"],
    referencedSeries(source),
    [0x00280100, "US", [32]],
    [0x00189004, "CS", "RESEARCH"],
    [0x00280122, "FL", [NO_VALUE]],
    [0x00280124, "FL", [NO_VALUE]],
    [0x00280302, "CS", "NO"],
    [0x00400555, "SQ", []],
    [0x20500020, "CS", "IDENTITY"],
  ];
}

function meaningGroups({ name, meaning, scale: [low, high] }: TileNumbers): Element[] {
  const quantity: Element[] = [
    [0x0040a040, "CS", "CODE"],
    [0x0040a043, "SQ", [code("246205007", "SCT", "Quantity")]],
    [0x0040a168, "SQ", [code(labelOf(name), "99NACRE", long(name))]],
  ];
  const mapping: Element[] = [
    [0x00283003, "LO", long(meaning)],
    [0x004008ea, "SQ", [code("1", "UCUM", "no units")]],
    [0x00409210, "SH", labelOf(name)],
    [0x00409213, "FD", [high]],
    [0x00409214, "FD", [low]],
    [0x00409220, "SQ", [quantity]],
    [0x00409224, "FD", [0]],
    [0x00409225, "FD", [1]],
  ];
  const window: Element[] = [
    [0x00281050, "DS", decimal((low + high) / 2)],
    [0x00281051, "DS", decimal(Math.max(high - low, 1e-6))],
    [0x00281055, "LO", plain(name).slice(0, 64)],
  ];
  const transformation: Element[] = [
    [0x00281052, "DS", "0"],
    [0x00281053, "DS", "1"],
    [0x00281054, "LO", "US"],
  ];
  return [
    [0x00289132, "SQ", [window]],
    [0x00289145, "SQ", [transformation]],
    [0x00409092, "SQ", [[[0x00089007, "CS", "DERIVED\\PRIMARY\\VOLUME\\QUANTITY"]]]],
    [0x00409096, "SQ", [mapping]],
  ];
}

function littleEndian(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [i, value] of values.entries()) view.setFloat32(i * 4, value, true);
  return new Uint8Array(view.buffer);
}

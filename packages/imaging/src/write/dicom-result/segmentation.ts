/** Masks over a slide as a DICOM Segmentation (PS3.3, A.51): binary, one segment a mask, made without a person. Empty frames are left out. */
import { attempt, type Outcome, raise } from "@nacre/core";
import type { Element } from "../dicom/elements.ts";
import { code } from "../dicom/whole-slide-modules.ts";
import { type DicomResult, long, plain, type ResultFacts, resultFile } from "./result-file.ts";
import {
  cutFrame,
  framesOver,
  type Laid,
  type PictureWords,
  pictureElements,
  placeElements,
  referencedSeries,
} from "./slide-frames.ts";

export interface Concept {
  readonly value: string;
  /** "SCT", "DCM", "99NACRE". */
  readonly scheme: string;
  readonly meaning: string;
}

export interface MaskSegment {
  readonly label: string;
  /** How it was found. */
  readonly description: string;
  readonly algorithm: { readonly name: string; readonly version: string; readonly family: Concept };
  readonly category: Concept;
  readonly type: Concept;
  /** 1 inside, [height, width] of the raster. */
  readonly mask: Uint8Array;
}

export const SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4";

/** How tissue finding names itself: by thresholds of colour and shape, without a person. */
export const HISTOGRAM_ANALYSIS: Concept = { value: "123105", scheme: "DCM", meaning: "Histogram Analysis" };

/** Where stained tissue is. */
export const TISSUE: Pick<MaskSegment, "category" | "type"> = {
  category: { value: "85756007", scheme: "SCT", meaning: "Tissue" },
  type: { value: "85756007", scheme: "SCT", meaning: "Tissue" },
};

/** Masks of one raster as DICOM. Failures: bad-value (sizes that disagree, no segment, masks that are all empty). */
export function writeSegmentation(
  facts: ResultFacts,
  laid: Laid,
  segments: readonly MaskSegment[],
): Promise<Outcome<DicomResult>> {
  return attempt(async () => {
    check(laid, segments);
    const { rows, columns, places } = framesOver(laid);
    const frames = segments.flatMap(({ mask }, i) =>
      places.flatMap((place) => {
        const bits = cutFrame(mask, laid, { ...place, rows, columns }, new Uint8Array(rows * columns));
        return bits.includes(1) ? [{ place: { ...place, segment: i + 1 }, bits }] : [];
      }),
    );
    if (frames.length === 0) bad("a mask with something in it", "masks that are empty");
    const own: Element[] = [
      ...pictureElements(facts, wordsOf(segments), { rows, columns }),
      ...segmentElements(facts, segments),
      ...placeElements(facts, laid, {
        places: frames.map(({ place }) => place),
        how: code("113076", "DCM", "Segmentation"),
        shared: [],
        each: ({ segment }) => [[0x0062000a, "SQ", [[[0x0062000b, "US", [segment ?? 1]]]]]],
      }),
      [0x7fe00010, "OB", packed(frames.map(({ bits }) => bits))],
    ];
    const description = `${wordsOf(segments).description} of ${facts.maker.name}`;
    return resultFile(
      facts,
      { sopClass: SEGMENTATION, modality: "SEG", description, seriesNumber: 902, isPlaced: true },
      own,
    );
  });
}

const wordsOf = (segments: readonly MaskSegment[]): PictureWords => ({
  label: "SEGMENTATION",
  description: segments.map(({ label }) => label).join(", "),
  comment: segments.map(({ description }) => description).join(" "),
});

function check({ width, height }: Laid, segments: readonly MaskSegment[]): void {
  if (segments.length === 0) bad("one segment or more", "none");
  for (const { label, mask } of segments)
    if (mask.length !== width * height) bad(`a mask of ${width} x ${height} for ${label}`, `${mask.length} pixels`);
}

function bad(expected: string, received: string): never {
  return raise("bad-value", { expected, received, remedy: "find the tissue again" });
}

function segmentElements({ source }: ResultFacts, segments: readonly MaskSegment[]): Element[] {
  return [
    [0x00080008, "CS", "DERIVED\\PRIMARY"],
    referencedSeries(source),
    [0x00280100, "US", [1]],
    [0x00280101, "US", [1]],
    [0x00280102, "US", [0]],
    [0x00280103, "US", [0]],
    [0x00620001, "CS", "BINARY"],
    [0x00620002, "SQ", segments.map(segmentItem)],
    [0x00620013, "CS", segments.length === 1 ? "NO" : "UNDEFINED"],
  ];
}

function segmentItem({ label, description, algorithm, category, type }: MaskSegment, i: number): Element[] {
  const identification: Element[] = [
    [0x0066002f, "SQ", [conceptItem(algorithm.family)]],
    [0x00660031, "LO", long(algorithm.version)],
    [0x00660036, "LO", long(algorithm.name)],
  ];
  return [
    [0x00620003, "SQ", [conceptItem(category)]],
    [0x00620004, "US", [i + 1]],
    [0x00620005, "LO", long(label)],
    [0x00620006, "ST", plain(description).slice(0, 1024)],
    [0x00620007, "SQ", [identification]],
    [0x00620008, "CS", "AUTOMATIC"],
    [0x00620009, "LO", long(algorithm.name)],
    [0x0062000f, "SQ", [conceptItem(type)]],
  ];
}

export const conceptItem = ({ value, scheme, meaning }: Concept): Element[] => code(value, scheme, meaning);

/** One bit a pixel, the first in the lowest; frames follow each other without a gap (PS3.5, 8.1.1). */
function packed(frames: readonly Uint8Array[]): Uint8Array {
  const pixels = frames.reduce((sum, { length }) => sum + length, 0);
  const out = new Uint8Array(Math.ceil(pixels / 8));
  let at = 0;
  for (const frame of frames) {
    for (const bit of frame) {
      if (bit !== 0) out[at >> 3] = (out[at >> 3] ?? 0) | (1 << (at & 7));
      at++;
    }
  }
  return out;
}

/**
 * The modules of a VL Whole Slide Microscopy image (DICOM PS3.3, A.32.8), TILED_FULL. Who the patient is, is not known
 * here and not invented: names and identifiers are "anonymous", days are left empty where the standard allows, and where
 * it does not, the day of writing stands.
 */
import { SYNTHETIC_TITLE } from "../../synthetic/is-synthetic.ts";
import type { LevelSpec } from "../level-plan.ts";
import type { CarriedFacts } from "../slide-writer.ts";
import type { Element } from "./elements.ts";
import type { FrameCoding } from "./frame-coding.ts";

export const WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6";

/** What the instances of one slide share. */
export interface SeriesFacts {
  readonly study: string;
  readonly series: string;
  readonly frameOfReference: string;
  readonly pyramid: string;
  readonly dimension: string;
  readonly specimen: string;
  /** When it was written, YYYYMMDDHHMMSS. */
  readonly now: string;
  /** Type 1 for colour: the source's, or that of sRGB. */
  readonly profile: Uint8Array;
  readonly isProfileAssumed: boolean;
}

/** What is said of one level. */
export interface InstanceFacts {
  readonly uid: string;
  readonly level: LevelSpec;
  readonly tile: number;
  readonly frames: number;
  readonly coding: FrameCoding;
  /** Its pixels are those that the source stores, without another loss. */
  readonly isOriginal: boolean;
  /** Uncompressed over compressed bytes. */
  readonly ratio: number;
}

const ANONYMOUS = "anonymous";
const OPTICAL_PATH = "0";

/** All elements but the pixels. Equal in length whatever `ratio` is. */
export function wholeSlideElements(facts: CarriedFacts, series: SeriesFacts, instance: InstanceFacts): Element[] {
  return [
    ...patientAndStudy(series),
    ...equipment(facts),
    ...image(series, instance),
    ...pixels(instance),
    ...specimen(series),
    ...matrix(facts, instance),
    ...opticalPath(facts, series),
    ...groups(facts, series, instance),
  ];
}

function patientAndStudy({ study, series, frameOfReference }: SeriesFacts): Element[] {
  return [
    [0x00080005, "CS", "ISO_IR 192"],
    [0x00080020, "DA", ""],
    [0x00080030, "TM", ""],
    [0x00080050, "SH", ""],
    [0x00080060, "CS", "SM"],
    [0x00080090, "PN", ""],
    [0x00100010, "PN", `${ANONYMOUS}^`],
    [0x00100020, "LO", ANONYMOUS],
    [0x00100030, "DA", ""],
    [0x00100040, "CS", ""],
    [0x00120062, "CS", "YES"],
    [0x00120063, "LO", "only pixels, scale and profile are carried"],
    [0x0020000d, "UI", study],
    [0x0020000e, "UI", series],
    [0x00200010, "SH", ""],
    [0x00200011, "IS", "1"],
    [0x00200052, "UI", frameOfReference],
    [0x00201040, "LO", "SLIDE_CORNER"],
  ];
}

/** Type 1 each; the scanner's serial number would name the place. */
function equipment({ vendor, isSynthetic }: CarriedFacts): Element[] {
  return [
    [0x00080070, "LO", vendor],
    [0x00081090, "LO", isSynthetic ? SYNTHETIC_TITLE : "unknown"],
    [0x00181000, "LO", "unknown"],
    [0x00181020, "LO", "Nacre"],
  ];
}

function image({ now }: SeriesFacts, { uid, level, isOriginal }: InstanceFacts): Element[] {
  const kind = `${isOriginal ? "ORIGINAL" : "DERIVED"}\\PRIMARY\\VOLUME\\${level.source ? "NONE" : "RESAMPLED"}`;
  return [
    [0x00080008, "CS", kind],
    [0x00080016, "UI", WHOLE_SLIDE],
    [0x00080018, "UI", uid],
    [0x00080023, "DA", now.slice(0, 8)],
    [0x00080033, "TM", now.slice(8)],
    [0x00089206, "CS", "VOLUME"],
    [0x0008002a, "DT", now],
    [0x00200013, "IS", String(level.index + 1)],
    [0x00400555, "SQ", []],
  ];
}

function pixels({ tile, frames, coding, ratio }: InstanceFacts): Element[] {
  return [
    [0x00280002, "US", [3]],
    [0x00280004, "CS", coding.photometric],
    [0x00280006, "US", [0]],
    [0x00280008, "IS", String(frames)],
    [0x00280010, "US", [tile]],
    [0x00280011, "US", [tile]],
    [0x00280100, "US", [8]],
    [0x00280101, "US", [8]],
    [0x00280102, "US", [7]],
    [0x00280103, "US", [0]],
    [0x00280301, "CS", "NO"],
    [0x00282110, "CS", "01"],
    [0x00282112, "DS", ratio.toFixed(3).padEnd(16)],
    [0x00282114, "CS", coding.method],
  ];
}

function specimen({ specimen: uid }: SeriesFacts): Element[] {
  const description: Element[] = [
    [0x00400551, "LO", ANONYMOUS],
    [0x00400554, "UI", uid],
    [0x00400562, "SQ", []],
    [0x00400610, "SQ", []],
  ];
  return [
    [0x00400512, "LO", ANONYMOUS],
    [0x00400513, "SQ", []],
    [0x00400518, "SQ", [code("433466003", "SCT", "Microscope slide")]],
    [0x00400560, "SQ", [description]],
  ];
}

function matrix(facts: CarriedFacts, { level }: InstanceFacts): Element[] {
  const millimetres = (length: number): number => (length * (facts.mpp ?? 0)) / 1000;
  const origin: Element[] = [
    [0x0040072a, "DS", "0"],
    [0x0040073a, "DS", "0"],
  ];
  return [
    [0x00480001, "FL", [millimetres(facts.width)]],
    [0x00480002, "FL", [millimetres(facts.height)]],
    [0x00480003, "FL", [1]],
    [0x00480006, "UL", [level.width]],
    [0x00480007, "UL", [level.height]],
    [0x00480008, "SQ", [origin]],
    [0x00480010, "CS", "NO"],
    [0x00480011, "CS", "AUTO"],
    [0x00480012, "CS", "NO"],
    [0x00480102, "DS", "0\\-1\\0\\-1\\0\\0"],
    [0x00480303, "UL", [1]],
  ];
}

function opticalPath({ objective }: CarriedFacts, { profile, isProfileAssumed }: SeriesFacts): Element[] {
  const path: Element[] = [
    [0x00282000, "OB", profile],
    ...(isProfileAssumed ? [[0x00282002, "CS", "SRGB"] as const] : []),
    [0x00220016, "SQ", [code("111744", "DCM", "Brightfield illumination")]],
    [0x00480106, "SH", OPTICAL_PATH],
    [0x00480108, "SQ", [code("371251000", "SCT", "White color")]],
    ...(objective === null ? [] : [[0x00480112, "DS", String(Number(objective.toPrecision(6)))] as const]),
  ];
  return [
    [0x00480105, "SQ", [path]],
    [0x00480302, "UL", [1]],
  ];
}

function groups(facts: CarriedFacts, { dimension, pyramid }: SeriesFacts, { level }: InstanceFacts): Element[] {
  const spacing = (whole: number, here: number): string =>
    String(Number((((facts.mpp ?? 0) / 1000) * (whole / here)).toPrecision(10)));
  const measures: Element[] = [
    [0x00180050, "DS", "0.001"],
    [0x00280030, "DS", `${spacing(facts.height, level.height)}\\${spacing(facts.width, level.width)}`],
  ];
  const kind = `DERIVED\\PRIMARY\\VOLUME\\${level.source ? "NONE" : "RESAMPLED"}`;
  const shared: Element[] = [
    [0x00289110, "SQ", [measures]],
    [0x00400710, "SQ", [[[0x00089007, "CS", kind]]]],
    [0x00480207, "SQ", [[[0x00480106, "SH", OPTICAL_PATH]]]],
  ];
  return [
    [0x00080019, "UI", pyramid],
    [0x00209221, "SQ", [[[0x00209164, "UI", dimension]]]],
    [0x00209311, "CS", "TILED_FULL"],
    [0x52009229, "SQ", [shared]],
  ];
}

/** The one item of a sequence that holds a code (PS3.3, table 8.8-1). */
export const code = (value: string, scheme: string, meaning: string): Element[] => [
  [0x00080100, "SH", value],
  [0x00080102, "SH", scheme],
  [0x00080104, "LO", meaning],
];

/** What one VL Whole Slide Microscopy instance says about itself (PS3.3, A.32.8). Nobody's name is read: no element of the patient or the study. */
import { raise } from "@nacre/core";
import { hostile } from "../tiff-directory.ts";
import type { DataSet, Element } from "./data-set.ts";
import { itemOf, itemsOf, Malformed, Short } from "./data-set.ts";
import { type Header, WHOLE_SLIDE } from "./header.ts";
import { codecOf, type FrameCodec } from "./transfer-syntax.ts";
import { bytesOf, decimalOf, decimalsOf, floatOf, longsOf, signedOf, textOf, textsOf, unsignedOf } from "./values.ts";

const TAG = {
  imageType: 0x00080008,
  sopClass: 0x00080016,
  sopInstance: 0x00080018,
  pyramid: 0x00080019,
  manufacturer: 0x00080070,
  model: 0x00081090,
  software: 0x00181020,
  series: 0x0020000e,
  instanceNumber: 0x00200013,
  frameOfReference: 0x00200052,
  concatenation: 0x00209161,
  frameOffset: 0x00209228,
  organization: 0x00209311,
  samples: 0x00280002,
  photometric: 0x00280004,
  planar: 0x00280006,
  frames: 0x00280008,
  rows: 0x00280010,
  columns: 0x00280011,
  spacing: 0x00280030,
  allocated: 0x00280100,
  stored: 0x00280101,
  icc: 0x00282000,
  lossyRatio: 0x00282112,
  measures: 0x00289110,
  container: 0x00400512,
  zOffset: 0x0040074a,
  volumeWidth: 0x00480001,
  volumeHeight: 0x00480002,
  totalColumns: 0x00480006,
  totalRows: 0x00480007,
  labelInImage: 0x00480010,
  paths: 0x00480105,
  pathIdentifier: 0x00480106,
  objective: 0x00480112,
  pathOfFrame: 0x00480207,
  planePosition: 0x0048021a,
  columnPosition: 0x0048021e,
  rowPosition: 0x0048021f,
  focalPlanes: 0x00480303,
  shared: 0x52009229,
  perFrame: 0x52009230,
  extendedOffsets: 0x7fe00001,
  extendedLengths: 0x7fe00002,
} as const;

const MAX_FRAMES = 2 ** 24;
const MAX_BLOCK_PIXELS = 2 ** 26;
const MAX_FOCAL_PLANES = 4096;
const MAX_SIDE = 2 ** 26;

/** Where a frame lies, as the file says it: pixels of the total matrix from 0, optical path, height above the glass. */
export interface FramePosition {
  readonly x: number;
  readonly y: number;
  readonly path: string;
  readonly z: number;
}

export interface Instance {
  readonly uid: string;
  /** Equal for the instances of one pyramid. */
  readonly pyramid: string;
  readonly series: string;
  readonly container: string;
  readonly kind: "volume" | "label" | "macro" | "thumbnail";
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly samples: number;
  readonly allocated: number;
  readonly stored: number;
  readonly isPlanar: boolean;
  readonly photometric: string;
  readonly codec: FrameCodec;
  readonly frames: number;
  /** Place of the first frame among those of its concatenation. */
  readonly frameOffset: number;
  /** Equal for the parts of one concatenation; its own UID for an instance that is whole. */
  readonly concatenation: string;
  readonly paths: readonly string[];
  readonly focalPlanes: number;
  /** null: TILED_FULL, where the order of the frames says their places. */
  readonly positions: readonly FramePosition[] | null;
  readonly mpp: number | null;
  readonly objective: number | null;
  /** The ICC profile, or null. */
  readonly profile: Uint8Array | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly pixels: Element;
  readonly extended: { readonly offsets: Float64Array; readonly lengths: Float64Array } | null;
}

/** null where the object is no image of a whole slide. @throws FailureError hostile-file */
export function readInstance(header: Header, name: string): Instance | null {
  try {
    return factsOf(header, name);
  } catch (error) {
    if (error instanceof Short) return hostile(name, "sequences that end inside the header");
    if (error instanceof Malformed) return hostile(name, `a DICOM data set, without ${error.message}`);
    throw error;
  }
}

function factsOf({ set, transferSyntax, pixels }: Header, name: string): Instance | null {
  if (textOf(set, TAG.sopClass) !== WHOLE_SLIDE || !pixels) return null;
  const types = textsOf(set, TAG.imageType);
  const blockWidth = unsignedOf(set, TAG.columns) ?? 0;
  const blockHeight = unsignedOf(set, TAG.rows) ?? 0;
  const width = unsignedOf(set, TAG.totalColumns) ?? blockWidth;
  const height = unsignedOf(set, TAG.totalRows) ?? blockHeight;
  const frames = decimalOf(set, TAG.frames) ?? 1;
  checkSizes({ width, height, blockWidth, blockHeight, frames }, name);
  const uid = textOf(set, TAG.sopInstance) ?? name;
  const optics = [...itemsOf(set, TAG.paths)];
  const paths = optics.map((path, i) => textOf(path, TAG.pathIdentifier) ?? String(i + 1));
  const shared = itemOf(set, TAG.shared);
  const organization = textOf(set, TAG.organization);
  const positions =
    organization === "TILED_FULL"
      ? null
      : readPositions(set, (shared && pathOf(shared)) ?? paths[0] ?? "", frames, name);
  const kind = kindOf(types);
  return {
    uid,
    pyramid: [TAG.series, TAG.frameOfReference, TAG.container, TAG.pyramid].map((tag) => textOf(set, tag)).join(" "),
    series: textOf(set, TAG.series) ?? "",
    container: textOf(set, TAG.container) ?? "",
    kind,
    number: decimalOf(set, TAG.instanceNumber) ?? 0,
    ...{ width, height, blockWidth, blockHeight, frames },
    samples: unsignedOf(set, TAG.samples) ?? 1,
    allocated: unsignedOf(set, TAG.allocated) ?? 8,
    stored: unsignedOf(set, TAG.stored) ?? unsignedOf(set, TAG.allocated) ?? 8,
    isPlanar: unsignedOf(set, TAG.planar) === 1,
    photometric: textOf(set, TAG.photometric) ?? "",
    codec: codecOf(transferSyntax),
    frameOffset: unsignedOf(set, TAG.frameOffset) ?? 0,
    concatenation: textOf(set, TAG.concatenation) ?? uid,
    paths,
    focalPlanes: focalPlanesOf(set, name),
    positions,
    mpp: spacingOf(set, shared) ?? volumeMpp(set, width, height),
    objective: optics[0] ? decimalOf(optics[0], TAG.objective) : null,
    profile: [...optics, set].map((part) => bytesOf(part, TAG.icc)).find((bytes) => bytes !== null) ?? null,
    properties: propertiesOf(set, transferSyntax),
    warnings: warningsOf(set, kind, organization, positions),
    pixels,
    extended: extendedTable(set),
  };
}

function checkSizes(
  sizes: Pick<Instance, "width" | "height" | "blockWidth" | "blockHeight" | "frames">,
  name: string,
): void {
  const { width, height, blockWidth, blockHeight, frames } = sizes;
  const isSound =
    Math.min(width, height, blockWidth, blockHeight, frames) >= 1 &&
    Math.max(width, height) <= MAX_SIDE &&
    blockWidth * blockHeight <= MAX_BLOCK_PIXELS &&
    frames <= MAX_FRAMES &&
    Number.isInteger(frames) &&
    Math.ceil(width / blockWidth) * Math.ceil(height / blockHeight) <= MAX_FRAMES;
  if (!isSound) {
    hostile(
      name,
      `1 to ${MAX_FRAMES} frames and a matrix with sides of at most ${MAX_SIDE} px, ` +
        `not ${frames} frames of ${blockWidth} x ${blockHeight} px in ${width} x ${height} px`,
    );
  }
}

function focalPlanesOf(set: DataSet, name: string): number {
  const n = unsignedOf(set, TAG.focalPlanes) ?? 1;
  return n >= 1 && n <= MAX_FOCAL_PLANES ? n : hostile(name, `1 to ${MAX_FOCAL_PLANES} focal planes, not ${n}`);
}

/** Value 3 of ImageType; what is not said to be beside the slide is the slide. */
function kindOf(types: readonly string[]): Instance["kind"] {
  if (types.includes("LABEL")) return "label";
  if (types.includes("OVERVIEW") || types.includes("LOCALIZER")) return "macro";
  return types.includes("THUMBNAIL") ? "thumbnail" : "volume";
}

/** null where the frames carry no positions: their order then is that of TILED_FULL. */
function readPositions(
  set: DataSet,
  sharedPath: string,
  frames: number,
  name: string,
): readonly FramePosition[] | null {
  const positions: FramePosition[] = [];
  for (const item of itemsOf(set, TAG.perFrame)) {
    const place = itemOf(item, TAG.planePosition);
    const column = place && signedOf(place, TAG.columnPosition);
    const row = place && signedOf(place, TAG.rowPosition);
    if (place === null || column === null || row === null) return null;
    const path = pathOf(item) ?? sharedPath;
    positions.push({ x: column - 1, y: row - 1, path, z: decimalOf(place, TAG.zOffset) ?? 0 });
    if (positions.length > frames) break;
  }
  if (positions.length === 0) return null;
  if (positions.length !== frames) hostile(name, `the places of ${frames} frames, not of ${positions.length}`);
  return positions;
}

function pathOf(group: DataSet): string | null {
  const item = itemOf(group, TAG.pathOfFrame);
  return item && textOf(item, TAG.pathIdentifier);
}

/** PixelSpacing is in millimetres. It stands in the shared groups, or in those of each frame. */
function spacingOf(set: DataSet, shared: DataSet | null): number | null {
  for (const group of [shared, itemOf(set, TAG.perFrame)]) {
    const measures = group && itemOf(group, TAG.measures);
    const [row, column] = measures ? decimalsOf(measures, TAG.spacing) : [];
    if (row !== undefined && column !== undefined && row > 0 && column > 0) return Math.sqrt(row * column) * 1000;
  }
  return null;
}

function volumeMpp(set: DataSet, width: number, height: number): number | null {
  const across = floatOf(set, TAG.volumeWidth);
  const along = floatOf(set, TAG.volumeHeight);
  if (!(across && along && across > 0 && along > 0)) return null;
  return Math.sqrt((across / width) * (along / height)) * 1000;
}

function propertiesOf(set: DataSet, transferSyntax: string): Record<string, string> {
  const told = {
    "dicom.ImageType": textsOf(set, TAG.imageType).join("\\"),
    "dicom.Manufacturer": textOf(set, TAG.manufacturer),
    "dicom.ManufacturerModelName": textOf(set, TAG.model),
    "dicom.SoftwareVersions": textOf(set, TAG.software),
    "dicom.PhotometricInterpretation": textOf(set, TAG.photometric),
    "dicom.DimensionOrganizationType": textOf(set, TAG.organization),
    "dicom.LossyImageCompressionRatio": textsOf(set, TAG.lossyRatio).join("\\"),
    "dicom.TransferSyntaxUID": transferSyntax,
  };
  return Object.fromEntries(Object.entries(told).filter((pair): pair is [string, string] => !!pair[1]));
}

function warningsOf(
  set: DataSet,
  kind: Instance["kind"],
  organization: string | null,
  positions: readonly FramePosition[] | null,
): string[] {
  const warnings: string[] = [];
  if (kind === "volume" && textOf(set, TAG.labelInImage) === "YES") {
    warnings.push("the file says that the label of the glass is inside the picture: it may show the patient's name");
  }
  if (organization !== "TILED_FULL" && positions === null) {
    warnings.push("the frames carry no positions: taken row by row from the top left");
  }
  return warnings;
}

function extendedTable(set: DataSet): Instance["extended"] {
  const offsets = longsOf(set, TAG.extendedOffsets);
  const lengths = longsOf(set, TAG.extendedLengths);
  return offsets && lengths && offsets.length === lengths.length ? { offsets, lengths } : null;
}

/** Throws `unsupported-codec` for pixels that no painter here reads. */
export function checkPixels(instance: Instance, name: string): void {
  const { samples, allocated, stored, photometric, codec } = instance;
  const isGrey = samples === 1 && /^MONOCHROME[12]$/.test(photometric);
  const isColour = samples === 3 && /^(RGB|YBR_FULL|YBR_FULL_422|YBR_ICT|YBR_RCT)$/.test(photometric);
  const isWide = isGrey && allocated === 16 && codec === "native" && stored >= 8 && stored <= 16;
  const isRead = (allocated === 8 && stored === 8 && (isGrey || isColour)) || isWide;
  if (isRead && !(codec === "native" && photometric === "YBR_FULL_422")) return;
  raise("unsupported-codec", {
    expected: "8-bit RGB, YCbCr or grey, or uncompressed grey of up to 16 bits",
    received: `${samples} samples of ${stored} bits as ${photometric || "nothing"} (${codec}) in ${name}`,
    remedy: "rewrite it as JPEG, for example: dcmcjpeg IN OUT",
  });
}

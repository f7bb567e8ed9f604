/** Where the camera frames of a BIF lie once their overlaps are taken off: EncodeInfo of level 0, read and laid out. */
import { raise } from "@nacre/core";
import { hostile } from "../tiff-directory.ts";
import type { TiffPage } from "../tiff-page.ts";
import { attribute, child, children, numberAttribute, type XmlNode } from "../xml.ts";

/** One camera frame: its column and row among the tiles of the TIFF, and its place in level-0 pixels. */
export interface Frame {
  readonly column: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

export interface FrameLayout {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Frame[];
  readonly areas: number;
  readonly warnings: readonly string[];
}

interface Area {
  readonly firstColumn: number;
  readonly firstRow: number;
  readonly columns: number;
  readonly rows: number;
  /** Corner on the glass, pixels; the file counts upwards, to the bottom of an area whose overlaps are taken off. */
  readonly x: number;
  readonly top: number;
  /** From one frame to the next, pixels. */
  readonly stepX: number;
  readonly stepY: number;
}

const MAX_FRAMES = 2 ** 21;
const MAX_AREAS = 2 ** 10;

/** @throws FailureError hostile-file, unsupported-format (a joint in a direction that frames cannot have) */
export function layFrames(document: XmlNode, base: TiffPage, name: string): FrameLayout {
  const encode = child(document, "EncodeInfo");
  const version = numberAttribute(encode, "Ver");
  if (version === null || version < 2) hostile(name, "EncodeInfo of version 2 in its XMP");
  const images = children(child(encode, "SlideStitchInfo"), "ImageInfo");
  if (images.length > MAX_AREAS) hostile(name, `at most ${MAX_AREAS} areas in its XMP`);
  const origins = originsOf(child(encode, "AoiOrigin"));
  const areas: Area[] = [];
  for (const [i, image] of images.entries()) {
    if (attribute(image, "AOIScanned") === "0") continue;
    areas.push(readArea(image, origins[i], base, name));
  }
  if (areas.length === 0) hostile(name, "a scanned area in its XMP");
  const left = Math.min(0, ...areas.map((area) => area.x));
  const top = Math.min(0, ...areas.map((area) => area.top));
  const frames: Frame[] = [];
  for (const area of areas) {
    if (frames.length + area.columns * area.rows > MAX_FRAMES) hostile(name, `at most ${MAX_FRAMES} camera frames`);
    for (let row = 0; row < area.rows; row++) {
      for (let column = 0; column < area.columns; column++) {
        const x = area.x - left + column * area.stepX;
        const y = area.top - top + row * area.stepY;
        frames.push({
          column: area.firstColumn + column,
          row: area.firstRow + row,
          x: Math.round(x),
          y: Math.round(y),
        });
      }
    }
  }
  const width = frames.reduce((most, frame) => Math.max(most, frame.x), 0) + base.blockWidth;
  const height = frames.reduce((most, frame) => Math.max(most, frame.y), 0) + base.blockHeight;
  return { width, height, frames, areas: areas.length, warnings: [] };
}

/** The AOI elements in their order, whatever their numbers. */
function originsOf(node: XmlNode | undefined): XmlNode[] {
  if (!node) return [];
  const names = Object.keys(node).filter((key) => /^AOI\d+$/.test(key));
  return names.sort((a, b) => Number(a.slice(3)) - Number(b.slice(3))).flatMap((key) => children(node, key));
}

function readArea(image: XmlNode, origin: XmlNode | undefined, base: TiffPage, name: string): Area {
  const whole = (node: XmlNode | undefined, key: string, least: number): number => {
    const value = numberAttribute(node, key);
    return value !== null && Number.isInteger(value) && value >= least && value < 2 ** 31
      ? value
      : hostile(name, `a whole ${key} in its EncodeInfo`);
  };
  const columns = whole(image, "NumCols", 1);
  const rows = whole(image, "NumRows", 1);
  const firstColumn = whole(origin, "OriginX", 0) / base.blockWidth;
  const firstRow = whole(origin, "OriginY", 0) / base.blockHeight;
  if (!Number.isInteger(firstColumn) || !Number.isInteger(firstRow)) hostile(name, "areas that begin at a tile");
  const isInside =
    (firstColumn + columns) * base.blockWidth < base.width + base.blockWidth &&
    (firstRow + rows) * base.blockHeight < base.height + base.blockHeight;
  if (!isInside) hostile(name, "areas inside the image");
  const [frameWidth, frameHeight] = [whole(image, "Width", 1), whole(image, "Height", 1)];
  if (frameWidth !== base.blockWidth || frameHeight !== base.blockHeight) hostile(name, "frames of the size of a tile");
  const overlap = meanOverlaps(children(image, "TileJointInfo"), { columns, rows }, name);
  if (!(Math.abs(overlap.x) < base.blockWidth && Math.abs(overlap.y) < base.blockHeight))
    hostile(name, "frames that overlap by less than a tile");
  return {
    ...{ firstColumn, firstRow, columns, rows },
    x: whole(image, "Pos-X", -(2 ** 31)),
    top: -whole(image, "Pos-Y", -(2 ** 31)) - (rows * base.blockHeight - (rows - 1) * overlap.y),
    stepX: base.blockWidth - overlap.x,
    stepY: base.blockHeight - overlap.y,
  };
}

/** Frames are numbered from 1 in the order of scanning: from the bottom row upwards, there and back. Rows counted from the top. */
export function frameAt(number: number, grid: { readonly columns: number; readonly rows: number }) {
  const fromBottom = Math.floor((number - 1) / grid.columns);
  const along = (number - 1) % grid.columns;
  return { column: fromBottom % 2 === 0 ? along : grid.columns - 1 - along, row: grid.rows - 1 - fromBottom };
}

/** Weighted by the scanner's confidence; frames that were not joined say nothing. */
function meanOverlaps(
  joints: readonly XmlNode[],
  grid: { readonly columns: number; readonly rows: number },
  name: string,
): { readonly x: number; readonly y: number } {
  const sums = { x: 0, y: 0, weightX: 0, weightY: 0 };
  for (const joint of joints) {
    if (attribute(joint, "FlagJoined") === "0") continue;
    const direction = attribute(joint, "Direction");
    const weight = Math.max(0, numberAttribute(joint, "Confidence") ?? 0);
    const one = frameAt(numberAttribute(joint, "Tile1") ?? 0, grid);
    const two = frameAt(numberAttribute(joint, "Tile2") ?? 0, grid);
    const across = two.column - one.column;
    const down = two.row - one.row;
    const isSound =
      (direction === "RIGHT" && across === 1 && down === 0) ||
      (direction === "LEFT" && Math.abs(across) === 1 && down === 0) ||
      (direction === "UP" && across === 0 && down === -1);
    if (!isSound) unknownJoint(direction, name);
    if (direction === "UP") {
      sums.y += weight * (numberAttribute(joint, "OverlapY") ?? 0);
      sums.weightY += weight;
    } else {
      sums.x += weight * (numberAttribute(joint, "OverlapX") ?? 0);
      sums.weightX += weight;
    }
  }
  return {
    x: sums.weightX > 0 ? sums.x / sums.weightX : 0,
    y: sums.weightY > 0 ? sums.y / sums.weightY : 0,
  };
}

function unknownJoint(direction: string, name: string): never {
  return raise("unsupported-format", {
    expected: "neighbouring frames joined LEFT, RIGHT or UP",
    received: `a joint ${direction || "without a direction"} between other frames in ${name}`,
    remedy: "read it through OpenSlide, or convert it to a pyramidal TIFF",
  });
}

/**
 * Twins of vendors' TIFFs, made from pictures: Leica SCN, Philips TIFF, Ventana BIF. What OpenSlide reads of them is recorded
 * by tools/oracles/openslide_twins.py. For tests only.
 */
import type { Raster } from "../src/index.ts";
import { partOf } from "./picture.ts";
import { buildTiff, type PageSpec, rawPage } from "./tiff-builder.ts";

const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

/** Every second pixel of every second row. */
export function everySecond({ width, height, data }: Raster): Raster {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const out = new Uint8Array(half.width * half.height * 3);
  for (let y = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      const from = (y * 2 * width + x * 2) * 3;
      out.set(data.subarray(from, from + 3), (y * half.width + x) * 3);
    }
  }
  return { ...half, data: out };
}

/** A raster with others laid on white. */
export function laid(
  width: number,
  height: number,
  parts: readonly { x: number; y: number; raster: Raster }[],
): Raster {
  const data = new Uint8Array(width * height * 3).fill(255);
  for (const { x, y, raster } of parts) {
    for (let row = 0; row < raster.height; row++) {
      const from = row * raster.width * 3;
      data.set(raster.data.subarray(from, from + raster.width * 3), ((y + row) * width + x) * 3);
    }
  }
  return { width, height, data };
}

export interface ScnArea {
  readonly raster: Raster;
  /** Place on the glass in level-0 pixels, even numbers. */
  readonly x: number;
  readonly y: number;
  /** ICC profile of its finest image. */
  readonly icc?: Uint8Array;
}

const NM = 500;

/** Areas of two levels on a glass of `width` x `height` pixels of 500 nm. The macro is the first image. */
export function buildScn(width: number, height: number, areas: readonly ScnArea[], macro: Raster): Uint8Array {
  const block = [32, 32] as const;
  const pages: PageSpec[] = [rawPage(macro, block)];
  const view = (w: number, h: number, x: number, y: number): string =>
    `<view sizeX="${w * NM}" sizeY="${h * NM}" offsetX="${x * NM}" offsetY="${y * NM}" spacingZ="0"/>`;
  const settings = (objective: number): string =>
    `<scanSettings><objectiveSettings><objective>${objective}</objective></objectiveSettings><illuminationSettings>` +
    "<numericalAperture>0.6</numericalAperture><illuminationSource>brightfield</illuminationSource></illuminationSettings></scanSettings>";
  const image = (name: string, dimensions: string, size: Raster, place: string, objective: number): string =>
    `<image name="${name}" uuid="u"><creationDate>2020-01-01</creationDate><device model="Leica SCN400;Leica SCN" version="1"/>` +
    `<pixels sizeX="${size.width}" sizeY="${size.height}">${dimensions}</pixels>${place}${settings(objective)}</image>`;
  const dimension = (raster: Raster, r: number, ifd: number): string =>
    `<dimension sizeX="${raster.width}" sizeY="${raster.height}" r="${r}" ifd="${ifd}"/>`;
  const images = [image("macro", dimension(macro, 0, 0), macro, view(width, height, 0, 0), 1.25)];
  for (const { raster, x, y, icc } of areas) {
    const half = everySecond(raster);
    const dimensions = dimension(raster, 0, pages.length) + dimension(half, 1, pages.length + 1);
    const tags = icc ? { tags: [[34675, 7, [...icc]] as const] } : {};
    pages.push(rawPage(raster, block, tags), rawPage(half, block));
    images.push(image("area", dimensions, raster, view(raster.width, raster.height, x, y), 20));
  }
  const description =
    '<?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01" uuid="u"><collection name="c" uuid="u" ' +
    `sizeX="${width * NM}" sizeY="${height * NM}"><barcode>MTIz</barcode>${images.join("")}</collection></scn>`;
  return buildTiff({ pages: [{ ...(pages[0] as PageSpec), description }, ...pages.slice(1)] });
}

/** Two levels, padded to tiles of 64; tiles named in `missing` (of level 0) are left out. */
export function buildPhilips(raster: Raster, missing: readonly number[] = []): Uint8Array {
  const padded = (image: Raster): Raster => {
    const width = Math.ceil(image.width / 64) * 64;
    const height = Math.ceil(image.height / 64) * 64;
    return { width, height, data: partOf(image, 0, 0, width, height) };
  };
  const attribute = (name: string, value: string): string =>
    `<Attribute Name="${name}" Group="0x0" Element="0x0" PMSVR="x">${value}</Attribute>`;
  const level = (number: number, spacing: number): string =>
    `<DataObject ObjectType="PixelDataRepresentation">${attribute("DICOM_PIXEL_SPACING", `"${spacing}" "${spacing}"`)}` +
    `${attribute("PIIM_PIXEL_DATA_REPRESENTATION_NUMBER", String(number))}</DataObject>`;
  const levels = `<Array>${level(0, 0.00025)}${level(1, 0.0005)}</Array>`;
  const scan =
    `<DataObject ObjectType="DPScannedImage">${attribute("PIM_DP_IMAGE_TYPE", "WSI")}${attribute("DICOM_MANUFACTURER", "PHILIPS")}` +
    `${attribute("PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE", levels)}</DataObject>`;
  const label = `<DataObject ObjectType="DPScannedImage">${attribute("PIM_DP_IMAGE_TYPE", "LABELIMAGE")}</DataObject>`;
  const description =
    `<?xml version="1.0" encoding="UTF-8" ?><DataObject ObjectType="DPUfsImport">${attribute("DICOM_MANUFACTURER", "PHILIPS")}` +
    `${attribute("PIM_DP_SCANNED_IMAGES", `<Array>${scan}${label}</Array>`)}</DataObject>`;
  const base = padded(raster);
  const page = rawPage(base, [64, 64], { description, tags: [[305, 2, bytes("Philips DP v1.0\0")]] });
  const blocks = page.blocks.map((block, i) => (missing.includes(i) ? new Uint8Array() : block));
  return buildTiff({
    pages: [{ ...page, blocks }, rawPage(padded(everySecond(raster)), [64, 64], { tags: [[254, 4, [1]]] })],
  });
}

export interface BifArea {
  readonly raster: Raster;
  readonly columns: number;
  readonly rows: number;
  /** Corner on the glass, pixels, y downwards. The highest area comes to lie at the top, left of the first is glass. */
  readonly x: number;
  readonly y: number;
}

export interface BifFacts {
  readonly tile: number;
  readonly overlapX: number;
  readonly overlapY: number;
  /** How the first row of joints is written: RIGHT from left to right, LEFT the other way round. */
  readonly across?: "RIGHT" | "LEFT";
}

/** The size of an area whose frames overlap. */
export const bifSize = (columns: number, rows: number, { tile, overlapX, overlapY }: BifFacts) => ({
  width: tile + (columns - 1) * (tile - overlapX),
  height: tile + (rows - 1) * (tile - overlapY),
});

/** Camera frames of all areas side by side in one tiled image, and a second level with every second pixel of it. */
export function buildBif(areas: readonly BifArea[], facts: BifFacts): Uint8Array {
  const { tile, overlapX, overlapY } = facts;
  const total = areas.reduce((sum, area) => sum + area.columns, 0);
  const rows = Math.max(...areas.map((area) => area.rows));
  const stored = laid(total * tile, rows * tile, []);
  const infos: string[] = [];
  const origins: string[] = [];
  let first = 0;
  for (const [i, area] of areas.entries()) {
    for (let row = 0; row < area.rows; row++) {
      for (let column = 0; column < area.columns; column++) {
        const frame = partOf(area.raster, column * (tile - overlapX), row * (tile - overlapY), tile, tile);
        for (let y = 0; y < tile; y++) {
          const to = ((row * tile + y) * stored.width + (first + column) * tile) * 3;
          stored.data.set(frame.subarray(y * tile * 3, (y + 1) * tile * 3), to);
        }
      }
    }
    const { height } = bifSize(area.columns, area.rows, facts);
    infos.push(
      `<ImageInfo AOIScanned="1" AOIIndex="${i}" NumRows="${area.rows}" NumCols="${area.columns}" Width="${tile}" ` +
        `Height="${tile}" Pos-X="${area.x}" Pos-Y="${1000 - area.y - height}">${jointsOf(area, facts)}</ImageInfo>`,
    );
    origins.push(`<AOI${i} OriginX="${first * tile}" OriginY="0"/>`);
    first += area.columns;
  }
  const encode = `<?xml version="1.0"?><EncodeInfo Ver="2"><SlideStitchInfo>${infos.join("")}</SlideStitchInfo><AoiOrigin>${origins.join("")}</AoiOrigin></EncodeInfo>`;
  const scan = '<iScan Magnification="40" ScanRes="0.25" UnitNumber="1" UserName="x" Z-layers="1"></iScan>';
  const label = rawPage(laid(32, 48, []), [32, 48], {
    isTiled: false,
    description: "Label Image",
    tags: [[700, 1, bytes(scan)]],
  });
  const base = rawPage(stored, [tile, tile], {
    description: "level=0 mag=40 quality=90",
    tags: [[700, 1, bytes(encode)]],
  });
  const half = rawPage(everySecond(stored), [tile, tile], { description: "level=1 mag=20 quality=90" });
  return buildTiff({ pages: [label, base, half] });
}

/** Frames are numbered from the bottom row upwards, there and back. */
function jointsOf({ columns, rows }: BifArea, { overlapX, overlapY, across = "RIGHT" }: BifFacts): string {
  const numberOf = (column: number, row: number): number => {
    const up = rows - 1 - row;
    return up * columns + (up % 2 === 0 ? column : columns - 1 - column) + 1;
  };
  const joint = (direction: string, one: number, two: number, x: number, y: number): string =>
    `<TileJointInfo FlagJoined="1" Confidence="90" Direction="${direction}" Tile1="${one}" Tile2="${two}" OverlapX="${x}" OverlapY="${y}"/>`;
  const joints: string[] = [];
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = 0; column + 1 < columns; column++) {
      const [left, right] = [numberOf(column, row), numberOf(column + 1, row)];
      joints.push(
        across === "RIGHT" ? joint("RIGHT", left, right, overlapX, 0) : joint("LEFT", right, left, overlapX, 0),
      );
    }
    for (let column = 0; row > 0 && column < columns; column++)
      joints.push(joint("UP", numberOf(column, row), numberOf(column, row - 1), 0, overlapY));
  }
  return joints.join("");
}

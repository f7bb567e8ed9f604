/** JPEG blocks of a picture, with the standard Huffman tables so that all share one JPEGTables. For tests only. */
import sharp from "sharp";
import type { Raster } from "../src/index.ts";
import { splitJpeg } from "./jpeg-parts.ts";
import { cut } from "./tiff-builder.ts";

/** A complete baseline stream without optimised tables; 4:4:4 unless told otherwise. */
export async function standardJpeg(raster: Raster, quality = 98, chromaSubsampling = "4:4:4"): Promise<Uint8Array> {
  const { width, height, data } = raster;
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  return new Uint8Array(await image.jpeg({ quality, chromaSubsampling, optimiseCoding: false }).toBuffer());
}

/** The blocks of a raster as complete JPEG streams, row-major; what sticks out is white. */
export async function wholeJpegs(raster: Raster, width: number, height: number, quality = 98): Promise<Uint8Array[]> {
  const streams: Uint8Array[] = [];
  for (const data of cut(raster, width, height)) streams.push(await standardJpeg({ width, height, data }, quality));
  return streams;
}

/** The same, taken apart: one set of tables, and blocks without them. */
export async function jpegBlocks(
  raster: Raster,
  width: number,
  height: number,
  quality = 98,
): Promise<{ tables: Uint8Array; blocks: Uint8Array[] }> {
  const parts = (await wholeJpegs(raster, width, height, quality)).map(splitJpeg);
  return { tables: parts[0]?.tables ?? new Uint8Array(), blocks: parts.map((part) => part.block) };
}

/** A picture without hard edges, which a JPEG keeps within a few grey levels. */
export function smoothPicture(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, at++) data[at] = 128 + 70 * Math.sin((x * (c + 2) + y * (5 - c)) / 60);
    }
  }
  return { width, height, data };
}

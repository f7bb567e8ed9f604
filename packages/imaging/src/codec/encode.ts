/** Rasters as PNG and JPEG files. A file appears under its name only when it is whole. */
import { rename, rm, writeFile } from "node:fs/promises";
import { FailureError } from "@nacre/core";
import type { Sharp } from "sharp";
import { fileFailure } from "../bytes/file-failure.ts";
import type { Raster } from "../slide/slide.ts";

/** PNG bytes, lossless. */
export async function encodePng(raster: Raster): Promise<Uint8Array> {
  return (await input(raster)).png({ compressionLevel: 6 }).toBuffer();
}

/** JPEG bytes without chroma reduction. `quality` from 1 to 100. */
export async function encodeJpeg(raster: Raster, quality: number): Promise<Uint8Array> {
  return (await input(raster)).jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
}

/** Writes a PNG aside and renames it. @throws FailureError disk-full, no-permission, missing-file, unreadable-file */
export async function writePng(path: string, raster: Raster): Promise<void> {
  const bytes = await encodePng(raster);
  const aside = `${path}.${process.pid}.part`;
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw new FailureError(fileFailure(error, path), { cause: error });
  }
}

async function input({ width, height, data }: Raster): Promise<Sharp> {
  if (data.length !== width * height * 3) {
    throw new RangeError(`expected ${width * height * 3} bytes of RGB, received ${data.length}`);
  }
  const { default: sharp } = await import("sharp");
  return sharp(data, { raw: { width, height, channels: 3 } });
}

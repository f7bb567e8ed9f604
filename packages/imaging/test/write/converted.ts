/** Opening and comparing for the tests of written slides. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { afterAll } from "vitest";
import { memorySource, openSlide, type Raster, type Slide } from "../../src/index.ts";
import { type Conversion, type ConvertOptions, convertSlide, nodeCodecs, openSlideFile } from "../../src/node.ts";
import { buildTiff, type TiffSpec } from "../tiff-builder.ts";

/** A folder that goes when the tests of the file are over. */
export function ownFolder(name: string): (file: string) => string {
  const folder = mkdtempSync(join(tmpdir(), `nacre-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (file) => join(folder, file);
}

export async function openBuilt(spec: TiffSpec, mpp?: number): Promise<Slide> {
  const source = memorySource(buildTiff(spec), "built.tif");
  return unwrap(await openSlide(source, nodeCodecs, { icc: "keep", ...(mpp ? { mpp } : {}) }));
}

/** Converts and opens the result. */
export async function convert(
  slide: Slide,
  out: string,
  options: ConvertOptions = {},
): Promise<{ report: Conversion; copy: Slide }> {
  const report = unwrap(await convertSlide(slide, out, options));
  return { report, copy: unwrap(await openSlideFile(out, { icc: "keep" })) };
}

export async function levelOf(slide: Slide, level: number): Promise<Raster> {
  const { width, height } = slide.info.levels[level] as Slide["info"]["levels"][number];
  return unwrap(await slide.read({ level, x: 0, y: 0, width, height }));
}

export function worst(a: Raster, b: Raster): number {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] as number))), 0);
}

/** Rounded means of step x step pixels; a last incomplete row or column is left out. The slow and obvious way. */
export function boxMean({ width, height, data }: Raster, step: number): Raster {
  const small = { width: Math.floor(width / step), height: Math.floor(height / step) };
  const out = new Uint8Array(small.width * small.height * 3);
  for (let i = 0; i < out.length; i++) {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % small.width, Math.floor(i / 3 / small.width)];
    let sum = 0;
    for (let v = 0; v < step; v++) {
      for (let u = 0; u < step; u++) sum += data[((y * step + v) * width + x * step + u) * 3 + c] as number;
    }
    out[i] = Math.floor((sum + ((step * step) >> 1)) / (step * step));
  }
  return { ...small, data: out };
}

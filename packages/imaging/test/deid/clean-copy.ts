/** What a slide file shows: for comparing a clean copy with its original. For tests only. */
import { unwrap } from "@nacre/core";
import type { OpenOptions, SlideInfo } from "../../src/index.ts";
import { openSlideFile } from "../../src/node.ts";

/** Level 0, and what is known of the slide. */
export async function pixelsOf(path: string, options: OpenOptions = {}): Promise<{ info: SlideInfo; data: Buffer }> {
  const slide = unwrap(await openSlideFile(path, options));
  const { width, height } = slide.info;
  const raster = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
  slide.close();
  return { info: slide.info, data: Buffer.from(raster.data) };
}

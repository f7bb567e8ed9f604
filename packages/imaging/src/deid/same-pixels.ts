/** Whether a copy shows what its original shows: same levels, and the same pixels in places spread over every level. */
import { unwrap } from "@nacre/core";
import { openSlideFile } from "../slide/open-slide-file.ts";
import type { Slide } from "../slide/slide.ts";

const SIDE = 256;

/** What differs, or null. Opens `path`; `before` stays open. */
export async function pixelDifference(path: string, before: Slide, signal?: AbortSignal): Promise<string | null> {
  const after = unwrap(await openSlideFile(path));
  try {
    const sizes = ({ info }: Slide): string => info.levels.map(({ width, height }) => `${width} x ${height}`).join();
    if (sizes(after) !== sizes(before)) return `levels of ${sizes(after)} in place of ${sizes(before)}`;
    for (const { index, width, height, downsample } of before.info.levels) {
      for (const part of [0, 0.5, 1]) {
        const x = Math.floor(Math.max(0, width - SIDE) * part * downsample);
        const y = Math.floor(Math.max(0, height - SIDE) * part * downsample);
        const region = { level: index, x, y, width: Math.min(SIDE, width), height: Math.min(SIDE, height) };
        const [was, is] = [await before.read(region, signal), await after.read(region, signal)];
        // a block that was broken is broken in the copy
        if (was.ok !== is.ok || (was.ok && is.ok && Buffer.compare(was.value.data, is.value.data) !== 0)) {
          return `other pixels at ${x}, ${y} of level ${index}`;
        }
      }
    }
    return null;
  } finally {
    after.close();
  }
}

/** Small pictures of the slides that an audit calls copies, so that a reader sees what the hash saw. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CohortRow, SlideId } from "@nacre/core";
import { thumbnail } from "@nacre/imaging";
import { encodeJpeg, openSlideFile } from "@nacre/imaging/node";

/** Pixels of the longer side. */
const SIDE = 160;
/** Pictures on a page: about 6 kB each. */
const MOST = 60;

/** `data:` addresses of at most 60 of these slides; one that cannot be read has none, and the audit's notes say why. */
export async function pictureUrls(
  folder: string,
  rows: readonly CohortRow[],
  slides: readonly SlideId[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(slides.slice(0, MOST));
  const urls = new Map<string, string>();
  for (const row of rows) {
    const path = join(folder, row.path);
    if (!wanted.delete(row.slide) || !existsSync(path)) continue;
    const url = await urlOf(path);
    if (url !== null) urls.set(row.slide, url);
  }
  return urls;
}

async function urlOf(path: string): Promise<string | null> {
  const slide = await openSlideFile(path);
  if (!slide.ok) return null;
  try {
    const small = await thumbnail(slide.value, SIDE);
    if (!small.ok) return null;
    return `data:image/jpeg;base64,${Buffer.from(await encodeJpeg(small.value, 75)).toString("base64")}`;
  } finally {
    slide.value.close();
  }
}

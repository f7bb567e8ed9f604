/** Slides compared as files and as pictures: the SHA-256 of each, and a perceptual hash of its thumbnail. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CohortRow, groupBy, type SlideId } from "@nacre/core";
import { hashDistance, pictureHash, thumbnail } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import { counted } from "../report/number-text.ts";
import { hashSlide } from "../run/fingerprint.ts";
import type { Progress } from "../run/progress.ts";

/** Pixels of the longer side of the thumbnail that is hashed. */
const SIDE = 256;
/** Of 256 bits: re-encoded and rescaled copies differ in fewer, other slides in more (measured on generated slides and tiles). */
const ALIKE_BITS = 12;

export interface SlidePictures {
  readonly duplicates: readonly (readonly SlideId[])[];
  readonly lookAlikes: readonly (readonly [SlideId, SlideId])[];
  readonly notes: readonly string[];
}

/** Reads every slide of the cohort that lies in `folder`. A slide that cannot be read is a note. */
export async function comparePictures(
  folder: string,
  rows: readonly CohortRow[],
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<SlidePictures> {
  const unique = [...new Map(rows.map((r) => [r.slide, r])).values()];
  const seen: { slide: SlideId; sha256: string; picture: Uint32Array | null }[] = [];
  const notes: string[] = [];
  progress.begin("hashing slides", unique.length);
  for (const [i, row] of unique.entries()) {
    signal.throwIfAborted();
    const path = join(folder, row.path);
    if (!existsSync(path)) continue;
    const picture = await pictureOf(path, signal);
    if (typeof picture === "string") notes.push(`${row.slide} has no picture to compare: ${picture}`);
    const hash = hashSlide(path);
    if (!hash.ok) notes.push(`${row.slide} has no files to compare: ${hash.failure.received}`);
    // a slide that cannot be hashed equals none
    const sha256 = hash.ok ? hash.value : `unread ${row.slide}`;
    seen.push({ slide: row.slide, sha256, picture: typeof picture === "string" ? null : picture });
    progress.advance(i + 1, row.slide);
  }
  progress.end();
  if (seen.length < unique.length) {
    notes.push(`${unique.length - seen.length} of ${counted(unique.length, "slide")} not in ${folder}`);
  }
  const duplicates = [...groupBy(seen, (s) => s.sha256).values()].map((g) => g.map((s) => s.slide));
  return { duplicates: duplicates.filter((g) => g.length > 1), lookAlikes: lookAlikesOf(seen), notes };
}

/** The hash of one slide, null where the glass is empty, or why there is none. */
async function pictureOf(path: string, signal: AbortSignal): Promise<Uint32Array | null | string> {
  const slide = await openSlideFile(path);
  if (!slide.ok) return slide.failure.received;
  try {
    const small = await thumbnail(slide.value, SIDE, signal);
    return small.ok ? pictureHash(small.value) : small.failure.received;
  } finally {
    slide.value.close();
  }
}

/** Pairs that look alike and are not the same file, which is a finding of its own. */
function lookAlikesOf(
  seen: readonly { readonly slide: SlideId; readonly sha256: string; readonly picture: Uint32Array | null }[],
): [SlideId, SlideId][] {
  const pairs: [SlideId, SlideId][] = [];
  for (const [i, a] of seen.entries()) {
    if (a.picture === null) continue;
    for (const b of seen.slice(i + 1)) {
      if (b.picture === null || a.sha256 === b.sha256) continue;
      if (hashDistance(a.picture, b.picture) <= ALIKE_BITS) pairs.push([a.slide, b.slide]);
    }
  }
  return pairs;
}

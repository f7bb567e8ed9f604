/** What can be compared between slides: the hash of each feature or slide file, and the mean of its features. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type CohortRow, type SlideId, slideIdOf } from "@nacre/core";
import type { SlideVectors } from "@nacre/evaluation";
import { readBag } from "@nacre/features/node";
import { counted } from "../report/number-text.ts";
import type { Progress } from "../run/progress.ts";

const FEATURES = /\.(h5|hdf5)$/i;

export interface SlideContent {
  /** Slides with equal features: the same file, or the same pixels encoded twice. */
  readonly duplicates: readonly (readonly SlideId[])[];
  readonly vectors: SlideVectors | null;
  /** Feature files of the folder that could not be read, and slides of the cohort without one. */
  readonly notes: readonly string[];
}

/** Reads the feature file of every slide that has one. A file that cannot be read is a note, not the end. */
export async function readContent(
  folder: string,
  rows: readonly CohortRow[],
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<SlideContent> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !FEATURES.test(entry.name)) continue;
    files.set(slideIdOf(entry.name), join(entry.parentPath, entry.name));
  }
  const slides = [...new Set(rows.map((r) => r.slide))];
  const known: { slide: SlideId; mean: Float32Array; print: string }[] = [];
  const notes: string[] = [];
  progress.begin("reading features", slides.length);
  for (const [i, slide] of slides.entries()) {
    signal.throwIfAborted();
    const file = files.get(slide) ?? files.get(slide.split("__").at(-1) as string);
    if (file === undefined) continue;
    const bag = await readBag(file);
    if (!bag.ok) {
      notes.push(`${file} could not be read: ${bag.failure.received}`);
      continue;
    }
    const mean = meanOf(bag.value.features, bag.value.n, bag.value.d);
    known.push({ slide, mean, print: `${bag.value.n} ${Buffer.from(mean.buffer).toString("base64")}` });
    progress.advance(i + 1, slide);
  }
  progress.end();
  if (known.length < slides.length) {
    notes.push(
      `${slides.length - known.length} of ${counted(slides.length, "slide")} without a readable feature file in ${folder}`,
    );
  }
  return { duplicates: groupsOf(known), vectors: vectorsOf(known, notes), notes };
}

function groupsOf(known: readonly { readonly slide: SlideId; readonly print: string }[]): SlideId[][] {
  const groups = new Map<string, SlideId[]>();
  for (const { slide, print } of known) {
    const group = groups.get(print);
    if (group === undefined) groups.set(print, [slide]);
    else group.push(slide);
  }
  return [...groups.values()].filter((g) => g.length > 1);
}

function vectorsOf(
  known: readonly { readonly slide: SlideId; readonly mean: Float32Array }[],
  notes: string[],
): SlideVectors | null {
  const d = known[0]?.mean.length;
  if (d === undefined) return null;
  const alike = known.filter((k) => k.mean.length === d);
  if (alike.length < known.length) {
    notes.push(
      `${counted(known.length - alike.length, "feature file")} with another number of features than ${d}, not compared`,
    );
  }
  const vectors = new Float32Array(alike.length * d);
  alike.forEach((k, i) => {
    vectors.set(k.mean, i * d);
  });
  return { slides: alike.map((k) => k.slide), vectors, d };
}

function meanOf(features: Float32Array, n: number, d: number): Float32Array {
  const sum = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) sum[j] = (sum[j] as number) + (features[i * d + j] as number);
  return Float32Array.from(sum, (s) => s / Math.max(1, n));
}

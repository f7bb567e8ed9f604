/** Work on single files outside a study: tissue, features. */
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { mpp, type Outcome, ok, slideIdOf, unwrap } from "@nacre/core";
import { checkTiles } from "@nacre/features";
import { EncodePool, openEncoder } from "@nacre/features/node";
import { findTissue, tissueGeoJson } from "@nacre/imaging";
import { openSlideFile } from "@nacre/imaging/node";
import { type EncodedSlide, encodeSlide } from "./extract/encode-slide.ts";
import { fillScale } from "./extract/survey-slide.ts";
import type { Progress } from "./run/progress.ts";
import { guardDisk, writeWhole } from "./run/write-file.ts";
import type { StudyFile } from "./study/study-schema.ts";

export interface TissueSummary {
  readonly fraction: number;
  readonly areaMm2: number;
  readonly penFraction: number;
  readonly mpp: number;
  /** Outlines as GeoJSON, null where no folder was given. */
  readonly written: string | null;
}

/** Tissue of one file; with `out`, its outlines as GeoJSON. */
export async function findTissueInFile(
  path: string,
  options: { readonly fill: number | null; readonly out: string | null; readonly signal: AbortSignal },
): Promise<Outcome<TissueSummary>> {
  const given = await fillScale(path, options.fill);
  const slide = await openSlideFile(path, given === null ? {} : { mpp: given });
  if (!slide.ok) return slide;
  try {
    const tissue = await findTissue(slide.value, {}, options.signal);
    if (!tissue.ok) return tissue;
    const { fraction, areaMm2, penFraction } = tissue.value;
    const written = options.out === null ? null : join(options.out, `${nameOf(path)}.geojson`);
    if (written !== null) writeWhole(written, `${JSON.stringify(tissueGeoJson(tissue.value))}\n`);
    return ok({ fraction, areaMm2, penFraction, mpp: tissue.value.mpp, written });
  } finally {
    slide.value.close();
  }
}

export interface EncodeFilesOptions {
  readonly encoder: string;
  readonly out: string;
  readonly tiles: StudyFile["tiles"];
  /** Scale for files that hold none. */
  readonly fill: number | null;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface FileEncoder {
  /** Encodes one slide into `<out>/<slide>.h5`. */
  file(path: string): Promise<Outcome<EncodedSlide & { readonly output: string }>>;
  close(): Promise<void>;
}

/** Opens an encoder for many files. @throws FailureError bad-encoder, encoder-mismatch, no-permission */
export async function encodeFiles(options: EncodeFilesOptions): Promise<FileEncoder> {
  const { size, overlap, minTissue } = options.tiles;
  const encoder = unwrap(await openEncoder(options.encoder));
  unwrap(checkTiles(encoder.card, { mpp: mpp(options.tiles.mpp), size }));
  await encoder.close();
  guardDisk(options.out, () => mkdirSync(options.out, { recursive: true }));
  const pool = new EncodePool({ threads: availableParallelism() });
  return {
    async file(path) {
      const slide = slideIdOf(nameOf(path));
      const output = join(options.out, `${slide}.h5`);
      const tiles = { ...options.tiles, size, overlap, minTissue };
      const given = await fillScale(path, options.fill);
      const encoded = await encodeSlide(path, output, { ...options, given, slide, tiles, pool });
      return encoded.ok ? ok({ ...encoded.value, output }) : encoded;
    },
    close: () => pool.close(),
  };
}

/** Name of a file without folder and extension. */
export function nameOf(path: string): string {
  return slideIdOf(path.split(/[/\\]/).at(-1) ?? path);
}

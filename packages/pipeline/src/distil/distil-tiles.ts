/** From a folder of tile images and a few encoders to an encoder folder that `nacre encode` takes (docs/encoder-contract.md). */
import { readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { fail, type Outcome, ok } from "@nacre/core";
import { DISTIL_OPTIONS } from "@nacre/models";
import { hashBytes } from "../run/hash.ts";
import type { Progress } from "../run/progress.ts";
import { runJobs, workerUrl } from "../run/workers.ts";
import { writeWhole } from "../run/write-file.ts";
import { readText } from "../study/read-text.ts";
import type { DistilAnswer, DistilJob, DistilProgress } from "./distil-job.ts";

export interface DistilTilesOptions {
  /** Folder of tile images: JPEG, PNG or TIFF. */
  readonly tiles: string;
  /** A text file of image names to learn from, one a line; null: all of the folder. */
  readonly only: string | null;
  readonly teachers: readonly { readonly encoder: string; readonly weight: number }[];
  readonly size: number;
  /** Folder of the student. */
  readonly out: string;
  readonly settings: Readonly<Record<string, number | boolean>>;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface DistilSummary {
  readonly out: string;
  readonly name: string;
  readonly tiles: number;
  readonly dim: number;
  readonly parameters: number;
  readonly losses: readonly number[];
  readonly agreement: DistilAnswer["agreement"];
}

const IMAGES = new Set([".jpg", ".jpeg", ".png", ".tif", ".tiff"]);

/** Failures: those of the images, of the encoders and of the distillation, missing-file, too-few, bad-value (a listed image that is not there). */
export async function distilTiles(options: DistilTilesOptions): Promise<Outcome<DistilSummary>> {
  const { teachers, size, settings, out } = options;
  const files = imageFiles(options);
  if (!files.ok) return files;
  const job: DistilJob = { files: files.value, size, teachers, options: settings };
  options.progress.begin(`distilling into ${out}`, Number(settings.epochs ?? DISTIL_OPTIONS.epochs.default));
  const [answer] = await runJobs<DistilJob, DistilAnswer>(workerUrl(import.meta.url, "./distil-worker.js"), [job], {
    concurrency: 1,
    signal: options.signal,
    onProgress: (_, value) => watch(options.progress, value as DistilProgress),
  });
  options.progress.end();
  if (answer === undefined) throw new Error("expected an answer of the distillation worker, received none");
  if (!answer.ok) return answer;
  const { onnx, ...made } = answer.value;
  const name = basename(out).replace(/[^A-Za-z0-9._-]/g, "-");
  writeWhole(join(out, "model.onnx"), onnx);
  writeWhole(join(out, "encoder.json"), `${JSON.stringify(cardOf(answer.value, name, files.value.length), null, 2)}\n`);
  const { dim, parameters, losses, agreement } = made;
  return ok({ out, name, tiles: files.value.length, dim, parameters, losses, agreement });
}

/** The card; its licence is a question to those of the teachers, whose features the student imitates. */
function cardOf({ onnx, output, dim, size, mean, std, teachers }: DistilAnswer, name: string, tiles: number) {
  const scales = new Set(teachers.map(({ mpp }) => mpp).filter((mpp) => mpp !== null));
  return {
    name,
    file: "model.onnx",
    output,
    dim,
    size,
    mpp: scales.size === 1 ? [...scales][0] : null,
    mean,
    std,
    channels: "rgb",
    licence: `follows from its teachers: ${teachers.map((t) => `${t.name} (${t.licence})`).join(", ")}`,
    source: `distilled from ${teachers.map((t) => t.space).join(", ")} on ${tiles} tiles`,
    sha256: hashBytes(onnx),
  };
}

function watch(progress: Progress, line: DistilProgress): void {
  if (line.kind === "epoch") progress.advance(line.epoch, `loss ${line.loss.toFixed(4)}`);
  else progress.advance(0, `${line.name}: ${line.tiles} tiles`);
}

function imageFiles({ tiles, only }: DistilTilesOptions): Outcome<string[]> {
  let entries: string[];
  try {
    entries = readdirSync(tiles).filter((name) => IMAGES.has(extname(name).toLowerCase()));
  } catch (error) {
    return fail("missing-file", {
      expected: `a folder of tile images at ${tiles}`,
      received: (error as NodeJS.ErrnoException).code ?? "none",
      remedy: "correct the path",
    });
  }
  if (only === null) return ok(entries.sort().map((name) => join(tiles, name)));
  const text = readText(only);
  if (!text.ok) return text;
  const wanted = [...new Set(text.value.split(/\r?\n/).map((line) => line.trim()))].filter((line) => line !== "");
  const stranger = wanted.find((name) => !entries.includes(name));
  if (stranger === undefined) return ok(wanted.map((name) => join(tiles, name)));
  return fail("bad-value", {
    expected: `names of images of ${tiles} in ${only}, one a line`,
    received: stranger,
    remedy: "correct the list",
  });
}

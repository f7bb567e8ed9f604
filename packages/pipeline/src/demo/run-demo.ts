/** The demo: writes the cohort of demo-cohort.ts into the run folder and runs the study that lies beside it. */
import { existsSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { parse } from "yaml";
import type { Progress } from "../run/progress.ts";
import { RunFolder } from "../run/run-folder.ts";
import { runJobs, workerUrl } from "../run/workers.ts";
import { guardDisk } from "../run/write-file.ts";
import { type RunResult, runStudy } from "../run-study.ts";
import { checkStudy } from "../study/read-study.ts";
import { demoCohort, demoCohortCsv, demoStudy } from "./demo-cohort.ts";
import type { SlideJob } from "./slide-worker.ts";

export interface DemoOptions {
  readonly out: string;
  readonly seed: number;
  readonly resume: boolean;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const OWN_FILES = ["cohort.csv", "slides", "truth", "study.yaml"];

/** Writes what is missing of the cohort and runs the study. @throws FailureError as runStudy does */
export async function runDemo({ out, seed, resume, progress, signal }: DemoOptions): Promise<RunResult> {
  const study = unwrap(checkStudy(parse(demoStudy(seed)), join(out, "study.yaml")));
  const folder = unwrap(await RunFolder.open(out, { resume, mayHold: OWN_FILES }));
  return runStudy(study, { folder, out, progress, signal, prepare: () => writeCohort(folder, seed, progress, signal) });
}

async function writeCohort(folder: RunFolder, seed: number, progress: Progress, signal: AbortSignal): Promise<void> {
  const slides = demoCohort(seed);
  folder.write("cohort.csv", demoCohortCsv(slides));
  guardDisk(folder.path, () => mkdirSync(folder.file("slides"), { recursive: true }));
  const jobs = slides.map((s) => ({
    path: folder.file("slides", `${s.id}.svs`),
    truth: folder.file("truth", `${s.id}.geojson`),
    spec: s.spec,
  }));
  // Slides are written whole or not at all, but a slide of another seed has the same name: the seed is a step of its own.
  const sameSeed = folder.steps.recall("demo-seed", { seed }) !== null;
  const missing = sameSeed ? jobs.filter((j) => !existsSync(j.path) || !existsSync(j.truth)) : jobs;
  folder.steps.remember("demo-seed", { seed }, [], null);
  const lanes = Math.min(availableParallelism(), missing.length);
  let done = 0;
  if (missing.length > 0) progress.begin("drawing slides", missing.length);
  const shares = Array.from(
    { length: lanes },
    (_, lane): SlideJob => ({ slides: missing.filter((_, i) => i % lanes === lane) }),
  );
  const results = await runJobs<SlideJob, number>(workerUrl(import.meta.url, "./slide-worker.js"), shares, {
    concurrency: lanes,
    signal,
    onProgress: () => progress.advance(++done),
  });
  for (const r of results) unwrap(r);
  progress.end();
}

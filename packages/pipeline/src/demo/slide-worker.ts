/** Thread entry: writes one synthetic slide and answers with its truth. */
import { renameSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { attempt } from "@nacre/core";
import { polygonsGeoJson } from "@nacre/imaging";
import { type SyntheticSlideSpec, writeSyntheticSlide } from "@nacre/imaging/node";
import type { WorkerAnswer } from "../run/workers.ts";
import { writeWhole } from "../run/write-file.ts";

export interface SlideJob {
  readonly slides: readonly { readonly path: string; readonly truth: string; readonly spec: SyntheticSlideSpec }[];
}

const { slides } = workerData as SlideJob;
const answer = (value: WorkerAnswer<number>): void => parentPort?.postMessage(value);

const result = await attempt(async () => {
  for (const { path, truth, spec } of slides) {
    const written = await writeSyntheticSlide(`${path}.partial`, spec);
    writeWhole(truth, `${JSON.stringify(polygonsGeoJson(written.truth, "Tumour", [200, 30, 30]))}\n`);
    renameSync(`${path}.partial`, path);
    answer({ kind: "progress", value: path });
  }
  return slides.length;
});
answer(result.ok ? { kind: "done", value: result.value } : { kind: "failed", failure: result.failure });

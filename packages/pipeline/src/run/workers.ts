/**
 * Jobs on worker threads: one thread a job, as many at once as wanted, results in the order of the jobs.
 * Worker files answer one `{kind: "done", value}` or `{kind: "failed", failure}`; `{kind: "progress"}` as often as they like.
 */
import { Worker } from "node:worker_threads";
import { type Failure, fail, type Outcome, ok } from "@nacre/core";
import { inLanes } from "./lanes.ts";

export type WorkerAnswer<R> =
  | { readonly kind: "progress"; readonly value: unknown }
  | { readonly kind: "done"; readonly value: R }
  | { readonly kind: "failed"; readonly failure: Failure };

export interface RunJobsOptions {
  readonly concurrency: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (job: number, value: unknown) => void;
}

/** The compiled twin of a worker source, so that code run from sources starts the same worker as the product. */
export function workerUrl(importMetaUrl: string, file: string): URL {
  return new URL(file, importMetaUrl.replace(/\/src\//, "/dist/"));
}

/** Runs every job; a failed job is a failure in its place and does not stop the others. Aborting rejects with AbortError. */
export async function runJobs<J, R>(worker: URL, jobs: readonly J[], options: RunJobsOptions): Promise<Outcome<R>[]> {
  const results: Outcome<R>[] = new Array(jobs.length);
  let next = 0;
  await inLanes(Math.max(1, Math.min(options.concurrency, jobs.length)), options.signal, async (signal) => {
    while (next < jobs.length) {
      const i = next++;
      results[i] = await runJob<J, R>(worker, jobs[i] as J, signal, (v) => options.onProgress?.(i, v));
    }
  });
  return results;
}

function runJob<J, R>(
  file: URL,
  job: J,
  signal: AbortSignal,
  onProgress: (value: unknown) => void,
): Promise<Outcome<R>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError());
    const worker = new Worker(file, { workerData: job });
    const stop = (): void => {
      void worker.terminate();
      reject(abortError());
    };
    signal.addEventListener("abort", stop, { once: true });
    const settle = (outcome: Outcome<R>): void => {
      signal.removeEventListener("abort", stop);
      resolve(outcome);
      void worker.terminate();
    };
    worker.on("message", (answer: WorkerAnswer<R>) => {
      if (answer.kind === "progress") onProgress(answer.value);
      else if (answer.kind === "done") settle(ok(answer.value));
      else settle({ ok: false, failure: answer.failure });
    });
    worker.on("error", (error) => settle(died(error.stack ?? error.message)));
    worker.on("exit", (code) => settle(died(`exit code ${code}`)));
  });
}

function died(reason: string): ReturnType<typeof fail> {
  return fail("internal", {
    expected: "a worker thread to finish its job",
    received: reason,
    remedy: "this is a defect of Nacre: please report it with the message above",
  });
}

function abortError(): Error {
  return Object.assign(new Error("cancelled"), { name: "AbortError" });
}

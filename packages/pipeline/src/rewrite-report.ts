/** Writes the report of a finished run again: the run is replayed in its own folder, where every step is remembered. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { raise, unwrap } from "@nacre/core";
import type { Progress } from "./run/progress.ts";
import { runStudy } from "./run-study.ts";
import { readStudy } from "./study/read-study.ts";

/** @throws FailureError bad-usage, and whatever a run can fail with where its inputs have changed since */
export async function rewriteReport(
  run: string,
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<{ report: string }> {
  if (!existsSync(join(run, "scorecard.json"))) {
    raise("bad-usage", {
      expected: "a finished run folder",
      received: `no scorecard.json in ${run}`,
      remedy: "finish the run with --resume first",
    });
  }
  const result = await runStudy(unwrap(readStudy(join(run, "study.yaml"))), { out: run, replay: true, ...options });
  return { report: result.report ?? join(run, "report.html") };
}

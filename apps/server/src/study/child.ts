/**
 * Process entry: runs a study, or makes a board, at a lower priority than the service, so that whoever looks at slides does not wait for it.
 * It ends when the service does: a run without its service is taken up again by `resume`.
 */
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { attempt, type Failure, unwrap } from "@nacre/core";
import { makeBoard, type Progress, readStudy, runStudy } from "@nacre/pipeline";
import { type ChildJob, type ChildSays, STOP } from "./child-message.ts";

/** Not more messages than a page can show. */
const TELL_MS = 250;
/** How long an orderly stop may take when the service is gone. */
const LEAVE_MS = 10_000;

try {
  setPriority(constants.priority.PRIORITY_LOW);
} catch {
  // Not everywhere may a process lower itself; it only runs faster then.
}

const job = JSON.parse(process.argv[2] ?? "null") as ChildJob;
const stop = new AbortController();
process.on("message", (word) => {
  if (word === STOP) stop.abort();
});
process.on("disconnect", leave);
process.on("SIGTERM", leave);

const result = await attempt(doJob).catch((error: unknown) => ({ ok: false as const, failure: unexpected(error) }));
await tell({ kind: "ended", failure: result.ok ? null : result.failure });
process.exit(0);

async function doJob(): Promise<void> {
  if (job.kind === "board") {
    makeBoard(job.folder, { openSealed: null, command: "nacre serve" });
    return;
  }
  const { out } = job;
  const study = unwrap(readStudy(join(out, "study.yaml")));
  await runStudy(study, { out, resume: true, progress: progress(), signal: stop.signal });
}

function progress(): Progress {
  let last = 0;
  return {
    begin: (title, total) => {
      last = 0;
      void tell({ kind: "begin", title, total });
    },
    advance: (done, note) => {
      const now = performance.now();
      if (now - last < TELL_MS) return;
      last = now;
      void tell({ kind: "advance", done, note: note ?? null });
    },
    end: () => {},
    say: (text) => void tell({ kind: "said", text }),
    became: (slide, state, failure) => void tell({ kind: "slide", slide, state, failure }),
    learned: ({ fold, epoch, trainLoss, tuneLoss }) =>
      void tell({ kind: "loss", fold, epoch, train: trainLoss, tune: tuneLoss }),
  };
}

function tell(what: ChildSays): Promise<void> {
  return new Promise((sent) => {
    if (process.send === undefined || !process.connected) return sent();
    process.send(what, undefined, undefined, () => sent());
  });
}

function leave(): void {
  stop.abort();
  setTimeout(() => process.exit(1), LEAVE_MS).unref();
}

function unexpected(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "the run to go through",
    received: error instanceof Error ? error.message : String(error),
    remedy: "please report it with this message: it is a defect of Nacre; what was finished is kept",
  };
}

/**
 * The thread that reads slides: one request after another, each answered with pixels (handed over, not copied) or a failure. A few may
 * wait here, so that it need not wait for each; what is stopped while it waits is never read.
 */
import { parentPort, workerData } from "node:worker_threads";
import { attempt, type Failure, unwrap } from "@nacre/core";
import { OpenSlides } from "./open-slides.ts";
import type { Done, FromThread, OpenFiles, ToThread, Work } from "./pool-message.ts";
import { doWork } from "./thread-work.ts";

const port = parentPort;
if (port === null)
  throw new TypeError("expected to run as a worker thread, received none: start it through openSlidePool");
const slides = new OpenSlides((workerData as { readonly openSlides: number }).openSlides);
const waiting = new Map<number, { readonly work: Work; readonly stop: AbortController }>();
let isBusy = false;

port.on("message", (message: ToThread) => {
  if (message.kind === "stop") return waiting.get(message.id)?.stop.abort();
  waiting.set(message.id, { work: message.work, stop: new AbortController() });
  if (!isBusy) void answerAll();
});

async function answerAll(): Promise<void> {
  isBusy = true;
  for (const [id, { work, stop }] of waiting) {
    if (stop.signal.aborted) post({ kind: "failed", id, failure: STOPPED, open: null }, []);
    else await answer(id, work, stop);
    waiting.delete(id);
  }
  isBusy = false;
}

const STOPPED: Failure = {
  kind: "cancelled",
  expected: "the picture to be waited for",
  received: "whoever asked has gone",
  remedy: "ask again",
};

async function answer(id: number, work: Work, stop: AbortController): Promise<void> {
  const began = performance.now();
  const outcome = await attempt(async () => unwrap(await doWork(work, slides, stop.signal))).catch(
    (error: unknown) => ({
      ok: false as const,
      failure: internal(error),
    }),
  );
  const open = changedFiles();
  const ms = performance.now() - began;
  if (outcome.ok) post({ kind: "done", id, value: outcome.value, open, ms }, memoryOf(outcome.value));
  else post({ kind: "failed", id, failure: outcome.failure, open }, []);
}

let told = "";

function changedFiles(): OpenFiles {
  const { files } = slides;
  const now = files.join("\0");
  if (now === told) return null;
  told = now;
  return files;
}

function memoryOf(value: Done[keyof Done]): ArrayBuffer[] {
  if (value === null) return [];
  const bytes = "bytes" in value ? value.bytes : "data" in value ? value.data : null;
  return bytes === null ? [] : [bytes.buffer as ArrayBuffer]; // made by this thread, never shared
}

function post(message: FromThread, transfer: readonly ArrayBuffer[]): void {
  port?.postMessage(message, [...transfer]);
}

function internal(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "the slide to be read",
    received: error instanceof Error ? error.message : String(error),
    remedy: "try again; if it happens twice, report it with this text",
  };
}

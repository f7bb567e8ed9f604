/** The thread that encodes: takes units in order, answers each with features (handed over, not copied) or a failure. */
import { parentPort } from "node:worker_threads";
import { attempt, type Failure } from "@nacre/core";
import { unitEncoder } from "./encode-unit.ts";
import type { FromWorker, ToWorker, Unit } from "./unit.ts";

const port = parentPort;
if (port === null)
  throw new TypeError("expected to run as a worker thread, received none: start it through EncodePool");
const encoder = unitEncoder();
let queue: Promise<void> = Promise.resolve();

port.on("message", (message: ToWorker) => {
  queue = queue.then(() => (message.kind === "unit" ? answer(message.unit) : finish()));
});

async function answer(unit: Unit): Promise<void> {
  const outcome = await attempt(() => encoder.encode(unit)).catch((error: unknown) => ({
    ok: false as const,
    failure: internal(error),
  }));
  if (outcome.ok) post({ kind: "done", id: unit.id, features: outcome.value }, [outcome.value.buffer]);
  else post({ kind: "failed", id: unit.id, failure: outcome.failure }, []);
}

async function finish(): Promise<void> {
  await encoder.close();
  port?.close();
}

function post(message: FromWorker, transfer: readonly ArrayBuffer[]): void {
  port?.postMessage(message, [...transfer]);
}

function internal(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "the tiles to be encoded",
    received: error instanceof Error ? (error.stack ?? error.message) : String(error),
    remedy: "run again; if it happens twice, report it with this text",
  };
}

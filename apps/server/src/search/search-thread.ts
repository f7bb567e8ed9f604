/** The thread that searches: comparing takes a tenth of a second and drawing a map a minute, which nobody's tiles may wait for. */
import { parentPort } from "node:worker_threads";
import { attempt, type Failure } from "@nacre/core";
import { OpenSearches } from "./find-alike.ts";
import { makeMap } from "./make-map.ts";
import type { FromSearch, ToSearch } from "./search-desk.ts";
import type { MapProgress, SearchWork } from "./search-work.ts";

const port = parentPort;
if (port === null)
  throw new TypeError("expected to run as a worker thread, received none: start it through searchDesk");
const searches = new OpenSearches();
let turn: Promise<unknown> = Promise.resolve();

const stops = new Map<number, AbortController>();

// One after the other: two at once would only share the same processor and twice the memory.
port.on("message", (message: ToSearch) => {
  if (message.kind === "stop") {
    stops.get(message.id)?.abort();
    return;
  }
  const stop = new AbortController();
  stops.set(message.id, stop);
  turn = turn.then(() => answer(message.id, message.work, stop.signal)).finally(() => stops.delete(message.id));
});

async function answer(id: number, work: SearchWork, signal: AbortSignal): Promise<void> {
  const post = (message: FromSearch): void => port?.postMessage(message);
  const outcome = await attempt<FromSearch>(async () => {
    if (work.kind === "alike") return { kind: "done", id, value: await searches.alike(work) };
    const onProgress = (progress: MapProgress): void => post({ kind: "progress", id, progress });
    return { kind: "done", id, value: await makeMap(work, { onProgress, signal }) };
  }).catch((error: unknown) => ({ ok: false as const, failure: internal(error) }));
  post(outcome.ok ? outcome.value : { kind: "failed", id, failure: outcome.failure });
}

function internal(error: unknown): Failure {
  return {
    kind: "internal",
    expected: "the search to end",
    received: error instanceof Error ? error.message : String(error),
    remedy: "try again; if it happens twice, report it with this text",
  };
}

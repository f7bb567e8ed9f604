/** The thread that searches: comparing takes a tenth of a second and drawing a map a minute, which nobody's tiles may wait for. */
import { parentPort } from "node:worker_threads";
import { attempt, type Failure } from "@nacre/core";
import { OpenSearches } from "./find-alike.ts";
import { makeMap } from "./make-map.ts";
import type { FromSearch, ToSearch } from "./search-desk.ts";

const port = parentPort;
if (port === null)
  throw new TypeError("expected to run as a worker thread, received none: start it through searchDesk");
const searches = new OpenSearches();
let turn: Promise<unknown> = Promise.resolve();

// One after the other: two at once would only share the same processor and twice the memory.
port.on("message", (message: ToSearch) => {
  turn = turn.then(() => answer(message));
});

async function answer({ id, work }: ToSearch): Promise<void> {
  const post = (message: FromSearch): void => port?.postMessage(message);
  const outcome = await attempt<FromSearch>(async () => {
    if (work.kind === "alike") return { kind: "done", id, value: await searches.alike(work) };
    const value = await makeMap(work, (done, total) => post({ kind: "progress", id, done, total }));
    return { kind: "done", id, value };
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

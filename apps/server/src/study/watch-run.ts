/** What happened in a run since a caller last listened, then what happens, until it is at rest. */
import type { Services } from "../services.ts";
import { beforeLastTry, eventsAfter, findRun, type SeenEvent } from "./run-rows.ts";
import { isAtRest } from "./studies.ts";

export interface Watching {
  readonly run: string;
  /** Number of the last event that was heard; 0: none. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Whether this process has the run at work, or in line. */
  readonly isInHand: () => boolean;
}

/** Events in order, none twice; progress bears the number of the event before it, because it is not kept. */
export async function* watchRun(
  { db, events }: Pick<Services, "db" | "events">,
  { run, after, signal, isInHand }: Watching,
): AsyncGenerator<SeenEvent> {
  const waiting: SeenEvent[] = [];
  let wake = (): void => {};
  const end = events.listen((event) => {
    if (event.kind !== "run" || event.run !== run) return;
    // Progress takes the place of progress: a caller that reads slowly must not fill the memory.
    if (event.event.kind === "progress" && waiting.at(-1)?.event.kind === "progress") waiting.pop();
    waiting.push({ seq: event.seq, event: event.event });
    wake();
  });
  const onAbort = (): void => wake();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    // Who listens anew hears of the last try alone: what an earlier one told, such as a failure that was mended since, is no news.
    let last = after > 0 ? after : await beforeLastTry(db, run);
    // So many at a time: what is beyond them must not be lost.
    for (let some = await eventsAfter(db, run, last); some.length > 0; some = await eventsAfter(db, run, last)) {
      for (const seen of some) {
        last = seen.seq;
        yield seen;
      }
    }
    const row = await findRun(db, run);
    if (row?.progress != null) yield { seq: last, event: { kind: "progress", progress: row.progress } };
    if (row === undefined || (isAtRest(row.state) && !isInHand())) {
      if (row !== undefined) yield { seq: last, event: { kind: "state", state: row.state, failure: row.failure } };
      return;
    }
    while (!signal.aborted) {
      for (let seen = waiting.shift(); seen !== undefined; seen = waiting.shift()) {
        // Progress is not kept, so it bears the number of what came before it.
        if (seen.event.kind !== "progress" && seen.seq <= last) continue;
        last = Math.max(last, seen.seq);
        yield { ...seen, seq: last };
        if (seen.event.kind === "state" && isAtRest(seen.event.state)) return;
      }
      await new Promise<void>((next) => {
        wake = next;
        if (waiting.length > 0 || signal.aborted) next();
      });
    }
  } finally {
    end();
    signal.removeEventListener("abort", onAbort);
  }
}

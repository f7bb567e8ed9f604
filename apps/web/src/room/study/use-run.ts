/** A run as it is known, with what its events have told since. */
import { type ApiFailure, type RunEvent, type RunPage, type RunState, readRun, watchRun } from "@nacre/api";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { CallFailure } from "../client/call.ts";
import { useCall } from "../client/use-call.ts";
import { type EventsState, useEvents } from "../client/use-events.ts";
import { isLive } from "./words.ts";

/** What events add to the page between two readings of it. */
export interface Heard {
  readonly progress: RunPage["progress"];
  readonly log: RunPage["log"];
  readonly losses: RunPage["losses"];
  readonly failures: readonly { readonly name: string; readonly failure: ApiFailure }[];
  /** The state in which it came to rest; null: it has not. */
  readonly rest: RunState | null;
}

export const NOTHING: Heard = { progress: null, log: [], losses: [], failures: [], rest: null };
const LOG_LINES = 500;

/** The heard things with one event more. Of states only the last counts: the others are read anew. */
export function withEvent(heard: Heard, event: RunEvent): Heard {
  if (event.kind === "state") return isLive(event.state) ? heard : { ...heard, rest: event.state };
  if (event.kind === "progress") return { ...heard, progress: event.progress };
  if (event.kind === "said")
    return { ...heard, log: [...heard.log, { at: event.at, text: event.text }].slice(-LOG_LINES) };
  if (event.kind === "loss") {
    const { kind: _, ...loss } = event;
    return { ...heard, losses: [...heard.losses, loss] };
  }
  if (event.kind === "slide" && event.failure !== null)
    return { ...heard, failures: [...heard.failures, { name: event.slide, failure: event.failure }] };
  return heard;
}

/** Losses of both, each fold and epoch once, the later telling. */
export function joinLosses(read: RunPage["losses"], heard: RunPage["losses"]): RunPage["losses"] {
  return [...new Map([...read, ...heard].map((loss) => [`${loss.fold} ${loss.epoch}`, loss])).values()];
}

export interface LiveRun {
  readonly run: RunPage | undefined;
  readonly failure: CallFailure | null;
  readonly again: () => void;
  readonly events: EventsState;
}

export function useRun(key: string): LiveRun {
  const client = useQueryClient();
  const { data, error, refetch } = useCall(readRun, { params: { run: key } });
  const [heard, setHeard] = useState(NOTHING);
  const [since, setSince] = useState(data);
  // A new reading holds what was told before it.
  if (since !== data) {
    setSince(data);
    setHeard((old) => ({ ...NOTHING, losses: old.losses }));
  }
  const events = useEvents(
    watchRun,
    // After its end nothing comes: a stream that closes then is no lost connection.
    data !== undefined && isLive(data.state) && heard.rest === null ? { params: { run: key } } : null,
    (event) => {
      setHeard((old) => withEvent(old, event));
      if (event.kind === "state" && event.state !== data?.state) {
        void refetch();
        void client.invalidateQueries({ queryKey: ["listRuns"] });
      }
    },
  );
  const run =
    data === undefined
      ? undefined
      : {
          ...data,
          state: heard.rest ?? data.state,
          progress: heard.progress ?? data.progress,
          log: joinLog(data.log, heard.log),
          losses: joinLosses(data.losses, heard.losses),
          failures: joinFailures(data.failures, heard.failures),
        };
  return { run, failure: error, again: () => void refetch(), events };
}

function joinLog(read: RunPage["log"], heard: RunPage["log"]): RunPage["log"] {
  const known = new Set(read.map(({ at, text }) => `${at} ${text}`));
  return [...read, ...heard.filter(({ at, text }) => !known.has(`${at} ${text}`))].slice(-LOG_LINES);
}

function joinFailures(read: RunPage["failures"], heard: Heard["failures"]): RunPage["failures"] {
  const known = new Set(read.map(({ name }) => name));
  return [...read, ...heard.filter(({ name }) => !known.has(name)).map((one) => ({ ...one, slide: null }))];
}

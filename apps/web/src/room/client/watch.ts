/**
 * Server-sent events over fetch (WHATWG HTML, section 9.2): unlike EventSource it sees the status of a refusal, so that a signed-out
 * page asks to sign in. A broken connection is taken up again after 1, 2, 4 … 30 s, from the last event's id.
 */
import type { Route, RouteCall, RouteReply } from "@nacre/api";
import { addressOf, CallFailure, failureOf } from "./call.ts";

export interface Hearer<T> {
  hear(data: T): void;
  /** "open": events flow · "waiting": the connection broke and is tried again. */
  state?(state: "open" | "waiting"): void;
  failed?(failure: CallFailure): void;
}

/** Splits a stream of text into events. Feed it pieces in order; it gives the whole events so far. */
export function eventReader(): (piece: string) => { id: string | null; data: string }[] {
  let rest = "";
  return (piece) => {
    // A carriage return at the end may be half of a line's end: it waits for the next piece.
    const [, whole = "", half = ""] = /^(.*?)(\r?)$/s.exec(rest + piece) ?? [];
    const blocks = whole.replace(/\r\n?/g, "\n").split("\n\n");
    rest = (blocks.pop() ?? "") + half;
    return blocks.flatMap((block) => {
      const lines = block.split("\n");
      const of = (name: string) =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).replace(/^ /, ""));
      const data = of("data");
      return data.length > 0 ? [{ id: of("id").at(-1) ?? null, data: data.join("\n") }] : [];
    });
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    const end = (): void => {
      clearTimeout(timer);
      done();
    };
    signal.addEventListener("abort", end, { once: true });
  });

/** Listens until `signal` ends it, or the service refuses. Data that the schema does not know are left out. */
export async function watch<T extends Route>(
  route: T,
  input: RouteCall<T>,
  hearer: Hearer<RouteReply<T>>,
  signal: AbortSignal,
): Promise<void> {
  let last: string | null = null;
  let waitMs = 1000;
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = { accept: "text/event-stream" };
      if (last !== null) headers["last-event-id"] = last;
      const response = await fetch(addressOf(route, input), { headers, credentials: "same-origin", signal });
      if (!response.ok || response.body === null) throw await failureOf(response);
      hearer.state?.("open");
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const read = eventReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        for (const event of read(piece.value)) {
          waitMs = 1000;
          last = event.id ?? last;
          const parsed = route.reply.safeParse(JSON.parse(event.data));
          if (parsed.success) hearer.hear(parsed.data as RouteReply<T>);
        }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CallFailure && error.status >= 400 && error.status < 500 && error.status !== 429)
        return hearer.failed?.(error);
    }
    hearer.state?.("waiting");
    await pause(waitMs, signal);
    waitMs = Math.min(30_000, waitMs * 2);
  }
}

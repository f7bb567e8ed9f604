/** The annotations of a slide in a page: what the service holds is read again every so often, and what waits is sent when it can be. */
import { changeAnnotations, listAnnotations } from "@nacre/api";
import { useEffect, useState, useSyncExternalStore } from "react";
import { call, isCallFailure } from "../../client/call.ts";
import { useCall } from "../../client/use-call.ts";
import { useSession } from "../../shell/session.tsx";
import { failureIn } from "../../ui/failure.tsx";
import { Ledger, type LedgerView, type Sent } from "./ledger.ts";
import { browserShelf, Outbox } from "./outbox.ts";

export interface Annotations {
  readonly ledger: Ledger;
  readonly view: LedgerView;
  /** Reads the service's list again. */
  readonly refresh: () => void;
}

const EVERY_MS = 20_000;

export function useAnnotations(slide: string): Annotations {
  const { person } = useSession();
  const [ledger] = useState(() => openLedger(slide, person));
  const list = useCall(listAnnotations, { params: { slide } }, { everyMs: EVERY_MS });
  useEffect(() => {
    if (list.data !== undefined) ledger.load(list.data.rows);
  }, [ledger, list.data]);
  useEffect(() => {
    const retry = (): void => void ledger.flush();
    addEventListener("online", retry);
    // What still waits when the slide is left goes on being sent while the page lives.
    return () => removeEventListener("online", retry);
  }, [ledger]);
  const view = useSyncExternalStore(ledger.subscribe, ledger.view);
  const isAtRisk = !view.isKept && view.waiting > 0;
  useEffect(() => {
    if (!isAtRisk) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [isAtRisk]);
  return { ledger, view, refresh: () => void list.refetch() };
}

function openLedger(slide: string, { id, name }: { readonly id: string; readonly name: string }): Ledger {
  return new Ledger({
    outbox: new Outbox(browserShelf(), id, slide),
    author: name,
    newId,
    now: Date.now,
    later(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    async send(changes): Promise<Sent> {
      try {
        return {
          kind: "made",
          reply: await call(changeAnnotations, { params: { slide }, body: { changes: [...changes] } }),
        };
      } catch (error) {
        const status = isCallFailure(error) ? error.status : 0;
        return {
          kind: "failed",
          failure: failureIn(error),
          isPassing: status === 0 || status >= 500 || status === 429,
        };
      }
    },
  });
}

/** A random id; where the page is served without encryption over a network, the browser has no `randomUUID`. */
export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

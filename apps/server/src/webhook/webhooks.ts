/**
 * Tells addresses of events: three tries each, with longer waits between them, one after another for each address. What waits is held in
 * memory: it is lost when the service stops, which the last state of the webhook then does not hide, since events are hints to come and look.
 */
import { randomUUID } from "node:crypto";
import type { WEBHOOK_EVENTS } from "@nacre/api";
import type { ServiceEvent } from "../event-hub.ts";
import type { Services } from "../services.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { type Resolve, resolveName } from "./reach.ts";

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface WebhookOptions {
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
  /** Waits before the second and the third try. */
  readonly waitsMs?: readonly number[];
}

export interface Webhooks {
  /** Resolves when nothing waits: for tests. */
  settle(): Promise<void>;
  /** Ends what waits. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 5000;
const WAITS_MS = [2000, 15_000];
/** Events that wait for one address; more are left out, and the state says so. */
const MOST_WAITING = 100;

interface Told {
  readonly event: WebhookEvent;
  /** Keys alone: no name leaves the house. */
  readonly body: Readonly<Record<string, string>>;
}

/** What of an event goes out; null: nothing. */
export function toldOf(event: ServiceEvent): Told | null {
  switch (event.kind) {
    case "draft.signed":
    case "case.changed":
      return { event: event.kind, body: { project: event.project, case: event.case } };
    case "run": {
      if (event.event.kind !== "state") return null;
      const { state } = event.event;
      if (state !== "finished" && state !== "failed") return null;
      return { event: `run.${state}`, body: { project: event.project, run: event.run } };
    }
    case "jobs":
      return null;
  }
}

/** Listens to the hub until it is closed. */
export function startWebhooks(
  services: Pick<Services, "db" | "config" | "events" | "now" | "log">,
  options: WebhookOptions = {},
): Webhooks {
  const { db, config, events, now, log } = services;
  const { resolve = resolveName, timeoutMs = TIMEOUT_MS, waitsMs = WAITS_MS } = options;
  const closing = new AbortController();
  const chains = new Map<string, { waiting: number; last: Promise<void> }>();
  const started = new Set<Promise<void>>();

  const keep = (id: string, { status, text }: Pick<Delivered, "status" | "text">) =>
    db
      .updateTable("webhook")
      .set({ last: JSON.stringify({ at: now().toISOString(), status, text }) })
      .where("id", "=", id)
      .execute();

  const send = async (hook: { readonly id: string; readonly url: string; readonly secret: string }, body: string) => {
    const limits = { hosts: config.webhookHosts, resolve, timeoutMs, signal: closing.signal };
    for (const [tried, wait] of [0, ...waitsMs].entries()) {
      if (wait > 0) await rest(wait, closing.signal);
      if (closing.signal.aborted) return;
      const made = await deliver({ url: hook.url, secret: hook.secret, body }, limits);
      if (closing.signal.aborted) return;
      await keep(hook.id, {
        ...made,
        text: made.isDone ? made.text : `${made.text} (try ${tried + 1} of ${waitsMs.length + 1})`,
      });
      if (made.isDone || !made.mayRetry) return;
    }
  };

  const queue = (hook: { readonly id: string; readonly url: string; readonly secret: string }, body: string) => {
    const chain = chains.get(hook.id) ?? { waiting: 0, last: Promise.resolve() };
    chains.set(hook.id, chain);
    if (chain.waiting >= MOST_WAITING)
      return void log.warn({ webhook: hook.id }, "too many events wait for a webhook: one is left out");
    chain.waiting += 1;
    chain.last = chain.last
      .then(() => send(hook, body))
      .catch((error: unknown) => log.error({ webhook: hook.id, err: error }, "a webhook could not be told"))
      .finally(() => {
        chain.waiting -= 1;
      });
  };

  const hear = async (event: ServiceEvent) => {
    const told = toldOf(event);
    if (told === null) return;
    const at = now().toISOString();
    const hooks = await db.selectFrom("webhook").select(["id", "url", "secret", "events"]).execute();
    for (const hook of hooks.filter((one) => one.events.includes(told.event)))
      queue(hook, JSON.stringify({ id: randomUUID(), at, event: told.event, ...told.body }));
  };

  const stop = events.listen((event) => {
    const heard = hear(event).catch((error: unknown) => log.error({ err: error }, "webhooks could not be read"));
    started.add(heard);
    void heard.finally(() => started.delete(heard));
  });

  const settle = async () => {
    await Promise.all(started);
    await Promise.all([...chains.values()].map(({ last }) => last));
  };
  const close = async () => {
    stop();
    closing.abort();
    await settle();
  };
  return { settle, close };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      end();
    }
  });
}

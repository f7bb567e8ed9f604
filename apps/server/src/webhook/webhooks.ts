/**
 * Tells addresses of events: seven tries each within three hours, with longer and longer waits between them. What waits is kept in the
 * queue of the database: a service that stops, or dies, goes on with it when it is back, unless it is older than a day by then. An
 * address may hear of an event twice, where the service died within a try: `id` is the same.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as rest } from "node:timers/promises";
import type { WEBHOOK_EVENTS } from "@nacre/api";
import type { PgBoss } from "pg-boss";
import type { ServiceEvent } from "../event-hub.ts";
import { patiently } from "../job/patience.ts";
import type { Services } from "../services.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { type Resolve, resolveName } from "./reach.ts";
import { type HeldEvent, MOST_AGE_SECONDS, webhookQueue } from "./webhook-queue.ts";

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export interface WebhookOptions {
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
  /** Waits before the second try and those after it. */
  readonly waitsMs?: readonly number[];
}

export interface Webhooks {
  /** Resolves when nothing waits of what this process heard: for tests. */
  settle(): Promise<void>;
  /** Ends the telling; what waits is kept. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 5000;
/** A receiver that is mended within two hours hears of all. */
const WAITS_MS = [2_000, 15_000, 60_000, 300_000, 1_800_000, 7_200_000];
/** Events of this process that wait for one address; more are left out, and the log says so. */
const MOST_WAITING = 1000;
/** Addresses that are told at once. */
const AT_ONCE = 8;
/** How often it is looked for what another life of the service left in the middle of a try. */
const POLL_MS = 15_000;

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

/** Listens to the hub until it is closed. `boss` is asked for only where somebody wants to be told. */
export function startWebhooks(
  services: Pick<Services, "db" | "config" | "events" | "now" | "log">,
  boss: () => Promise<PgBoss>,
  options: WebhookOptions = {},
): Webhooks {
  return new HookTeller(services, boss, options);
}

class HookTeller implements Webhooks {
  readonly #services: Parameters<typeof startWebhooks>[0];
  readonly #options: Required<WebhookOptions>;
  readonly #queue: ReturnType<typeof webhookQueue>;
  readonly #closing = new AbortController();
  /** Events that this process put into the queue and that have not ended, with their webhooks. */
  readonly #waiting = new Map<string, string>();
  readonly #under = new Set<Promise<void>>();
  readonly #stop: () => void;
  #heard: Promise<void> = Promise.resolve();
  #inHand = 0;
  #telling: Promise<void> | null = null;
  #wake: () => void = () => {};

  constructor(services: Parameters<typeof startWebhooks>[0], boss: () => Promise<PgBoss>, options: WebhookOptions) {
    this.#services = services;
    this.#options = { resolve: resolveName, timeoutMs: TIMEOUT_MS, waitsMs: WAITS_MS, ...options };
    this.#queue = webhookQueue(services.db, boss);
    this.#stop = services.events.listen((event) => {
      const at = services.now().toISOString();
      // One after the other: the queue knows their order by the moments at which they came to it.
      this.#heard = this.#heard.then(() => this.#hear(event, at)).catch((error) => this.#log(error));
      this.#follow(this.#heard);
    });
    // What an earlier life of the service left.
    this.#follow(this.#hooks().then((hooks) => (hooks.length === 0 ? undefined : this.#begin())));
  }

  async settle(): Promise<void> {
    while (this.#under.size > 0 || this.#waiting.size > 0) {
      await Promise.all(this.#under);
      if (this.#closing.signal.aborted) break;
      await rest(5);
    }
  }

  async close(): Promise<void> {
    this.#stop();
    this.#closing.abort();
    this.#wake();
    await this.#telling;
    await Promise.all(this.#under);
  }

  /** Keeps what is under way; what goes wrong stands in the log. */
  #follow(work: Promise<void>): void {
    const logged = work.catch((error: unknown) => this.#log(error));
    this.#under.add(logged);
    void logged.finally(() => this.#under.delete(logged));
  }

  #log(error: unknown): void {
    if (!this.#closing.signal.aborted) this.#services.log.error({ err: error }, "webhooks could not be told");
  }

  #hooks() {
    return this.#services.db.selectFrom("webhook").select(["id", "events"]).execute();
  }

  async #hear(event: ServiceEvent, at: string): Promise<void> {
    const told = toldOf(event);
    if (told === null) return;
    const { signal } = this.#closing;
    const hooks = await patiently(() => this.#hooks(), { signal });
    const wanted = hooks.filter((hook) => hook.events.includes(told.event) && this.#hasRoom(hook.id));
    if (wanted.length === 0) return;
    const events = wanted.map((hook) => {
      const id = randomUUID();
      return { id, hook: hook.id, body: JSON.stringify({ id, at, event: told.event, ...told.body }), at, tried: 0 };
    });
    for (const { id, hook } of events) this.#waiting.set(id, hook);
    await patiently(() => this.#queue.put(events), { signal });
    this.#begin();
  }

  #hasRoom(hook: string): boolean {
    const waiting = [...this.#waiting.values()].filter((id) => id === hook).length;
    if (waiting >= MOST_WAITING)
      this.#services.log.warn({ webhook: hook }, "too many events wait for a webhook: one is left out");
    return waiting < MOST_WAITING;
  }

  #begin(): void {
    this.#telling ??= this.#tellAll();
    this.#wake();
  }

  async #tellAll(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const woken = new Promise<void>((wake) => {
        this.#wake = wake;
      });
      const held = await this.#take(AT_ONCE - this.#inHand);
      for (const one of held) this.#follow(this.#tell(one));
      if (held.length > 0) continue;
      const timer = setTimeout(this.#wake, POLL_MS);
      await woken;
      clearTimeout(timer);
    }
  }

  async #take(most: number): Promise<HeldEvent[]> {
    if (most < 1) return [];
    const { signal } = this.#closing;
    try {
      return await patiently(() => this.#queue.take(most), { signal });
    } catch (error) {
      this.#log(error);
      return [];
    }
  }

  async #tell(held: HeldEvent): Promise<void> {
    const { signal } = this.#closing;
    this.#inHand++;
    try {
      const wait = signal.aborted ? "later" : await this.#try(held);
      if (wait === "later") return await this.#queue.giveBack(held);
      if (wait !== "ended") {
        await patiently(() => this.#queue.again(held, wait), { signal });
        setTimeout(() => this.#wake(), wait + 1).unref();
        return;
      }
      await patiently(() => this.#queue.end(held), { signal });
      this.#waiting.delete(held.event.id);
    } finally {
      this.#inHand--;
      this.#wake();
    }
  }

  /** @returns what now: it has ended, it is for a later life, or it is tried again after so many milliseconds */
  async #try({ event }: HeldEvent): Promise<"ended" | "later" | number> {
    const { db, config, now } = this.#services;
    const { resolve, timeoutMs, waitsMs } = this.#options;
    const { signal } = this.#closing;
    const hook = await db
      .selectFrom("webhook")
      .select(["url", "secret"])
      .where("id", "=", event.hook)
      .executeTakeFirst();
    if (hook === undefined) return "ended";
    if (now().getTime() - Date.parse(event.at) > MOST_AGE_SECONDS * 1000) {
      await this.#keep(event.hook, { status: null, text: "not told within a day: left out" });
      return "ended";
    }
    const limits = { hosts: config.webhookHosts, resolve, timeoutMs, signal };
    const made = await deliver({ ...hook, body: event.body }, limits);
    if (signal.aborted && !made.isDone) return "later";
    const tried = `${made.text} (try ${event.tried + 1} of ${waitsMs.length + 1})`;
    await this.#keep(event.hook, { ...made, text: made.isDone ? made.text : tried });
    const wait = waitsMs[event.tried];
    return made.isDone || !made.mayRetry || wait === undefined ? "ended" : wait;
  }

  async #keep(hook: string, { status, text }: Pick<Delivered, "status" | "text">): Promise<void> {
    const { db, now } = this.#services;
    await db
      .updateTable("webhook")
      .set({ last: JSON.stringify({ at: now().toISOString(), status, text }) })
      .where("id", "=", hook)
      .execute();
  }
}

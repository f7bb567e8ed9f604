/**
 * Events on their way to webhooks, kept in the queue of the database, so that a restart loses none. One at a time for each address, in
 * their order; one that must be tried again is put behind with its next moment. A process that dies within a try has it given back
 * when the try has expired.
 */
import { randomUUID } from "node:crypto";
import type { Kysely } from "kysely";
import { fromKysely, type PgBoss } from "pg-boss";
import type { Tables } from "../store/tables.ts";

export interface WaitingEvent {
  /** The event's own, as the body tells it. */
  readonly id: string;
  /** Whom it is for; address and secret are read at each try. */
  readonly hook: string;
  readonly body: string;
  /** When it happened, ISO. */
  readonly at: string;
  /** Tries so far. */
  readonly tried: number;
}

/** An event in the hands of this process. */
export interface HeldEvent {
  readonly job: string;
  readonly event: WaitingEvent;
}

export interface WebhookQueue {
  put(events: readonly WaitingEvent[]): Promise<void>;
  /** @returns at most so many, none for an address that has one in hand */
  take(most: number): Promise<HeldEvent[]>;
  /** It is told, or given up. */
  end(held: HeldEvent): Promise<void>;
  /** It is tried again after a while. */
  again(held: HeldEvent, afterMs: number): Promise<void>;
  /** It is left to whoever comes next, as if it had not been taken. */
  giveBack(held: HeldEvent): Promise<void>;
}

const NAME = "webhooks";
/** Events older than this are not told any more. */
export const MOST_AGE_SECONDS = 86_400;
/** A try that takes longer died with its process. */
const TRY_SECONDS = 30;

export function webhookQueue(db: Kysely<Tables>, boss: () => Promise<PgBoss>): WebhookQueue {
  let opening: Promise<PgBoss> | null = null;
  const open = (): Promise<PgBoss> => {
    opening ??= openOn(boss).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  return {
    async put(events) {
      await (await open()).insert(NAME, events.map(jobOf));
    },
    async take(most) {
      const jobs = await (await open()).fetch<WaitingEvent>(NAME, { batchSize: most });
      return jobs.map(({ id, data }) => ({ job: id, event: data }));
    },
    async end({ job }) {
      await (await open()).complete(NAME, job);
    },
    async again({ job, event }, afterMs) {
      const queue = await open();
      const next = jobOf({ ...event, tried: event.tried + 1 });
      await db.transaction().execute(async (tx) => {
        const within = { db: fromKysely(tx) };
        await queue.complete(NAME, job, null, within);
        await queue.insert(NAME, [{ ...next, startAfter: new Date(Date.now() + afterMs) }], within);
      });
    },
    async giveBack({ job }) {
      await (await open()).fail(NAME, job);
    },
  };
}

function jobOf(event: WaitingEvent) {
  return { data: event, singletonKey: event.hook };
}

async function openOn(boss: () => Promise<PgBoss>): Promise<PgBoss> {
  const opened = await boss();
  await opened.createQueue(NAME, {
    // One in hand for each address, the oldest first.
    policy: "key_strict_fifo",
    expireInSeconds: TRY_SECONDS,
    // Tries are counted in the event; these are deaths.
    retryLimit: 1000,
    retryDelay: 0,
    retentionSeconds: MOST_AGE_SECONDS,
    deleteAfterSeconds: 3600,
  });
  // Looked up once, here: within a transaction of ours, on one connection, it would wait for itself.
  await opened.touch(NAME, randomUUID());
  return opened;
}

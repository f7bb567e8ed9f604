/** A worker: a process anywhere that takes units from the queue of a service and does them, until it is told to stop. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { attempt, type Outcome, raise } from "@nacre/core";
import { unitDoer } from "./encode-unit.ts";
import { openQueue } from "./open-queue.ts";
import type { PathRule } from "./path-map.ts";
import { isAway } from "./patience.ts";
import { openWorkerStore } from "./worker-store.ts";

export interface WorkerOptions {
  readonly databaseUrl: string;
  /** Units in hand at once. */
  readonly parallel: number;
  /** Threads that encode one slide. */
  readonly threads?: number;
  readonly maps?: readonly PathRule[];
  readonly scratch?: string;
  /** Ends the work: units in hand are put back. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly heartbeatSeconds?: number;
  readonly superviseSeconds?: number;
  readonly pollMs?: number;
}

export interface WorkerEnd {
  readonly worker: string;
  readonly done: number;
  readonly failed: number;
}

/** Works until the signal; a database that is away is waited for. Failures: bad-usage of an address that is no PostgreSQL. */
export function runWorker(options: WorkerOptions): Promise<Outcome<WorkerEnd>> {
  return attempt(() => work(options));
}

async function work(options: WorkerOptions): Promise<WorkerEnd> {
  const { databaseUrl, parallel, threads = 1, maps = [], signal, say, ...rest } = options;
  if (!/^postgres(ql)?:\/\//.test(databaseUrl))
    raise("bad-usage", {
      expected: "postgres://user@host/database, the database of the service",
      received: "another address",
      remedy: "give --database, or set DATABASE_URL; a service without PostgreSQL does its work alone",
    });
  const worker = `${hostname()}-${process.pid}-${randomBytes(2).toString("hex")}`;
  const counts = { done: 0, failed: 0 };
  const store = await openWorkerStore(databaseUrl, { signal, say }).catch((error: unknown) => {
    if (signal.aborted && isAway(error)) return null;
    throw error;
  });
  if (store === null) return { worker, ...counts };
  const { scratch, ...times } = rest;
  const queue = openQueue({ store, say, ...times });
  const doer = unitDoer({ maps, threads, ...(scratch === undefined ? {} : { scratch }) });
  say(`worker ${worker} takes ${parallel === 1 ? "1 unit" : `${parallel} units`} at a time`);
  try {
    await queue.work(
      async (unit, stop) => {
        try {
          await doer.do(unit, stop);
          counts.done++;
        } catch (error) {
          if (!stop.aborted) counts.failed++;
          throw error;
        }
      },
      { signal, parallel, worker },
    );
  } finally {
    await doer.close();
    await queue.close();
    await store.close().catch(() => {});
  }
  return { worker, ...counts };
}

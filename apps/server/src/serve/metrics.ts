/** Numbers for Prometheus: requests, latencies by route, queue, event loop, memory. Labels are patterns of routes, never keys. */
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { callerOf } from "../auth/caller.ts";
import { isFromHere } from "../auth/identify.ts";
import { checkDatabase } from "../service/health.ts";
import type { Services } from "../services.ts";
import type { PoolCounts } from "../tile/slide-pool.ts";
import { refuse } from "./refuse.ts";

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10];

export function addMetrics(app: FastifyInstance, { db, queue, store, slides }: Services): void {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register, prefix: "nacre_" });
  const labelNames = ["route", "method", "status"] as const;
  const requests = new Counter({ name: "nacre_requests_total", help: "Requests answered", labelNames, registers });
  const times = new Histogram({
    name: "nacre_request_seconds",
    help: "Time from a request's arrival to the end of its answer; the route of tiles ends in :row",
    labelNames: ["route"] as const,
    buckets: SECONDS,
    registers,
  });
  addStore({ db, queue, store }, registers);
  addPool(slides, registers);
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    requests.inc({ route, method: request.method, status: reply.statusCode });
    // A stream lasts as long as somebody watches: its length is no latency.
    if (!route.endsWith("/events")) times.observe({ route }, reply.elapsedTime / 1000);
  });
  app.get("/metrics", async (request, reply) => {
    if (callerOf(request).person?.role !== "admin" && !isFromHere(request))
      refuse("forbidden", {
        expected: "an admin's token, or a caller on this machine",
        received: "another",
        remedy: "give the collector a token with the role admin",
      });
    return reply
      .type(register.contentType)
      .header("cache-control", "no-store")
      .send(await register.metrics());
  });
}

function addStore({ db, queue, store }: Pick<Services, "db" | "queue" | "store">, registers: Registry[]): void {
  new Gauge({
    name: "nacre_database_up",
    help: "1 where the database answers",
    registers,
    async collect() {
      this.set((await checkDatabase(db)).ok ? 1 : 0);
    },
  });
  new Gauge({
    name: "nacre_units",
    help: "Units of work in the queue, by state",
    labelNames: ["state"] as const,
    registers,
    async collect() {
      this.reset();
      // Without a database the other numbers are wanted most.
      const page = await queue.status().catch(() => null);
      for (const [state, n] of Object.entries(page?.counts ?? {})) this.set({ state }, n);
    },
  });
  new Gauge({
    name: "nacre_store_info",
    help: "1 for the database in use",
    labelNames: ["kind"] as const,
    registers,
  }).set({ kind: store.kind }, 1);
}

/** Words for the numbers of the pool of reading threads. */
const NOW: Readonly<Record<Exclude<keyof PoolCounts, SinceStart>, readonly [name: string, help: string]>> = {
  threads: ["reader_threads", "Threads that read slides"],
  active: ["reader_threads_active", "Threads that are reading now"],
  waiting: ["pictures_waiting", "Pictures that wait for a thread"],
  cacheBytes: ["picture_cache_bytes", "Bytes of remembered pictures"],
};

type SinceStart = "cacheHits" | "done" | "deaths";

const SINCE_START: Readonly<Record<SinceStart, readonly [name: string, help: string]>> = {
  cacheHits: ["picture_cache_hits_total", "Pictures answered from memory"],
  done: ["pictures_read_total", "Requests that threads have answered"],
  deaths: ["reader_thread_deaths_total", "Threads that died or were ended"],
};

function addPool(slides: Services["slides"], registers: Registry[]): void {
  for (const [key, [name, help]] of Object.entries(NOW) as [keyof typeof NOW, readonly [string, string]][])
    new Gauge({
      name: `nacre_${name}`,
      help,
      registers,
      collect() {
        this.set(slides.counts()[key]);
      },
    });
  for (const [key, [name, help]] of Object.entries(SINCE_START) as [SinceStart, readonly [string, string]][])
    new Counter({
      name: `nacre_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(slides.counts()[key]);
      },
    });
}

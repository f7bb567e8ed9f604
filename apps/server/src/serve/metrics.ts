/** Numbers for Prometheus: requests, latencies by route, queue, event loop, memory. Labels are patterns of routes, never keys. */
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { callerOf } from "../auth/caller.ts";
import { isFromHere } from "../auth/identify.ts";
import type { Services } from "../services.ts";
import type { PoolCounts } from "../tile/slide-pool.ts";
import { refuse } from "./refuse.ts";

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10];

export function addMetrics(app: FastifyInstance, { queue, store, slides }: Services): void {
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
  new Gauge({
    name: "nacre_units",
    help: "Units of work in the queue, by state",
    labelNames: ["state"] as const,
    registers,
    async collect() {
      const { counts } = await queue.status();
      for (const [state, n] of Object.entries(counts)) this.set({ state }, n);
    },
  });
  addPool(slides, registers);
  new Gauge({
    name: "nacre_store_info",
    help: "1 for the database in use",
    labelNames: ["kind"] as const,
    registers,
  }).set({ kind: store.kind }, 1);
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

/** Words for the numbers of the pool of reading threads; the cumulative ones start at zero with the service. */
const POOL: Readonly<Record<keyof PoolCounts, readonly [name: string, help: string]>> = {
  threads: ["reader_threads", "Threads that read slides"],
  active: ["reader_threads_active", "Threads that are reading now"],
  waiting: ["pictures_waiting", "Pictures that wait for a thread"],
  cacheBytes: ["picture_cache_bytes", "Bytes of remembered pictures"],
  cacheHits: ["picture_cache_hits", "Pictures answered from memory since the start"],
  done: ["pictures_read", "Requests that threads have answered since the start"],
  deaths: ["reader_thread_deaths", "Threads that died or were ended since the start"],
};

function addPool(slides: Services["slides"], registers: Registry[]): void {
  for (const [key, [name, help]] of Object.entries(POOL) as [keyof PoolCounts, readonly [string, string]][]) {
    new Gauge({
      name: `nacre_${name}`,
      help,
      registers,
      collect() {
        this.set(slides.counts()[key]);
      },
    });
  }
}

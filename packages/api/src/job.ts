/** Units of work and the workers that do them: one slide and one encoder is one unit. */
import { z } from "zod";
import { failureSchema } from "./failure.ts";
import { keySchema, momentSchema } from "./key.ts";
import { defineRoute } from "./route.ts";

export const unitStateSchema = z.enum(["waiting", "active", "done", "failed", "cancelled"]);
export const readJobs = defineRoute("GET /jobs", {
  id: "readJobs",
  role: "viewer",
  summary: "What the queue holds and which workers are there",
  query: z.object({ run: keySchema.optional() }),
  reply: z.object({
    counts: z.record(unitStateSchema, z.number().int()),
    /** Units a second over the last minute. */
    rate: z.number(),
    secondsLeft: z.number().nullable(),
    workers: z.array(
      z.object({ id: z.string(), seen: momentSchema, done: z.number().int(), unit: z.string().nullable() }),
    ),
    failures: z.array(z.object({ unit: z.string(), slide: z.string(), failure: failureSchema })),
  }),
});
export type JobsPage = z.infer<typeof readJobs.reply>;

export const watchJobs = defineRoute("GET /jobs/events", {
  id: "watchJobs",
  role: "viewer",
  summary: "The same page, sent again whenever it changes, at most once a second",
  kind: "events",
  query: z.object({ run: keySchema.optional() }),
  reply: readJobs.reply,
});

export const retryUnits = defineRoute("POST /jobs/retry", {
  id: "retryUnits",
  role: "researcher",
  summary: "Puts failed units back into the queue; none named: all of them",
  body: z.object({ run: keySchema.nullable().default(null), units: z.array(z.string()).max(10_000).default([]) }),
  reply: z.object({ retried: z.number().int() }),
});

/** Studies: run folders that are there, and runs that are started, watched, stopped and taken up again. */
import { z } from "zod";
import { failureSchema } from "./failure.ts";
import { keySchema, momentSchema } from "./key.ts";
import { defineRoute } from "./route.ts";

export const runStateSchema = z.enum(["queued", "running", "stopped", "finished", "failed", "refused"]);
export type RunState = z.infer<typeof runStateSchema>;

export const progressSchema = z.object({
  /** The stretch of work: "features", "fit", … */
  title: z.string(),
  done: z.number(),
  total: z.number(),
  note: z.string().nullable(),
  secondsLeft: z.number().nullable(),
});

export const runRowSchema = z.object({
  key: keySchema,
  project: keySchema,
  name: z.string(),
  /** classify, survive, … */
  task: z.string(),
  encoder: z.string().nullable(),
  aggregator: z.string().nullable(),
  state: runStateSchema,
  progress: progressSchema.nullable(),
  failure: failureSchema.nullable(),
  slides: z.object({ ready: z.number().int(), failed: z.number().int(), waiting: z.number().int() }),
  /** Headline numbers of the scorecard: name, value, interval, patients. */
  numbers: z.array(
    z.object({
      name: z.string(),
      part: z.enum(["internal", "external"]),
      value: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
      n: z.number().int().nullable(),
    }),
  ),
  synthetic: z.boolean(),
  started: momentSchema.nullable(),
  finished: momentSchema.nullable(),
  by: z.string().nullable(),
});
export type RunRow = z.infer<typeof runRowSchema>;

const runParams = z.object({ run: keySchema });

export const listRuns = defineRoute("GET /runs", {
  id: "listRuns",
  role: "viewer",
  summary: "Runs of the projects that the caller may see, newest first",
  query: z.object({ project: keySchema.optional() }),
  reply: z.object({ rows: z.array(runRowSchema) }),
});

export const readRun = defineRoute("GET /runs/:run", {
  id: "readRun",
  role: "viewer",
  summary: "A run: study as resolved, scorecard, audit, failures with their reason, losses",
  params: runParams,
  reply: runRowSchema.extend({
    study: z.string(),
    summary: z.string().nullable(),
    scorecard: z.unknown(),
    audit: z.unknown(),
    failures: z.array(z.object({ slide: keySchema.nullable(), name: z.string(), failure: failureSchema })),
    losses: z.array(
      z.object({ fold: z.number().int(), epoch: z.number().int(), train: z.number(), tune: z.number().nullable() }),
    ),
    /** Remarks of the run, newest last, at most 500. */
    log: z.array(z.object({ at: momentSchema, text: z.string() })),
    hasReport: z.boolean(),
    /** Its folder inside the project, with `/`; "" is the project's folder itself. */
    folder: z.string().optional(),
    /** The study as resolved, each key with its dots: "split.by" is "site". */
    settings: z.record(z.string(), z.string()).optional(),
    /** Files that `readRunFile` gives to the caller. */
    files: z.array(z.string()).optional(),
  }),
});
export type RunPage = z.infer<typeof readRun.reply>;

export const runEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("state"), state: runStateSchema, failure: failureSchema.nullable() }),
  z.object({ kind: z.literal("progress"), progress: progressSchema }),
  z.object({ kind: z.literal("said"), at: momentSchema, text: z.string() }),
  z.object({ kind: z.literal("slide"), slide: z.string(), state: z.string(), failure: failureSchema.nullable() }),
  z.object({
    kind: z.literal("loss"),
    fold: z.number().int(),
    epoch: z.number().int(),
    train: z.number(),
    tune: z.number().nullable(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export const watchRun = defineRoute("GET /runs/:run/events", {
  id: "watchRun",
  role: "viewer",
  summary: "What happens in a run, as it happens; `Last-Event-ID` goes on where a connection broke",
  kind: "events",
  params: runParams,
  reply: runEventSchema,
});

/** A longer one takes seconds to be read where it is made for that: brackets in brackets, one key a thousand times. */
const studyText = z.string().max(20_000);

export const startRun = defineRoute("POST /runs", {
  id: "startRun",
  role: "researcher",
  summary: "Checks a study and starts it. `study` is a study file's text; paths in it are inside the project",
  body: z.object({ project: keySchema, study: studyText, name: z.string().max(120).optional() }),
  reply: runRowSchema,
});

export const checkRun = defineRoute("POST /runs/check", {
  id: "checkRun",
  role: "researcher",
  summary: "What would be wrong with a study, without starting it",
  body: z.object({ project: keySchema, study: studyText }),
  reply: z.object({
    ok: z.boolean(),
    failure: failureSchema.nullable(),
    resolved: z.string().nullable(),
    /** What the study would do, a sentence each: slides and patients, what is not there, how patients are divided. */
    says: z.array(z.string()).optional(),
  }),
});

export const stopRun = defineRoute("POST /runs/:run/stop", {
  id: "stopRun",
  role: "researcher",
  summary: "Stops a run; what is finished stays and `resume` goes on from there",
  params: runParams,
  reply: runRowSchema,
});

export const resumeRun = defineRoute("POST /runs/:run/resume", {
  id: "resumeRun",
  role: "researcher",
  summary: "Goes on with a stopped or failed run; failed slides are tried again",
  params: runParams,
  reply: runRowSchema,
});

export const readReport = defineRoute("GET /runs/:run/report", {
  id: "readReport",
  role: "viewer",
  summary: "The report of a run as it lies in its folder: one HTML file",
  kind: "bytes",
  params: runParams,
  reply: z.any(),
});

/** Files of a run that may be taken along. */
export const RUN_FILES = [
  "predictions.csv",
  "tune-predictions.csv",
  "slides.csv",
  "scorecard.json",
  "table.md",
  "table.tex",
  "tripod-ai.md",
  "claim.md",
  "model-card.md",
  "summary.md",
  "study.yaml",
  "provenance.json",
] as const;
export type RunFile = (typeof RUN_FILES)[number];

export const readRunFile = defineRoute("GET /runs/:run/files/:file", {
  id: "readRunFile",
  role: "viewer",
  summary: "One file of a run as it lies in its folder: predictions, slides, numbers, tables for a paper",
  kind: "bytes",
  params: runParams.extend({ file: z.enum(RUN_FILES) }),
  reply: z.any(),
});

export const readBoard = defineRoute("GET /board", {
  id: "readBoard",
  role: "viewer",
  summary: "The board over the runs of a project: methods, tasks, ranks with intervals, evidence behind each number",
  query: z.object({ project: keySchema }),
  reply: z.object({
    board: z.unknown(),
    html: z.string().nullable(),
    /** Which run stands behind each entry of the board, by the entry's name: two runs may have one name. */
    runs: z.array(z.object({ key: keySchema, name: z.string(), entry: z.string() })),
    /** Why there is none, where there is none. */
    reason: z.string().nullable(),
  }),
});

/** What a map is being made of, in order: vectors read, components, neighbours, layout, the columns judged. */
export const mapPhaseSchema = z.enum(["reading", "components", "neighbours", "layout", "judging"]);
export type MapPhase = z.infer<typeof mapPhaseSchema>;

export const mapSchema = z.object({
  run: keySchema,
  /** A program drew slides of this run. */
  synthetic: z.boolean().optional(),
  /** What the points are. */
  unit: z.enum(["slide", "tile"]),
  /** How far the drawing is, where it was not done in the time that was waited: then there are no points yet. Ask again; drawing stops when nobody does. */
  progress: z.object({ done: z.number().int(), of: z.number().int(), phase: mapPhaseSchema }).nullable().optional(),
  /** How many there were before sampling. */
  of: z.number().int(),
  method: z.string(),
  x: z.array(z.number()),
  y: z.array(z.number()),
  slides: z.array(z.object({ key: keySchema, name: z.string() })),
  /** Index into slides, one a point. */
  slide: z.array(z.number().int()),
  /** Place at level 0 and side, one a point; empty for slides. */
  tileX: z.array(z.number()),
  tileY: z.array(z.number()),
  tileSize: z.number().nullable(),
  /** What points may be coloured by: label, site, scanner, stain, quality; index into `names` a point, -1 unknown. */
  columns: z.array(z.object({ name: z.string(), names: z.array(z.string()), values: z.array(z.number().int()) })),
  /** How well neighbours tell each column apart, 0.5 chance to 1 (k-nearest AUROC, slides whole): disease or hospital? */
  separation: z.array(
    z.object({ column: z.string(), auroc: z.number().nullable(), n: z.number().int(), text: z.string() }),
  ),
});
export type EmbeddingMap = z.infer<typeof mapSchema>;

export const readMap = defineRoute("GET /runs/:run/map", {
  id: "readMap",
  role: "researcher",
  summary: "Tiles or slides of a run in the plane",
  params: runParams,
  query: z.object({
    unit: z.enum(["slide", "tile"]).default("tile"),
    points: z.coerce.number().int().min(10).max(100_000).default(20_000),
    /** Seconds that the answer may take; after them it says how far the drawing is. */
    wait: z.coerce.number().min(0).max(600).default(600),
  }),
  reply: mapSchema,
});

/** Cases and the worklist: what a pathologist reads in the morning. */
import { z } from "zod";
import { keySchema, momentSchema, pageSchema } from "./key.ts";
import { defineRoute } from "./route.ts";
import { slideRowSchema } from "./slide.ts";

export const caseStateSchema = z.enum(["new", "open", "drafted", "signed"]);
export type CaseState = z.infer<typeof caseStateSchema>;

/** Where the thresholds of a run put a case; `null` thresholds put everything into `unsure`. */
export const triageSchema = z.enum(["rule-in", "unsure", "rule-out", "abstained", "none"]);
export type TriageGroup = z.infer<typeof triageSchema>;

/** A model's answer about a case, as a run folder holds it. */
export const predictionSchema = z.object({
  run: keySchema,
  study: z.string(),
  task: z.enum(["classify", "multilabel", "multitask", "regress", "survive", "ordinal"]),
  /** Names and probabilities of classes (or the one number of a regression, the risk of survival). */
  answers: z.array(z.object({ name: z.string(), value: z.number(), unit: z.enum(["probability", "number", "risk"]) })),
  /** The answer in a few words. */
  text: z.string(),
  /** The class that thresholds and interval speak of; none where the task has no such class. */
  positive: z.string().nullish(),
  part: z.enum(["test", "external", "tune", "train", "new"]),
  fold: z.number().int().nullable(),
  /** 95 % interval over the folds' models, where more than one answered. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  /** What is known of the calibration, in one sentence. Never empty. */
  calibration: z.string(),
  synthetic: z.boolean(),
});
export type CasePrediction = z.infer<typeof predictionSchema>;

export const caseRowSchema = z.object({
  key: keySchema,
  project: keySchema,
  /** Name of the case; the patient's id stands in it only with the right to identifiers. */
  name: z.string(),
  patient: z.string().nullable(),
  site: z.string().nullable(),
  slides: z.number().int(),
  failedSlides: z.number().int(),
  /** A slide that can be shown for the case; none where none can be read. */
  cover: keySchema.nullish(),
  flags: z.array(z.string()),
  state: caseStateSchema,
  assignee: z.string().nullable(),
  triage: triageSchema,
  /** 0 to 1: the order of the worklist; see `why`. */
  need: z.number(),
  /** Why it stands where it stands, in one sentence. */
  why: z.string(),
  prediction: predictionSchema.nullable(),
  updated: momentSchema,
});
export type CaseRow = z.infer<typeof caseRowSchema>;

export const worklist = defineRoute("GET /worklist", {
  id: "worklist",
  role: "viewer",
  summary: "Cases ordered by need",
  query: pageSchema.extend({
    project: keySchema.optional(),
    run: keySchema.optional(),
    state: caseStateSchema.optional(),
    triage: triageSchema.optional(),
    assignee: z.string().max(200).optional(),
    flag: z.string().max(60).optional(),
    find: z.string().max(200).optional(),
    order: z.enum(["need", "name", "updated", "value"]).default("need"),
  }),
  reply: z.object({
    total: z.number().int(),
    rows: z.array(caseRowSchema),
    /** How many cases of the project stand in each group and state, whatever the filter. */
    counts: z.object({ triage: z.record(z.string(), z.number()), state: z.record(z.string(), z.number()) }),
    /** What the thresholds promise and on how many patients they rest; null without a run. */
    thresholds: z
      .object({ ruleOut: z.number().nullable(), ruleIn: z.number().nullable(), text: z.string() })
      .nullable(),
  }),
});

const caseParams = z.object({ case: keySchema });

export const eventSchema = z.object({
  at: momentSchema.nullable(),
  /** "diagnosis", "slide", "report signed", … */
  kind: z.string(),
  text: z.string(),
  by: z.string().nullable(),
});

export const readCase = defineRoute("GET /cases/:case", {
  id: "readCase",
  role: "viewer",
  summary: "A case: slides, predictions, evidence, events",
  params: caseParams,
  reply: caseRowSchema.extend({
    slideRows: z.array(slideRowSchema),
    predictions: z.array(predictionSchema),
    /** Tiles that weighed most, best first. Attention is not causation. */
    evidence: z.array(
      z.object({
        slide: keySchema,
        run: keySchema,
        x: z.number(),
        y: z.number(),
        size: z.number(),
        attention: z.number(),
        contribution: z.number().nullable(),
      }),
    ),
    events: z.array(eventSchema),
    /** Values of the cohort table that are no identifiers. */
    facts: z.record(z.string(), z.string()),
    /** Columns of `facts` that were hidden until the case was signed. */
    revealed: z.array(z.string()),
  }),
});
export type CasePage = z.infer<typeof readCase.reply>;

export const changeCase = defineRoute("PATCH /cases/:case", {
  id: "changeCase",
  role: "reader",
  summary: "Assigns a case, or changes its state (only signing makes it signed)",
  params: caseParams,
  body: z.object({
    assignee: z.string().max(200).nullable().optional(),
    state: z.enum(["new", "open", "drafted"]).optional(),
  }),
  reply: caseRowSchema,
});

/**
 * The study file: what a person writes to ask a question, as a strict schema with its defaults.
 * Keys and meaning are a public contract; an unknown key is refused with the nearest known name.
 */
import type { FindingKind } from "@nacre/evaluation";
import { z } from "zod";

const share = z.number().min(0).max(1);
const count = z.number().int().min(1);

export const taskSchema = z.strictObject({
  kind: z.enum(["classify", "multilabel", "multitask", "regress", "survive"]),
  label: z.string().min(1).optional(),
  positive: z.coerce.string().optional(),
  classes: z.array(z.coerce.string()).min(2).optional(),
  drop: z.array(z.coerce.string()).optional(),
});

export const tilesSchema = z.strictObject({
  mpp: z.number().min(0.05).max(10).default(0.5),
  size: z.number().int().min(16).max(4096).default(224),
  overlap: z.number().int().min(0).default(0),
  minTissue: share.default(0.5),
  minTiles: count.default(1),
});

export const fitSchema = z.strictObject({
  epochs: count.max(100_000).default(100),
  lr: z.number().positive().max(1).default(2e-4),
  patience: count.default(20),
  minEpochs: z.number().int().min(0).default(0),
  schedule: z.enum(["constant", "cosine"]).default("constant"),
  maxTiles: count.nullable().default(null),
  weightDecay: z.number().min(0).max(1).default(1e-5),
  dropout: z.number().min(0).max(0.9).nullable().default(null),
  classWeights: z.enum(["balanced", "none"]).default("balanced"),
  standardise: z.boolean().default(true),
});

export const splitSchema = z.strictObject({
  by: z.enum(["patient", "site", "time", "file"]).optional(),
  folds: count.max(1000).optional(),
  external: z.array(z.coerce.string()).default([]),
  tune: z.number().min(0).max(0.5).default(0.2),
  splits: z.union([z.string(), z.array(z.string())]).optional(),
});

export const evaluateSchema = z.strictObject({
  bootstrap: z.number().int().min(0).max(1_000_000).default(1000),
  subgroups: z.array(z.string()).default([]),
});

const FINDING_KINDS: Readonly<Record<FindingKind, true>> = {
  "patient-leak": true,
  "role-overlap": true,
  "duplicate-slide": true,
  "duplicate-pixels": true,
  "near-duplicate": true,
  "conflicting-label": true,
  "patient-in-two-sites": true,
  "site-overlap": true,
  "column-predicts-label": true,
  imbalance: true,
  "small-test": true,
  "not-external": true,
};
/** What `allow:` can name. */
export const FINDINGS: readonly string[] = Object.keys(FINDING_KINDS);

export const allowSchema = z.array(z.strictObject({ finding: z.string(), why: z.string().trim().min(10) })).default([]);

export const studySchema = z.strictObject({
  name: z.string().regex(/^[\w.-]+$/, "letters, digits, dot, dash and underscore only"),
  cohort: z.string(),
  slides: z.string().optional(),
  features: z.string().optional(),
  task: taskSchema,
  bag: z.enum(["slide", "case", "patient"]).default("slide"),
  tiles: tilesSchema.prefault({}),
  encoder: z.string().default("texture"),
  aggregator: z
    .preprocess((v) => (typeof v === "string" ? { name: v } : v), z.looseObject({ name: z.string() }))
    .default({ name: "abmil" }),
  fit: fitSchema.prefault({}),
  split: splitSchema.prefault({}),
  evaluate: evaluateSchema.prefault({}),
  allow: allowSchema,
  seed: z.number().int().min(0).max(4294967295).default(7),
});

export type StudyFile = z.infer<typeof studySchema>;

/** Known keys at a place of the study file, for "did you mean". */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const shapes: Record<string, { shape: object }> = {
    "": studySchema,
    task: taskSchema,
    tiles: tilesSchema,
    fit: fitSchema,
    split: splitSchema,
    evaluate: evaluateSchema,
  };
  const place = path.filter((p) => typeof p === "string").join(".");
  if (place === "allow") return ["finding", "why"];
  return Object.keys(shapes[place]?.shape ?? {});
}

/**
 * The study file: what a person writes to ask a question, as a strict schema with its defaults.
 * Keys and meaning are a public contract; an unknown key is refused with the nearest known name.
 */
import type { FindingKind } from "@nacre/evaluation";
import type { Provider } from "@nacre/graph";
import { FIT_DEFAULTS, type FitOptions, readFitOptions } from "@nacre/models";
import { z } from "zod";

const share = z.number().min(0).max(1);
const count = z.number().int().min(1);

const column = z.string().min(1);
const names = z.array(z.coerce.string().min(1));

const classifySchema = z.strictObject({
  kind: z.literal("classify"),
  label: column,
  positive: z.coerce.string().optional(),
  classes: names.min(2).optional(),
  drop: names.optional(),
});
/** Grades: `classes` in order, the lowest first. */
const ordinalSchema = z.strictObject({
  kind: z.literal("ordinal"),
  label: column,
  classes: names.min(2),
  drop: names.optional(),
});
/** `labels`: columns that say yes or no. */
const multilabelSchema = z.strictObject({ kind: z.literal("multilabel"), labels: names.min(1) });
const regressSchema = z.strictObject({ kind: z.literal("regress"), label: column });
/** `intervals`: hazards of so many intervals; left out: proportional hazards (Cox). */
const surviveSchema = z.strictObject({
  kind: z.literal("survive"),
  time: column,
  event: column,
  intervals: z.number().int().min(2).max(50).nullable().default(null),
});

const weight = z.number().positive().default(1);

/** Several questions of one bag, each with its share of the loss. */
const multitaskSchema = z.strictObject({
  kind: z.literal("multitask"),
  tasks: z.record(
    z.string().regex(/^[\w-]+$/, "letters, digits, dash and underscore only"),
    z.discriminatedUnion("kind", [
      classifySchema.extend({ weight }),
      ordinalSchema.extend({ weight }),
      multilabelSchema.extend({ weight }),
      regressSchema.extend({ weight }),
      surviveSchema.extend({ weight }),
    ]),
  ),
});

const SINGLE_TASKS = {
  classify: classifySchema,
  ordinal: ordinalSchema,
  multilabel: multilabelSchema,
  regress: regressSchema,
  survive: surviveSchema,
} as const;
const TASKS = { ...SINGLE_TASKS, multitask: multitaskSchema } as const;

export const taskSchema = z.discriminatedUnion("kind", [
  classifySchema,
  ordinalSchema,
  multilabelSchema,
  regressSchema,
  surviveSchema,
  multitaskSchema,
]);

/** Kinds of task that can stand at a place of the file. */
export function taskKinds(path: readonly PropertyKey[]): readonly string[] {
  return Object.keys(path.includes("tasks") ? SINGLE_TASKS : TASKS);
}

const COLOURS = ["stored", "srgb"] as const;
const STAINS = ["none", "macenko", "reinhard", "vahadane"] as const;
/** Left out: colours as they are stored. A checked study holds them only where they change pixels. */
const TILE_COLOURS = { colour: z.enum(COLOURS).optional(), stain: z.enum(STAINS).optional() };

export const tilesSchema = z.strictObject({
  mpp: z.number().min(0.05).max(10).default(0.5),
  size: z.number().int().min(16).max(4096).default(224),
  overlap: z.number().int().min(0).default(0),
  minTissue: share.default(0.5),
  minTiles: count.default(1),
  ...TILE_COLOURS,
});

/** What a run settles itself. */
const { seed: _seed, threads: _threads, ...OPTIONS } = FIT_DEFAULTS;
const FIT = { ...OPTIONS, from: null, provider: "cpu" };
const PROVIDERS: readonly Provider[] = ["cpu", "webgpu"];

export interface StudyFit extends Omit<FitOptions, "seed" | "threads"> {
  /** A file of weights that the fit of the aggregator begins with. */
  readonly from: string | null;
  /** What computes the fit. */
  readonly provider: Provider;
}

/** The options of the fit are those of the models, whatever they are: names, bounds and defaults are told by them. */
export const fitSchema = z
  .record(z.string(), z.unknown())
  .transform(({ from = null, provider = "cpu", ...given }, context): StudyFit => {
    if (from !== null && (typeof from !== "string" || from === "")) {
      const message = "fit.from: a file of weights (safetensors), or null";
      context.issues.push({ code: "custom", message, path: ["from"], input: given, params: { received: from } });
      return z.NEVER;
    }
    const computes = PROVIDERS.find((name) => name === provider);
    if (computes === undefined) {
      const message = `fit.provider: ${PROVIDERS.join(" or ")}`;
      context.issues.push({
        code: "custom",
        message,
        path: ["provider"],
        input: given,
        params: { received: provider },
      });
      return z.NEVER;
    }
    const strange = Object.keys(given).filter((name) => !Object.hasOwn(FIT, name));
    if (strange.length > 0) context.issues.push({ code: "unrecognized_keys", keys: strange, input: given });
    const read = strange.length > 0 ? null : readFitOptions(given);
    if (read?.ok === false) {
      const wrong = Object.keys(given).filter((name) => !readFitOptions({ [name]: given[name] }).ok);
      const { expected, received } = read.failure;
      context.issues.push({
        code: "custom",
        message: expected,
        path: wrong.slice(0, 1),
        input: given,
        params: { received },
      });
    }
    if (read?.ok !== true) return z.NEVER;
    const { seed: _, threads: __, ...options } = read.value;
    return { ...options, from, provider: computes };
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
  /** Columns known of a bag beside its tiles. */
  covariates: names.default([]),
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

/** `tiles:` of a study. */
export type TileSettings = StudyFile["tiles"];

export type StudyTask = StudyFile["task"];
export type SingleStudyTask = Exclude<StudyTask, { kind: "multitask" }>;

/** What tiles do to colours, without what does nothing: so a study that says a default is the study that leaves it out. */
export function settledTiles({ colour, stain, ...tiles }: StudyFile["tiles"]): StudyFile["tiles"] {
  return {
    ...tiles,
    ...(colour === undefined || colour === "stored" ? {} : { colour }),
    ...(stain === undefined || stain === "none" ? {} : { stain }),
  };
}

/** Known keys at a place of the study file, for "did you mean". `kind` is that of the task at this place. */
export function knownKeys(path: readonly PropertyKey[], kind: unknown): readonly string[] {
  const shapes: Record<string, { shape: object }> = {
    "": studySchema,
    tiles: tilesSchema,
    split: splitSchema,
    evaluate: evaluateSchema,
  };
  const place = path.filter((p) => typeof p === "string");
  if (place[0] === "allow") return ["finding", "why"];
  if (place[0] === "fit") return Object.keys(FIT);
  if (place[0] !== "task") return Object.keys(shapes[place.join(".")]?.shape ?? {});
  const known = Object.keys(TASKS[kind as keyof typeof TASKS]?.shape ?? {});
  return place.length > 1 ? [...known, "weight"] : known;
}

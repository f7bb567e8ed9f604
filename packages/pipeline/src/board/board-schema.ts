/** board.yaml: the run file of a board, strict, so that anybody can replay it. An unknown key is refused with the nearest known name. */
import { BOARD_METRICS } from "@nacre/evaluation";
import { z } from "zod";

const names = z.array(z.coerce.string().min(1));
const count = z.number().int().min(1);

export const costSchema = z.strictObject({
  tilesPerSecond: z.number().positive().optional(),
  /** Weights of the encoder. */
  parameters: count.optional(),
  /** With its unit: "1.5 GB", "900 MB". */
  memory: z
    .string()
    .regex(/^\d+(\.\d+)? ?[KMG]i?B$/, 'a number with its unit, for example "1.5 GB"')
    .optional(),
});

export const entrySchema = z.strictObject({
  task: z.coerce.string().min(1),
  encoder: z.coerce.string().min(1),
  aggregator: z.coerce.string().min(1),
  seed: z.number().int().min(0).optional(),
  predictions: z.string().optional(),
  run: z.string().optional(),
  cost: costSchema.optional(),
  /** Data sets the encoder was pretrained on; [] for none. Left out: nobody said. */
  pretraining: names.optional(),
});

/** What is known of a task beside its tables: the positive class, the metric, and the names of the data behind each part. */
export const taskSchema = z.strictObject({
  positive: z.coerce.string().optional(),
  /** What this task is ranked by; left out: the board's metric for classes, the first of `BOARD_METRICS_OF` for others. */
  metric: z.string().optional(),
  internal: names.default([]),
  external: names.default([]),
});

export const sealedSchema = z.strictObject({ part: z.literal("external"), log: z.string().min(1) });

export const boardSchema = z.strictObject({
  name: z.string().trim().min(1).optional(),
  /** Of classes. */
  metric: z.enum(BOARD_METRICS).default("auroc"),
  bootstrap: z.number().int().min(100).max(100_000).default(2000),
  seed: z.number().int().min(0).max(4294967295).default(7),
  tasks: z.record(z.string(), taskSchema).default({}),
  entries: z.array(entrySchema).min(1),
  sealed: sealedSchema.optional(),
});

export type BoardFile = z.infer<typeof boardSchema>;
export type BoardFileEntry = z.infer<typeof entrySchema>;

/** Known keys at a place of the file, for "did you mean". */
export function knownBoardKeys(path: readonly PropertyKey[]): readonly string[] {
  const place = path.map((p, i) => (typeof p === "number" || path[i - 1] === "tasks" ? "*" : String(p))).join(".");
  const shapes: Readonly<Record<string, { readonly shape: object }>> = {
    "": boardSchema,
    "entries.*": entrySchema,
    "entries.*.cost": costSchema,
    "tasks.*": taskSchema,
    sealed: sealedSchema,
  };
  return Object.keys(shapes[place]?.shape ?? {});
}

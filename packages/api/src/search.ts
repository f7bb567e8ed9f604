/** Search: what in the archive looks alike. A neighbour is evidence and never a diagnosis. */
import { z } from "zod";
import { keySchema } from "./key.ts";
import { defineRoute } from "./route.ts";

export const neighbourSchema = z.object({
  slide: keySchema,
  name: z.string(),
  case: keySchema.nullable(),
  /** Place of the tile; null where slides are compared. */
  x: z.number().nullable(),
  y: z.number().nullable(),
  size: z.number().nullable(),
  /** Cosine, -1 to 1. */
  similarity: z.number(),
  site: z.string().nullable(),
  /** What became of that case, as the cohort records it; null where it is not known. */
  outcome: z.string().nullable(),
});
export type Neighbour = z.infer<typeof neighbourSchema>;

export const searchAlike = defineRoute("POST /search", {
  id: "searchAlike",
  role: "reader",
  summary: "More like this: a slide, a tile, or a region of a slide",
  body: z.object({
    run: keySchema,
    like: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("slide"), slide: keySchema }),
      z.object({ kind: z.literal("tile"), slide: keySchema, x: z.number(), y: z.number() }),
      z.object({
        kind: z.literal("region"),
        slide: keySchema,
        ring: z
          .array(z.tuple([z.number(), z.number()]))
          .min(3)
          .max(10_000),
      }),
    ]),
    k: z.number().int().min(1).max(200).default(20),
    /** Leave out slides of the same patient: they are no second opinion. */
    otherPatients: z.boolean().default(true),
    /** Only from other sites than the query's. */
    otherSites: z.boolean().default(false),
  }),
  reply: z.object({
    rows: z.array(neighbourSchema),
    /** Slides that were compared, by outcome, the most frequent first: what a count among the neighbours is held against. */
    outcomes: z.array(z.object({ outcome: z.string().nullable(), count: z.number().int() })).optional(),
    /** How many vectors were compared, and whether all of them were. */
    compared: z.number().int(),
    exact: z.boolean(),
    /**
     * How far the query lies from what the archive holds: the share of the archive's own vectors that have a nearer neighbour (of another
     * patient) than the query has. 0: as near as anything; near 1: outside experience. null where there is no other patient.
     */
    distance: z.number().nullable(),
    /** The distance is above 0.99, and rests on at least a hundred vectors. */
    isOutside: z.boolean(),
    /** The run has no features of the slide that was asked about, so nothing was compared. */
    lacksFeatures: z.boolean().optional(),
    /** A program drew slides of this run. */
    synthetic: z.boolean().optional(),
    /** How many were compared, what the distance means: one paragraph for people. */
    text: z.string(),
  }),
});

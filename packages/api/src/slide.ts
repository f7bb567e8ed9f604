/** Slides: what is known of them, their tiles, and what a model saw in them. Frame of every x, y: level-0 pixels, y down. */
import { z } from "zod";
import { failureSchema } from "./failure.ts";
import { keySchema, pageSchema } from "./key.ts";
import { defineRoute } from "./route.ts";

export const levelSchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  /** Level-0 pixels per pixel of this level. */
  downsample: z.number(),
  /** Stored unit in pixels of this level. */
  blockWidth: z.number().int(),
  blockHeight: z.number().int(),
});

/** A line of a list of slides. */
export const slideRowSchema = z.object({
  key: keySchema,
  project: keySchema,
  case: keySchema.nullable(),
  /** The slide's id in tables; null without the right to identifiers where it holds one. */
  name: z.string(),
  site: z.string().nullable(),
  stain: z.string().nullable(),
  scanner: z.string().nullable(),
  state: z.enum(["ready", "failed", "unread"]),
  failure: failureSchema.nullable(),
  /** Flags of quality control; empty where all is well, null where it was never looked at. */
  quality: z.array(z.string()).nullable(),
  synthetic: z.boolean(),
});
export type SlideRow = z.infer<typeof slideRowSchema>;

export const slideSchema = slideRowSchema.extend({
  format: z.string(),
  vendor: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  levels: z.array(levelSchema),
  /** Micrometres per pixel at level 0; null: unknown, and every length is told in pixels. */
  mpp: z.number().nullable(),
  objective: z.number().nullable(),
  channels: z.array(z.string()),
  focalPlanes: z.number().int(),
  times: z.number().int(),
  /** Names of pictures beside the pyramid. */
  associated: z.array(z.string()),
  warnings: z.array(z.string()),
  /** Version of the pixels: part of every tile's address, so that tiles can be kept for ever. */
  version: z.string(),
});
export type SlideFacts = z.infer<typeof slideSchema>;

const slideParams = z.object({ slide: keySchema });

export const listSlides = defineRoute("GET /slides", {
  id: "listSlides",
  role: "viewer",
  summary:
    "Slides, ordered by the name that is told; `find` keeps those whose name holds it, the one of exactly that name first",
  query: pageSchema.extend({
    project: keySchema.optional(),
    case: keySchema.optional(),
    state: z.string().optional(),
    find: z.string().max(200).optional(),
  }),
  reply: z.object({ total: z.number().int(), rows: z.array(slideRowSchema) }),
});

export const readSlide = defineRoute("GET /slides/:slide", {
  id: "readSlide",
  role: "viewer",
  summary: "What is known of a slide",
  params: slideParams,
  reply: slideSchema,
});

/** Which picture of a slide of several. */
export const planeQuery = z.object({
  channel: z.coerce.number().int().min(0).optional(),
  focalPlane: z.coerce.number().int().min(0).optional(),
  time: z.coerce.number().int().min(0).optional(),
});

export const readTile = defineRoute("GET /slides/:slide/tiles/:version/:level/:column/:row", {
  id: "readTile",
  role: "viewer",
  summary: "One stored block of a level: untouched bytes where every browser reads them, else encoded anew",
  kind: "bytes",
  params: slideParams.extend({
    version: z.string().regex(/^[\w-]{1,64}$/),
    level: z.coerce.number().int().min(0).max(63),
    column: z.coerce.number().int().min(0),
    row: z.coerce.number().int().min(0),
  }),
  query: planeQuery,
  reply: z.any(),
});

export const readThumbnail = defineRoute("GET /slides/:slide/thumbnail", {
  id: "readThumbnail",
  role: "viewer",
  summary: "The whole slide, small, as JPEG",
  kind: "bytes",
  params: slideParams,
  query: z.object({ size: z.coerce.number().int().min(16).max(2048).default(256) }),
  reply: z.any(),
});

export const readRegion = defineRoute("GET /slides/:slide/region", {
  id: "readRegion",
  role: "viewer",
  summary: "A rectangle at level 0, scaled to fit into `size` pixels, as JPEG or PNG",
  kind: "bytes",
  params: slideParams,
  query: planeQuery.extend({
    x: z.coerce.number(),
    y: z.coerce.number(),
    width: z.coerce.number().min(1),
    height: z.coerce.number().min(1),
    size: z.coerce.number().int().min(1).max(2048).default(512),
    format: z.enum(["jpeg", "png"]).default("jpeg"),
  }),
  reply: z.any(),
});

export const readAssociated = defineRoute("GET /slides/:slide/associated/:name", {
  id: "readAssociated",
  role: "viewer",
  summary: "A picture beside the pyramid; labels and macros need the right `labels`",
  kind: "bytes",
  params: slideParams.extend({ name: z.enum(["label", "macro", "thumbnail", "other"]) }),
  reply: z.any(),
});

/** What a model saw in each tile of a slide. */
export const heatmapSchema = z.object({
  run: keySchema,
  slide: keySchema,
  /** Side of a tile in level-0 pixels. */
  tile: z.number(),
  /** Values of each kind that is there: what they mean, in words, and one number a tile. */
  layers: z.array(
    z.object({
      name: z.enum(["attention", "contribution"]),
      meaning: z.string(),
      /** One scale for all slides of the run: the values at which the colours begin and end. */
      scale: z.tuple([z.number(), z.number()]),
      values: z.array(z.number()),
    }),
  ),
  x: z.array(z.number()),
  y: z.array(z.number()),
});
export type Heatmap = z.infer<typeof heatmapSchema>;

export const readHeatmap = defineRoute("GET /slides/:slide/heatmaps/:run", {
  id: "readHeatmap",
  role: "viewer",
  summary: "Attention and contribution of each tile, from a run",
  params: slideParams.extend({ run: keySchema }),
  reply: heatmapSchema,
});

export const regionStatistics = defineRoute("GET /slides/:slide/statistics", {
  id: "regionStatistics",
  role: "viewer",
  summary: "Area, tissue share, colours and model values inside a region (GeoJSON polygon in `ring`: x,y;x,y;…)",
  params: slideParams,
  query: z.object({ ring: z.string().max(20_000), run: keySchema.optional() }),
  reply: z.object({
    areaPixels: z.number(),
    areaMm2: z.number().nullable(),
    tissueShare: z.number().nullable(),
    meanRgb: z.tuple([z.number(), z.number(), z.number()]).nullable(),
    tiles: z.number().int(),
    attentionShare: z.number().nullable(),
    contributionSum: z.number().nullable(),
  }),
});

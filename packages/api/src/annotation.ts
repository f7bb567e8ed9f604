/** Annotations: made by a person on a slide. GeoJSON as QuPath reads and writes it; frame: level-0 pixels. */
import { z } from "zod";
import { keySchema, momentSchema, uuidSchema } from "./key.ts";
import { defineRoute } from "./route.ts";

const position = z.tuple([z.number(), z.number()]);
/** At most 100,000 corners an annotation, so that one request stays bounded. */
const ring = z.array(position).min(1).max(100_000);

export const geometrySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("Point"), coordinates: position }),
  z.object({ type: z.literal("MultiPoint"), coordinates: ring }),
  z.object({ type: z.literal("LineString"), coordinates: ring }),
  z.object({ type: z.literal("Polygon"), coordinates: z.array(ring).min(1).max(1000) }),
  z.object({ type: z.literal("MultiPolygon"), coordinates: z.array(z.array(ring)).min(1).max(1000) }),
]);
export type Geometry = z.infer<typeof geometrySchema>;

export const annotationSchema = z.object({
  id: uuidSchema,
  slide: keySchema,
  geometry: geometrySchema,
  /** Class of the annotation, as QuPath's classification. */
  name: z.string().max(200).nullable(),
  colour: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  note: z.string().max(4000),
  author: z.string(),
  /** Rises by one with every change: a change names the version it was made on. */
  version: z.number().int(),
  created: momentSchema,
  updated: momentSchema,
});
export type Annotation = z.infer<typeof annotationSchema>;

const slideParams = z.object({ slide: keySchema });

export const listAnnotations = defineRoute("GET /slides/:slide/annotations", {
  id: "listAnnotations",
  role: "viewer",
  summary: "Annotations of a slide",
  params: slideParams,
  reply: z.object({ rows: z.array(annotationSchema) }),
});

/** One change. `change` is made by the client: the same change sent twice is made once. */
export const annotationChange = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("put"),
    change: uuidSchema,
    id: uuidSchema,
    /** The version it was made on; 0 for a new one. */
    version: z.number().int().min(0),
    geometry: geometrySchema,
    name: z.string().max(200).nullable(),
    colour: z.tuple([z.number(), z.number(), z.number()]).nullable(),
    note: z.string().max(4000),
  }),
  z.object({ kind: z.literal("remove"), change: uuidSchema, id: uuidSchema, version: z.number().int().min(1) }),
]);
export type AnnotationChange = z.infer<typeof annotationChange>;

export const changeAnnotations = defineRoute("POST /slides/:slide/annotations", {
  id: "changeAnnotations",
  role: "reader",
  summary: "Makes changes in order; a change on an old version is refused (conflict) and the others stand",
  params: slideParams,
  body: z.object({ changes: z.array(annotationChange).min(1).max(200) }),
  reply: z.object({
    rows: z.array(annotationSchema),
    removed: z.array(uuidSchema),
    conflicts: z.array(z.object({ change: uuidSchema, now: annotationSchema.nullable() })),
  }),
});

export const exportAnnotations = defineRoute("GET /slides/:slide/annotations.geojson", {
  id: "exportAnnotations",
  role: "viewer",
  summary: "Annotations as a GeoJSON that QuPath imports",
  kind: "bytes",
  params: slideParams,
  reply: z.any(),
});

export const importAnnotations = defineRoute("POST /slides/:slide/annotations.geojson", {
  id: "importAnnotations",
  role: "reader",
  summary: "Takes in a GeoJSON that QuPath exported; what it cannot hold is named",
  params: slideParams,
  body: z.looseObject({ type: z.enum(["FeatureCollection", "Feature"]) }),
  reply: z.object({ made: z.number().int(), left: z.array(z.string()) }),
});

/**
 * Annotations out of a GeoJSON that QuPath wrote, 0.2 to 0.6: what a feature is stands in `objectType`, `object_type` or, oldest, in place
 * of the id; a class has a `name` or `names`, and a colour as three numbers or as one signed number (`colorRGB`); measurements are a
 * list or an object. What an annotation of ours cannot hold is counted and named, never dropped in silence.
 */
import { type Geometry, geometrySchema, uuidSchema } from "@nacre/api";
import { z } from "zod";
import { closed, DESCRIPTION } from "./to-qupath.ts";

export interface TakenAnnotation {
  /** null: the file gave none that can be kept. */
  readonly id: string | null;
  readonly geometry: Geometry;
  readonly name: string | null;
  readonly colour: [number, number, number] | null;
  readonly note: string;
}

export interface Taken {
  readonly annotations: readonly TakenAnnotation[];
  /** What was left, counted: "3 × detection: made by a machine, not by a person". */
  readonly left: readonly string[];
}

/** Features of one file. */
export const MOST_FEATURES = 20_000;

const featureSchema = z.looseObject({
  type: z.literal("Feature"),
  id: z.unknown().optional(),
  geometry: z.looseObject({ type: z.string(), coordinates: z.unknown().optional(), isEllipse: z.boolean().optional() }),
  properties: z.looseObject({}).nullish(),
});
type Feature = z.infer<typeof featureSchema>;

const byte = z.number().int().min(0).max(255);
const propertiesSchema = z.looseObject({
  objectType: z.string().optional().catch(undefined),
  object_type: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  classification: z
    .looseObject({
      name: z.string().optional(),
      names: z.array(z.string()).optional(),
      color: z.tuple([byte, byte, byte]).optional().catch(undefined),
      colorRGB: z.number().int().optional().catch(undefined),
    })
    .nullish()
    .catch(undefined),
  color: z.tuple([byte, byte, byte]).optional().catch(undefined),
  metadata: z.record(z.string(), z.unknown()).optional().catch(undefined),
  measurements: z.unknown().optional(),
});

/** Reads a Feature or a FeatureCollection. Failures are in `left`: one bad feature does not lose the others. */
export function fromQuPath(geojson: { readonly [key: string]: unknown }): Taken {
  const features = geojson.type === "FeatureCollection" ? geojson.features : [geojson];
  if (!Array.isArray(features)) return { annotations: [], left: ["the collection has no list of features"] };
  const left = new Map<string, number>();
  const leave = (why: string) => left.set(why, (left.get(why) ?? 0) + 1);
  if (features.length > MOST_FEATURES) leave(`features after the first ${MOST_FEATURES}: too many for one file`);
  const annotations = features.slice(0, MOST_FEATURES).flatMap((feature) => {
    const taken = takeFeature(feature, leave);
    return taken === null ? [] : [taken];
  });
  return { annotations, left: [...left].map(([why, n]) => `${n} × ${why}`) };
}

function takeFeature(value: unknown, leave: (why: string) => void): TakenAnnotation | null {
  const read = featureSchema.safeParse(value);
  if (!read.success) {
    leave("feature that is none of GeoJSON: not taken");
    return null;
  }
  const feature = read.data;
  const properties = propertiesSchema.parse(feature.properties ?? {});
  const type = objectType(feature, properties);
  if (type !== "annotation") {
    leave(`${type}: only annotations, which a person makes, are taken`);
    return null;
  }
  const geometry = takeGeometry(feature, leave);
  if (geometry === null) return null;
  if (feature.geometry.isEllipse === true) leave("ellipse: taken as the polygon that the file holds beside it");
  if (hasAny(properties.measurements)) leave("annotation with measurements: taken without them");
  const id = uuidSchema.safeParse(feature.id);
  const { name, colour } = takeClass(properties, leave);
  return { id: id.success ? id.data : null, geometry, name, colour, note: takeNote(properties, leave) };
}

const OLD_IDS: Readonly<Record<string, string>> = {
  PathAnnotationObject: "annotation",
  PathDetectionObject: "detection",
  PathCellObject: "cell",
  PathTileObject: "tile",
  PathRootObject: "root object",
  TMACoreObject: "TMA core",
};

/** A feature that says nothing of itself comes from another program: somebody drew it. */
function objectType(
  { id }: Feature,
  { objectType: now, object_type: before }: z.infer<typeof propertiesSchema>,
): string {
  const old = typeof id === "string" ? OLD_IDS[id] : undefined;
  return (now ?? before ?? old ?? "annotation").slice(0, 60);
}

const corner = z.array(z.number()).min(2);
const withHeights = z.union([corner, z.array(corner), z.array(z.array(corner)), z.array(z.array(z.array(corner)))]);

function takeGeometry({ geometry }: Feature, leave: (why: string) => void): Geometry | null {
  const { type, coordinates, plane } = geometry;
  const where = z.looseObject({ z: z.number().default(0), t: z.number().default(0) }).safeParse(plane ?? {});
  if (where.success && (where.data.z !== 0 || where.data.t !== 0)) {
    leave("annotation on another focal plane or time than the first: not taken");
    return null;
  }
  const flat = withHeights.safeParse(coordinates);
  const read = flat.success ? geometrySchema.safeParse({ type, coordinates: inPlane(flat.data) }) : null;
  if (read?.success === true) return closed(read.data);
  const known = geometrySchema.options.some((option) => option.shape.type.value === type);
  leave(known ? `${type} with coordinates that are none: not taken` : `geometry ${type.slice(0, 60)}: not taken`);
  return null;
}

type Nested = readonly (number | Nested)[];

/** The first two numbers of every corner: a height has no meaning on a slide. */
function inPlane(coordinates: Nested): unknown {
  return typeof coordinates[0] === "number"
    ? coordinates.slice(0, 2)
    : coordinates.map((inner) => inPlane(inner as Nested));
}

function takeClass(
  { classification, color }: z.infer<typeof propertiesSchema>,
  leave: (why: string) => void,
): Pick<TakenAnnotation, "name" | "colour"> {
  const said =
    classification?.name ?? (classification?.names === undefined ? undefined : classification.names.join(": "));
  if (said !== undefined && said.length > 200) leave("class name beyond 200 letters: cut");
  const colour =
    classification?.color ?? (classification?.colorRGB === undefined ? color : rgbOf(classification.colorRGB));
  return { name: said === undefined || said === "" ? null : said.slice(0, 200), colour: colour ?? null };
}

/** A signed 32 bit number: alpha, red, green, blue. */
function rgbOf(packed: number): [number, number, number] {
  return [(packed >> 16) & 255, (packed >> 8) & 255, packed & 255];
}

function takeNote({ name, metadata }: z.infer<typeof propertiesSchema>, leave: (why: string) => void): string {
  const description = metadata?.[DESCRIPTION];
  const note = typeof description === "string" ? description : (name ?? "");
  if (note.length > 4000) leave("note beyond 4000 letters: cut");
  return note.slice(0, 4000);
}

function hasAny(measurements: unknown): boolean {
  return typeof measurements === "object" && measurements !== null && Object.keys(measurements).length > 0;
}

/**
 * Annotations as a GeoJSON that QuPath imports (the shape of 0.4 and later, which says: `objectType`, `classification` with `name` and
 * `color`, polygons closed, no MultiPolygon of one). Frame as ours: level-0 pixels, y down.
 */
import type { Annotation, Geometry } from "@nacre/api";

export interface QuPathFeature {
  readonly type: "Feature";
  readonly id: string;
  readonly geometry: Geometry;
  readonly properties: {
    readonly objectType: "annotation";
    readonly name?: string;
    readonly classification?: { readonly name: string; readonly color: readonly [number, number, number] };
    readonly isLocked: boolean;
    readonly metadata: Readonly<Record<string, string>>;
  };
}

export interface QuPathCollection {
  readonly type: "FeatureCollection";
  readonly features: readonly QuPathFeature[];
}

/** Where QuPath keeps the description of an annotation. */
export const DESCRIPTION = "ANNOTATION_DESCRIPTION";
/** Colour of a class that was given none. */
const GREY: readonly [number, number, number] = [128, 128, 128];
const LONGEST_NAME = 80;

export function toQuPath(annotations: readonly Annotation[]): QuPathCollection {
  return { type: "FeatureCollection", features: annotations.map(featureOf) };
}

function featureOf({ id, geometry, name, colour, note, author, created, updated }: Annotation): QuPathFeature {
  const line = note.split("\n", 1)[0]?.trim().slice(0, LONGEST_NAME) ?? "";
  return {
    type: "Feature",
    id,
    geometry: closed(geometry),
    properties: {
      objectType: "annotation",
      ...(line === "" ? {} : { name: line }),
      ...(name === null ? {} : { classification: { name, color: colour ?? GREY } }),
      isLocked: false,
      metadata: { ...(note === "" ? {} : { [DESCRIPTION]: note }), author, created, updated },
    },
  };
}

type Ring = Extract<Geometry, { type: "Polygon" }>["coordinates"][number];

/** The same shape with closed rings; a MultiPolygon of one as that one. */
export function closed(geometry: Geometry): Geometry {
  switch (geometry.type) {
    case "Polygon":
      return { type: "Polygon", coordinates: geometry.coordinates.map(closeRing) };
    case "MultiPolygon": {
      const polygons = geometry.coordinates.map((polygon) => polygon.map(closeRing));
      const [only] = polygons;
      return polygons.length === 1 && only !== undefined
        ? { type: "Polygon", coordinates: only }
        : { type: "MultiPolygon", coordinates: polygons };
    }
    default:
      return geometry;
  }
}

function closeRing(ring: Ring): Ring {
  const [first, last] = [ring[0], ring.at(-1)];
  if (first === undefined || last === undefined) return ring;
  return first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first];
}

/** Tissue as GeoJSON (RFC 7946 shapes, level-0 pixels for coordinates), the dialect QuPath imports and exports. */
import type { Polygon, Ring } from "@nacre/core";
import { tissuePolygons } from "./polygon.ts";
import type { Tissue } from "./tissue.ts";

export interface FeatureCollection {
  readonly type: "FeatureCollection";
  readonly features: readonly PolygonFeature[];
}

export interface PolygonFeature {
  readonly type: "Feature";
  readonly geometry: {
    readonly type: "Polygon";
    /** Closed rings: outer, then holes. */
    readonly coordinates: readonly (readonly (readonly [number, number])[])[];
  };
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Polygons as annotations of one class. `colour` is how QuPath paints them. */
export function polygonsGeoJson(
  polygons: readonly Polygon[],
  name: string,
  colour: readonly [number, number, number],
): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: polygons.map((polygon, i) => ({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [polygon.outer, ...polygon.holes].map(closedRing) },
      properties: { objectType: "annotation", name: `${name} ${i + 1}`, classification: { name, color: [...colour] } },
    })),
  };
}

/** The pieces of tissue as annotations of class Tissue. */
export function tissueGeoJson(tissue: Tissue): FeatureCollection {
  return polygonsGeoJson(tissuePolygons(tissue), "Tissue", [0, 150, 110]);
}

function closedRing(ring: Ring): [number, number][] {
  const points = ring.map(({ x, y }): [number, number] => [round(x), round(y)]);
  const first = points[0];
  return first === undefined ? [] : [...points, [...first]];
}

/** A hundredth of a level-0 pixel is finer than any outline. */
const round = (value: number): number => Math.round(value * 100) / 100;

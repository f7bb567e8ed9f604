/** What an annotation measures, in words: micrometres where the slide has a scale, else pixels. */
import type { Geometry } from "@nacre/api";
import { writeArea, writeLength } from "../stage/camera.ts";
import { areaOf, lengthOf, linesOf } from "./shape.ts";

export function measure(geometry: Geometry, mpp: number | null): string {
  switch (geometry.type) {
    case "Point":
      return "point";
    case "MultiPoint":
      return `${geometry.coordinates.length} points`;
    case "LineString":
      return writeLength(lengthOf(geometry.coordinates), mpp);
    default:
      return writeArea(areaOf(geometry), mpp);
  }
}

/** What a shape without a class is called. */
export function kindOf({ type }: Geometry): string {
  if (type === "Point" || type === "MultiPoint") return type === "Point" ? "Point" : "Points";
  return type === "LineString" ? "Length" : "Area";
}

/** Length of all rings; null for points and lines. */
export function perimeterOf(geometry: Geometry, mpp: number | null): string | null {
  if (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon") return null;
  return writeLength(
    linesOf(geometry).reduce((sum, ring) => sum + lengthOf(ring), 0),
    mpp,
  );
}

/** Cells as GeoJSON that QuPath imports: one detection a cell, its outline in level-0 pixels. */
import type { FeatureCollection } from "../tissue/geojson.ts";
import { polygonsGeoJson } from "../tissue/geojson.ts";
import type { Cell, CellKind } from "./cell.ts";

/** Class names and colours that people see. */
const CLASSES: Readonly<Record<CellKind, readonly [name: string, colour: readonly [number, number, number]]>> = {
  nucleus: ["Nucleus", [60, 80, 200]],
  "white-cell": ["White cell", [90, 40, 200]],
  "red-cell": ["Red cell", [200, 60, 50]],
  platelet: ["Platelet", [40, 150, 90]],
};

/** The outlines with their class and area. */
export function cellsGeoJson(cells: readonly Cell[]): FeatureCollection {
  const features = cells.map((cell) => {
    const [name, colour] = CLASSES[cell.kind];
    const [feature] = polygonsGeoJson([{ outer: cell.outline, holes: [] }], name, colour).features;
    const geometry = (feature as FeatureCollection["features"][number]).geometry;
    return {
      type: "Feature" as const,
      geometry,
      properties: {
        objectType: "detection",
        classification: { name, color: [...colour] },
        measurements: { "area um2": Math.round(cell.areaMicrons2 * 100) / 100 },
      },
    };
  });
  return { type: "FeatureCollection", features };
}

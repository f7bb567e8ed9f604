/** Tiles and what a model said of them, as GeoJSON that QuPath imports: one detection a tile, level-0 pixels. */
import type { TilePlaces } from "./draw-heatmap.ts";

/**
 * A FeatureCollection as text. Each property becomes a plain property of the feature and a QuPath measurement.
 * Seven digits are kept: all that a float32 holds. `meaning` says what properties are, by name: a member of the collection of its own
 * (RFC 7946, 6.1), which readers that do not know it pass over.
 * @throws RangeError when a property has another length than the places, or holds a value that JSON cannot
 */
export function tilesGeoJson(
  places: TilePlaces,
  properties: Readonly<Record<string, Float32Array>>,
  meaning: Readonly<Record<string, string>> = {},
): string {
  const n = places.x.length;
  for (const [name, values] of Object.entries(properties)) {
    if (values.length !== n) throw new RangeError(`expected ${n} values of ${name}, received ${values.length}`);
  }
  const features = Array.from({ length: n }, (_, i) => JSON.stringify(feature(places, properties, i)));
  const told = Object.keys(meaning).length === 0 ? "" : `"meaning":${JSON.stringify(meaning)},`;
  return `{"type":"FeatureCollection",${told}"features":[\n${features.join(",\n")}\n]}\n`;
}

function feature(places: TilePlaces, properties: Readonly<Record<string, Float32Array>>, i: number): object {
  const x = places.x[i] as number;
  const y = places.y[i] as number;
  const right = x + places.side;
  const bottom = y + places.side;
  const ring = [
    [x, y],
    [right, y],
    [right, bottom],
    [x, bottom],
    [x, y],
  ];
  const measurements: Record<string, number> = {};
  for (const [name, values] of Object.entries(properties)) measurements[name] = finite(values[i] as number, name, i);
  return {
    type: "Feature",
    geometry: { type: "Polygon", coordinates: [ring] },
    properties: { objectType: "detection", ...measurements, measurements },
  };
}

function finite(value: number, name: string, tile: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`expected a finite ${name} for tile ${tile}, received ${value}`);
  return Number(value.toPrecision(7));
}

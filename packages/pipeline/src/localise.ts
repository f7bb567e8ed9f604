/**
 * Where the truth is known (synthetic slides, annotated test sets): how many of a slide's tiles of highest contribution
 * have their centre inside the annotated region. Truth is GeoJSON in level-0 pixels, `truth/<slide>.geojson` in the run folder.
 */
import { existsSync, readFileSync } from "node:fs";
import { isInside, type Point, type Polygon, type Ring, type SlideId, unwrap } from "@nacre/core";
import { rankTiles, type SlideEvidence } from "./explain/evidence.ts";
import { readPlaces } from "./extract/read-places.ts";
import type { RunFolder } from "./run/run-folder.ts";

export interface LocalisedSlide {
  readonly slide: SlideId;
  /** Tiles whose centre lies inside the truth. */
  readonly inside: number;
  /** How many tiles were looked at: min(10, inside). */
  readonly looked: number;
  /** Share of those inside the truth. */
  readonly share: number;
}

/** Tiles looked at in each slide. */
const TOP = 10;

/** Slides with a truth that holds at least one tile centre; null where the run folder has no truth at all. */
export async function localise(folder: RunFolder, slides: readonly SlideEvidence[]): Promise<LocalisedSlide[] | null> {
  if (!existsSync(folder.file("truth"))) return null;
  const results: LocalisedSlide[] = [];
  for (const s of slides) {
    const file = folder.file("truth", `${s.slide}.geojson`);
    if (!existsSync(file)) continue;
    const truth = readPolygons(JSON.parse(readFileSync(file, "utf8")));
    const { places } = unwrap(await readPlaces(s.extracted));
    if (places === null) continue;
    const { x, y, side } = places;
    const isTumour = (i: number): boolean =>
      truth.some((p) => isInside(p, (x[i] as number) + side / 2, (y[i] as number) + side / 2));
    const inside = Array.from(x.keys()).filter(isTumour).length;
    if (inside === 0) continue;
    const looked = Math.min(TOP, inside);
    const hits = rankTiles(s.evidence, looked, true).filter(isTumour).length;
    results.push({ slide: s.slide, inside, looked, share: hits / looked });
  }
  return results;
}

interface GeoJson {
  readonly features?: readonly { readonly geometry?: { readonly type?: string; readonly coordinates?: unknown } }[];
}

/** Polygons and multipolygons of a feature collection; other geometries are left out. */
export function readPolygons(json: GeoJson): Polygon[] {
  return (json.features ?? []).flatMap(({ geometry }) => {
    if (geometry?.type === "Polygon") return [toPolygon(geometry.coordinates as number[][][])];
    if (geometry?.type === "MultiPolygon") return (geometry.coordinates as number[][][][]).map(toPolygon);
    return [];
  });
}

function toPolygon(rings: readonly (readonly (readonly number[])[])[]): Polygon {
  const [outer = [], ...holes] = rings.map((r): Ring => r.map(([x = 0, y = 0]): Point => ({ x, y })));
  return { outer, holes };
}

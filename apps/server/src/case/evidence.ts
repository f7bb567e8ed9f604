/**
 * The tiles that weighed most in a run's answer about a slide, out of the slide's heatmap in the run folder. By the size of the
 * contribution, for or against, where the run has one; else by attention, which is not causation.
 */
import { statSync } from "node:fs";
import { readTilesGeoJson, type SeenTiles } from "../tile/read-tiles-geojson.ts";

export interface EvidenceTile {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly attention: number;
  readonly contribution: number | null;
}

/** Top tiles of files that have not changed since. */
const known = new Map<string, { readonly stamp: string; readonly tiles: readonly EvidenceTile[] }>();
const MOST_KNOWN = 512;

/** @returns best first, at most `most`; empty where there is no heatmap */
export async function topTiles(file: string, most: number): Promise<readonly EvidenceTile[]> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return [];
  const stamp = `${found.size} ${found.mtimeMs} ${most}`;
  const before = known.get(file);
  if (before?.stamp === stamp) return before.tiles;
  const seen = await readTilesGeoJson(file);
  const tiles = seen === null ? [] : topOf(seen, most);
  known.delete(file);
  known.set(file, { stamp, tiles });
  const oldest = known.keys().next().value;
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  return tiles;
}

function topOf({ x, y, side, values }: SeenTiles, most: number): readonly EvidenceTile[] {
  const [attention, contribution] = [values.get("attention"), values.get("contribution")];
  // A value that some tiles lack is not in step with their places.
  if (attention?.length !== x.length) return [];
  const hasContribution = contribution?.length === x.length;
  const tiles = x.map((left, at) => ({
    x: left,
    y: y[at] as number,
    size: side,
    attention: attention[at] as number,
    contribution: hasContribution ? (contribution[at] as number) : null,
  }));
  return tiles.sort(heaviest).slice(0, most);
}

/** Order of evidence: the heaviest first, then from top to bottom. */
export function heaviest(a: EvidenceTile, b: EvidenceTile): number {
  return weightOf(b) - weightOf(a) || a.y - b.y || a.x - b.x;
}

function weightOf({ attention, contribution }: EvidenceTile): number {
  return contribution === null ? attention : Math.abs(contribution);
}

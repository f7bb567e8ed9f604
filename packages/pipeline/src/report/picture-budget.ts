/** Keeps the file small: pictures are taken in order until their bytes are spent, and what is left out is counted. */
import type { HeatmapEntry, ReportData, ReportLimits, SlideTiles } from "./report-data.ts";

export interface Pictures {
  readonly heatmaps: readonly HeatmapEntry[];
  readonly tiles: readonly SlideTiles[];
  /** Slides whose heatmaps, and whose tiles, were left out. */
  readonly heatmapsLeft: number;
  readonly tilesLeft: number;
}

/** Heatmaps may take three quarters of the bytes, tiles what remains. A slide is taken whole or not at all. */
export function withinBudget(data: ReportData, limits: ReportLimits): Pictures {
  const bytes = limits.pictures ?? 24_000_000;
  const heat = take(data.heatmaps?.entries ?? [], heatmapBytes, bytes * 0.75);
  const tile = take(data.tiles, tileBytes, bytes - heat.spent);
  return { heatmaps: heat.taken, tiles: tile.taken, heatmapsLeft: heat.left, tilesLeft: tile.left };
}

function take<T>(
  items: readonly T[],
  size: (item: T) => number,
  budget: number,
): { taken: T[]; left: number; spent: number } {
  const taken: T[] = [];
  let spent = 0;
  for (const item of items) {
    const next = spent + size(item);
    if (next > budget) break;
    taken.push(item);
    spent = next;
  }
  return { taken, left: items.length - taken.length, spent };
}

function heatmapBytes(e: HeatmapEntry): number {
  return e.thumbnail.length + e.contribution.length + e.attention.length;
}

function tileBytes(s: SlideTiles): number {
  return [...s.top, ...s.bottom].reduce((sum, t) => sum + t.image.length, 0);
}

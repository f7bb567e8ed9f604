/** What is known of the slides themselves, as sentences. null where this input does not say. */
import type { Known } from "../known.ts";

/** Which tiles of a slide are used, and how many in a step of the fit. */
export function subsetFact({ report, facts }: Known): string | null {
  const tiles = report?.asked.tiles ?? null;
  if (tiles === null) return null;
  const most = facts?.fit.maxTiles ?? null;
  const step =
    most === null ? "all of them in every step" : `at most ${most} of them, drawn anew, in a step of the fit`;
  return `Of each slide the tiles with at least ${tiles.minTissue} tissue are used; ${step}.`;
}

/** Scales as the files state them, the finest first. */
export function scaleFact({ report }: Known): string | null {
  const stated = (report?.slides ?? []).flatMap((s) => (s.mppInFile === null ? [] : [s.mppInFile]));
  const scales = [...new Set(stated)].sort((a, b) => a - b);
  return scales.length === 0 ? null : `Scales in the files: ${scales.slice(0, 6).join(", ")} um/px.`;
}

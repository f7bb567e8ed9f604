/** Heatmaps and tiles of the report fixture, drawn from seeds. */
import { randomStream } from "@nacre/core";
import type { Colour, HeatmapSet, SlideEntry, SlideTiles } from "../../src/report/report-data.ts";
import { depth, png, thumbnail } from "./picture.ts";

const SIGNED: readonly Colour[] = Array.from({ length: 17 }, (_, i) => signedColour((i - 8) / 8));
const SEQUENTIAL: readonly Colour[] = Array.from({ length: 17 }, (_, i) => sequentialColour(i / 16));

export function heatmapsOf(slides: readonly SlideEntry[]): HeatmapSet {
  return {
    className: "mutant",
    contributionScale: 0.012,
    contributionColours: SIGNED,
    attentionScale: 6,
    attentionColours: SEQUENTIAL,
    choice: "External slides in the order of the cohort table.",
    entries: slides.map((s) => {
      const p = s.probabilities?.[1] ?? 0.5;
      return {
        slide: s.slide,
        thumbnail: thumbnail(s.slide, 320, 240),
        contribution: evidence(s.slide, (v) => signedColour((p - 0.5) * 2 * Math.max(0, v * 3))),
        attention: evidence(s.slide, (v) => sequentialColour(Math.max(0, v * 2))),
        width: 320,
        height: 240,
        logOdds: Math.log(p / (1 - p)),
      };
    }),
  };
}

export function tilesOf(slides: readonly SlideEntry[]): SlideTiles[] {
  return slides.map((s) => {
    const random = randomStream(5, s.slide);
    const tile = (i: number, sign: number) => ({
      image: png(56, 56, (x, y) => ((x * 7 + y * 13 + i * 5) % 31 < 8 ? [110, 70, 140] : [230, 175, 205])),
      x: Math.floor(random.uniform() * 90_000),
      y: Math.floor(random.uniform() * 60_000),
      side: 448,
      contribution: sign * (0.012 - i * 0.0015),
      attention: 0.004 - i * 0.0004,
    });
    return {
      slide: s.slide,
      className: "mutant",
      top: Array.from({ length: 6 }, (_, i) => tile(i, 1)),
      bottom: Array.from({ length: 6 }, (_, i) => tile(i, -1)),
    };
  });
}

function evidence(name: string, colour: (v: number) => Colour): string {
  const inside = depth(name);
  return png(320, 240, (x, y) => {
    const d = inside((Math.floor(x / 8) * 8) / 320, (Math.floor(y / 8) * 8) / 240);
    return d > 0 ? colour(d * 1.6) : [245, 244, 246];
  });
}

function signedColour(v: number): Colour {
  const t = Math.min(1, Math.abs(v));
  return v < 0 ? [247 - 214 * t, 247 - 145 * t, 247 - 75 * t] : [247 - 69 * t, 247 - 223 * t, 247 - 204 * t];
}

function sequentialColour(v: number): Colour {
  const t = Math.min(1, v);
  return [68 + 185 * t * t, 1 + 230 * t, 84 + 120 * Math.sin(t * 2.6) * (1 - t * 0.5)];
}

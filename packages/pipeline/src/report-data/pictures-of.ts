/** The heatmaps and tiles of a finished run, as its report shows them. */
import { positiveIndex } from "@nacre/core";
import { colourOf } from "@nacre/imaging";
import { readPicture } from "../explain/draw-slide.ts";
import type { FinishedRun } from "../finished-run.ts";
import type { AnyRunScorecard } from "../judge/judge-question.ts";
import { evidenceMeaning } from "../predict/answer-kind.ts";
import type { PredictedBag } from "../predict/bag-answer.ts";
import type { Colour, HeatmapSet, SlideTiles } from "../report/report-data.ts";
import type { RunFolder } from "../run/run-folder.ts";

/** Heatmaps shown in the report; the run folder holds all of them. */
const SHOWN = 80;
const COLOUR_STEPS = 33;

/** Heatmaps for the report, external slides first; null where none was drawn. */
export function heatmapsOf(
  folder: RunFolder,
  { drawn, cohort, predicted, method }: FinishedRun<AnyRunScorecard>,
): HeatmapSet | null {
  const { pictures, scales, slides } = drawn;
  const withPictures = slides.filter((s) => pictures.has(s.slide));
  if (withPictures.length === 0) return null;
  const external = withPictures.filter((s) => s.predicted.part === "external");
  const internal = withPictures.filter((s) => s.predicted.part !== "external");
  const shown = [...external, ...internal].slice(0, SHOWN);
  const ramp = (kind: "signed" | "sequential", scale: number, low: number): Colour[] =>
    Array.from({ length: COLOUR_STEPS }, (_, i) => {
      const [r, g, b] = colourOf(low + ((scale - low) * i) / (COLOUR_STEPS - 1), { kind, scale });
      return [r, g, b];
    });
  const { subject, unit } = evidenceMeaning(cohort.question);
  const { question } = cohort;
  return {
    className: subject,
    unit,
    method: method ?? "exact",
    contributionScale: scales.contribution,
    contributionColours: ramp("signed", scales.contribution, -scales.contribution),
    attentionScale: scales.attention,
    attentionColours: ramp("sequential", scales.attention, 0),
    choice:
      shown.length === slides.length
        ? `All ${slides.length} predicted slides.`
        : `${shown.length} of ${slides.length} predicted slides, external ones first; the others are in the folder heatmaps.`,
    entries: shown.map((s) => {
      const p = pictures.get(s.slide) as NonNullable<ReturnType<typeof pictures.get>>;
      return {
        slide: s.slide,
        thumbnail: readPicture(folder, p.thumbnail),
        contribution: readPicture(folder, p.contribution),
        attention: readPicture(folder, p.attention),
        width: p.width,
        height: p.height,
        logOdds:
          question.kind === "classify" ? logOdds(s.predicted, question.classes.length, positiveIndex(question)) : null,
      };
    }),
  };

  function logOdds(bag: PredictedBag, k: number, c: number): number | null {
    const p = predicted.includes(bag) ? bag.probabilities[c] : undefined;
    return k !== 2 || p === undefined || p <= 0 || p >= 1 ? null : Math.log(p / (1 - p));
  }
}

/** Tiles of highest and lowest contribution of the slides whose tiles were read. */
export function tilesOf({ drawn, cohort }: FinishedRun<AnyRunScorecard>): SlideTiles[] {
  const { subject } = evidenceMeaning(cohort.question);
  return drawn.tiles.flatMap((t) => {
    const shown = (list: typeof t.top): SlideTiles["top"] =>
      list.flatMap((p) => (p.image === null ? [] : [{ ...p, image: p.image }]));
    const top = shown(t.top);
    return top.length === 0 ? [] : [{ slide: t.slide, className: subject, top, bottom: shown(t.bottom) }];
  });
}

/** What a reader should know of a run beside its numbers: notes on what happened, and limits of what it shows. */
import type { SlideId } from "@nacre/core";
import type { SlideState } from "../extract/slide-state.ts";
import type { FinishedRun } from "../finished-run.ts";
import type { AnyRunScorecard } from "../judge/judge-question.ts";
import { counted } from "../report/number-text.ts";
import type { Note } from "../report/report-data.ts";

/** What happened in the run. */
export function notesOf({ division, drawn, states, model, study }: FinishedRun<AnyRunScorecard>): Note[] {
  const note = (title: string, lines: readonly string[]): Note[] =>
    lines.length === 0 ? [] : [{ title, text: lines.slice(0, 5).join("; ") }];
  const warned = states.flatMap((s) => (s.extracted?.warnings ?? []).map((w): [SlideId, string] => [s.row.slide, w]));
  return [
    ...note("About the split", division.report.notes),
    ...(model === null ? [noModelNote(study.aggregator.name)] : []),
    ...note("Heatmaps that could not be drawn", drawn.problems),
    ...note(
      `${counted(warned.length, "warning")} of the slide reader`,
      warned.map(([slide, text]) => `${slide}: ${text}`),
    ),
  ];
}

function noModelNote(name: string): Note {
  return {
    title: "No model file for other programs",
    text: `${name} is no linear function of the tiles: it compares with the slides it was fitted on. The run holds its predictions and what it remembers (model/fold-<i>.probe.json), but no model.onnx, and no heatmaps.`,
  };
}

/** Assumptions and gaps that weaken the result. */
export function limitationsOf({ states, fitted }: FinishedRun<AnyRunScorecard>): string[] {
  const out: string[] = [];
  const given = states.filter((s) => s.extracted?.mppSource === "given");
  const filled = given.filter((s) => s.extracted?.mppInFile === null);
  if (filled.length > 0) {
    out.push(
      `The scale of ${counted(filled.length, "slide")} is an assumption taken from the cohort table (${scalesOf(filled)} um/px): in the file there is none.`,
    );
  }
  const overridden = given.length - filled.length;
  if (overridden > 0)
    out.push(`The scale in the file was overridden by the cohort table for ${counted(overridden, "slide")}.`);
  const blind = fitted.filter((f) => f.step.note.chosenBy === "last-epoch");
  if (blind.length > 0) out.push(`${counted(blind.length, "model")} had no tune part, so the last epoch was kept.`);
  return out;
}

function scalesOf(states: readonly SlideState[]): string {
  return [...new Set(states.map((s) => s.extracted?.mpp))].slice(0, 5).join(", ");
}

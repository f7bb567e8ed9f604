/** What the study was: its name, its aim, what was not done. Plain text; null where this input does not say. */
import { counted, listed } from "../../report/number-text.ts";
import type { Known } from "../known.ts";
import { doesText, readingsOf } from "../reading/readings.ts";
import { recalibrationFact } from "./beyond-fact.ts";
import { joined } from "./joined.ts";
import { perReading } from "./per-part.ts";

/** Name, outcome and kind of model. */
export function titleFact({ title, report, card }: Known): string {
  const readings = readingsOf(card);
  if (report === null)
    return `${title}: predictions that ${doesText(readings, "many")}, made elsewhere and judged here.`;
  const { aggregator, encoder, tiles } = report.asked;
  const name = aggregator.title === "" ? aggregator.name : aggregator.title;
  return `${title}: a machine-learning model (${name} on ${tiles === null ? "features that were brought" : `features of ${encoder.name}`}) that ${doesText(readings, "one")}, developed and evaluated.`;
}

/** What the outcome is, where it stands. */
export function outcomeFact(known: Known): string | null {
  return perReading(known, ({ outcome }) => outcome);
}

/** How the reference standard is taken. */
export function referenceFact(known: Known): string | null {
  return perReading(known, ({ reference }) => reference);
}

/** Development, evaluation or both, and on whom. */
export function objectiveFact({ report }: Known): string {
  if (report === null) return "Evaluation of predictions that were made elsewhere.";
  const { split } = report.asked;
  const outside =
    split.external.length === 0 ? "without an external part" : `and outside, on ${listed(split.external)}`;
  return `Development of a model and its evaluation, inside over ${counted(split.folds, "fold")} ${outside}.`;
}

/** Nothing is refitted or recalibrated after judging. */
export function updatingFact(known: Known): string | null {
  const tried = recalibrationFact(known);
  const kept =
    tried === null
      ? "The model was not updated: nothing was refitted or recalibrated after it was judged."
      : "The model and its predictions were left as they are; recalibration was only examined.";
  return known.report === null ? tried : joined(kept, tried);
}

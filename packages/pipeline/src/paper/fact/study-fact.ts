/** What the study was: its name, its aim, what was not done. Plain text; null where this input does not say. */
import { counted, listed } from "../../report/number-text.ts";
import type { Known } from "../known.ts";
import { recalibrationFact } from "./beyond-fact.ts";

/** Name, outcome and kind of model. */
export function titleFact({ title, report, card }: Known): string {
  const classes = listed(card.task.classes);
  if (report === null) return `${title}: predictions that tell ${classes} apart, made elsewhere and judged here.`;
  const { aggregator, encoder } = report.asked;
  const name = aggregator.title === "" ? aggregator.name : aggregator.title;
  return `${title}: a machine-learning model (${name} on features of ${encoder.name}) that tells ${classes} apart, developed and evaluated.`;
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

/** The texts that are known, one after another; null where none is. */
export function joined(...facts: readonly (string | null)[]): string | null {
  const known = facts.filter((f) => f !== null);
  return known.length === 0 ? null : known.join(" ");
}

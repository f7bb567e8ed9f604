/** How far runs with other seeds lie apart, where a table holds several: beside the intervals over patients, never in their place. */
import type { SeedSpread } from "@nacre/evaluation";
import { measureName } from "../answers/measure-name.ts";
import { html, type Markup } from "../html.ts";
import { counted, decimal, listed, sentence } from "../number-text.ts";

/** A heading and one line for each part. */
export function seedMarkup(seeds: readonly SeedSpread[]): Markup {
  return html`<h3>By seed</h3><p class="note">The same patients predicted by runs with other seeds: noise of the optimiser. The intervals of the scorecard are over patients, for the mean prediction of all runs; neither holds the other.</p><ul>${seeds.map(
    ({ part, measure, runs, mean, spread }) =>
      html`<li>${part === "internal" ? "Internal" : "External"}: ${measureName(measure)} of a run alone, mean over ${counted(runs.length, "seed")} ${seedText(mean)}${
        spread !== null &&
        `; standard deviation ${decimal(spread.sd)}, runs from ${decimal(spread.low)} to ${decimal(spread.high)}`
      }. ${sentence(listed(runs.map((r) => `${r.seed}: ${r.value === null ? "undefined" : decimal(r.value)}`)))}</li>`,
  )}</ul>`;
}

/** Here n counts seeds, so the usual sentence with patients would mislead. */
function seedText({ value, low, high, reason }: SeedSpread["mean"]): string {
  if (value === null) return `undefined (${reason ?? "no reason recorded"})`;
  if (low === null || high === null) return `${decimal(value)} (${reason ?? "no interval"})`;
  return `${decimal(value)} (95 % t interval over seeds ${decimal(low)} to ${decimal(high)})`;
}

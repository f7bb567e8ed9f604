/** What a triage comes to, in words that a clinician can repeat. */
import type { Estimate } from "../estimate.ts";
import { COUNTED, type Target } from "./target.ts";

export interface SentenceParts {
  readonly target: Target;
  /** Share of the patients in the zone. */
  readonly share: Estimate;
  /** The rate on the patients each threshold was chosen on. */
  readonly chosenOn: readonly Estimate[];
  /** The rate on the judged patients. */
  readonly judged: Estimate;
  readonly isOptimistic: boolean;
  /** What happens to the patients of the zone, and what went wrong, counted. */
  readonly outcome: string;
  readonly errors: string;
}

/**
 * "at sensitivity at least 0.98 on the tune part (66 of 67 positive patients), 41 % of test patients need no second look; on test the
 * sensitivity was ..."
 */
export function zoneSentence(parts: SentenceParts): string {
  const { target, share, judged, isOptimistic, outcome, errors } = parts;
  const bound = target.by === "bound" ? " (lower 95 % bound)" : "";
  const where = isOptimistic ? "on these same patients" : tunePart(parts);
  const who = isOptimistic ? "of them" : "of test patients";
  const on = isOptimistic ? "chosen and judged on the same patients, so too good: the" : "on test the";
  const rate = judged.value === null ? `could not be judged: ${judged.reason}` : `was ${interval(judged)}`;
  return `at ${target.rate} at least ${target.least}${bound} ${where}, ${percent(share.value)} ${who} ${outcome}; ${on} ${target.rate} ${rate}, ${errors}${isOptimistic ? "" : caution(parts)}`;
}

function tunePart({ chosenOn, target }: SentenceParts): string {
  const n = chosenOn.reduce((sum, e) => sum + e.n, 0);
  const hits = chosenOn.reduce((sum, e) => sum + Math.round((e.value ?? 0) * e.n), 0);
  const counts = `(${hits} of ${n} ${COUNTED[target.rate]})`;
  return chosenOn.length === 1 ? `on the tune part ${counts}` : `on each fold's tune part ${counts}`;
}

/**
 * Of n patients of one class none lies below the lowest, and of the next one the chance to lie above it is n / (n + 1): where that is
 * less than the target, the tune part is too small for it whatever the model.
 */
function caution({ chosenOn, target: { rate, least } }: SentenceParts): string {
  if (rate === "npv" || rate === "ppv") return "";
  const n = Math.min(...chosenOn.map((e) => e.n));
  if (n / (n + 1) >= least) return "";
  const kind = rate === "sensitivity" ? "positive" : "negative";
  const said = n === 1 ? `1 ${kind} patient` : `${n} ${kind} patients`;
  return `; too few to promise it: a threshold from ${said} keeps a ${rate} of ${(n / (n + 1)).toFixed(2)} on average at best`;
}

/** 0.412 as "41 %"; one digit more near the ends, and "0 %" and "100 %" only where nothing and everything is meant. */
export function percent(share: number | null): string {
  if (share === null) return "an unknown share";
  const value = share * 100;
  if (value === 0 || value === 100 || (value >= 1 && value <= 99)) return `${Math.round(value)} %`;
  return value < 0.1 ? "under 0.1 %" : value > 99.9 ? "over 99.9 %" : `${value.toFixed(1)} %`;
}

function interval({ value, low, high }: Estimate): string {
  return `${(value as number).toFixed(3)} (${(low as number).toFixed(3)} to ${(high as number).toFixed(3)})`;
}

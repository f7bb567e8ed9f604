/**
 * How a model's numbers are written, wherever a person reads them: worklist, case, drop zone, drafts, printed reports. One place, so that
 * one answer reads the same on every page. A probability has two digits, and never reads as a certainty that it is not. A number beside
 * the threshold that it is held against has as many digits as show on which side it lies. Measures of a study (AUROC and the like) are
 * written by the report, with three.
 */
import type { CasePrediction } from "./case.ts";

const MOST_DIGITS = 6;

/** A probability, 0 to 1: "0.42", "<0.01", ">0.99"; "0.00" and "1.00" of exactly 0 and 1 alone. */
export function writeProbability(value: number, digits = 2): string {
  const least = 10 ** -digits;
  if (value > 0 && value < least / 2) return `<${least.toFixed(digits)}`;
  if (value < 1 && value >= 1 - least / 2) return `>${(1 - least).toFixed(digits)}`;
  return value.toFixed(digits);
}

/** A threshold of a probability: two digits, and more where it lies near 0 or 1: "0.10", "0.013", "0.996". */
export function writeThreshold(value: number, digits = 2): string {
  const reach = Math.min(value, 1 - value);
  const own = reach > 0 ? Math.min(MOST_DIGITS, 1 - Math.floor(Math.log10(reach))) : 2;
  return value.toFixed(Math.max(digits, own)).replace(/(\.\d\d\d*?)0+$/, "$1");
}

/** A probability and the thresholds it is held against, with the digits that show which of them it reaches. */
export function writeHeld(value: number, thresholds: readonly number[]): readonly [string, ...string[]] {
  for (let digits = 2; ; digits++) {
    const own = writeProbability(value, digits);
    const others = thresholds.map((at) => writeThreshold(at, digits));
    const shows = thresholds.every((at, i) => reaches(own, Number(others[i])) === value >= at);
    if (shows || digits === MOST_DIGITS) return [own, ...others];
  }
}

/** Whether a written probability reads as at or above a threshold; null where the words leave it open. */
function reaches(text: string, threshold: number): boolean | null {
  const number = Number(text.replace(/^[<>]/, ""));
  if (text.startsWith("<")) return number <= threshold ? false : null;
  if (text.startsWith(">")) return number >= threshold ? true : null;
  return number >= threshold;
}

const NUMBER = new Intl.NumberFormat("en-GB", {
  maximumSignificantDigits: 3,
  maximumFractionDigits: 0,
  roundingPriority: "morePrecision",
});

/** A predicted number or a risk: three digits that count, and never fewer than the whole: "0.0123", "12.3", "1,235", "−0.4". */
export function writeNumber(value: number): string {
  return NUMBER.format(value).replace("-", "−").replace(/^−0$/, "0");
}

/** An answer of a model by its unit. */
export function writeAnswer(value: number, unit: CasePrediction["answers"][number]["unit"]): string {
  return unit === "probability" ? writeProbability(value) : writeNumber(value);
}

/** Words that readings of several kinds share. */
import { measureName } from "../../report/answers/measure-name.ts";
import { counted, decimal } from "../../report/number-text.ts";
import type { Estimate } from "../../report/score.ts";
import { FEW } from "../../report/verdict.ts";
import type { Baseline, Named, Reading } from "./reading.ts";

/** The first letter large. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The name of a measure as lists can hold it: "ICC (consistency)", not "ICC, consistency". */
export function titleOf(key: string): string {
  const [base, time] = key.split("@");
  if (base === "survivalBrier") return `Brier score at ${time}`;
  return measureName(key).replace(/^([^,(]+), (.+)$/, "$1 ($2)");
}

/** The same within a sentence: small, unless it is an abbreviation or a person. */
export function inSentence(key: string): string {
  const name = titleOf(key);
  if (/^(Pearson|Spearman|Kendall|Lin's|Brier)/.test(name) || !/^[A-Z][a-z]/.test(name)) return name;
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

/** The measures of these keys that the part has, as sentences call them. */
export function namedOf(
  measures: Readonly<Record<string, Estimate>>,
  keys: readonly string[],
  digitsOf: (key: string) => number = () => 3,
): Named[] {
  return keys.flatMap((key) => {
    const estimate = measures[key];
    return estimate === undefined ? [] : [{ name: inSentence(key), estimate, digits: digitsOf(key) }];
  });
}

/** The mean of the tiles with a linear head on the same parts. */
export function meanPool(
  pool: { readonly internal: Estimate | null; readonly external: Estimate | null } | null | undefined,
): Baseline {
  const told = { external: "mean pool, external", internal: "mean pool, internal" };
  return { name: "Mean pool", aside: "", told, external: pool?.external ?? null, internal: pool?.internal ?? null };
}

/** "18 events, fewer than the 100 usually advised; the C-index is known within 0.21". */
export function sizeText(number: number, one: string, headline: string, { low, high }: Estimate): string {
  const advice = number < FEW ? `, fewer than the ${FEW} usually advised` : "";
  const width = low === null || high === null ? "" : `; the ${headline} is known within ${decimal(high - low, 2)}`;
  return `${counted(number, one)}${advice}${width}`;
}

/** A cell of a table that has no number. */
export function notComputed(n: number, reason: string): Estimate {
  return { value: null, low: null, high: null, n, method: "", reason };
}

/** The same words with balanced weights and without. */
export function whatever(text: string): Reading["imbalance"] {
  return { balanced: text, none: text };
}

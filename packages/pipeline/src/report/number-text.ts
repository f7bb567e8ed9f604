/**
 * Numbers as the report prints them: three decimals for measures, an interval in words, a real minus sign.
 * A number that is not finite is a programmer's mistake: an undefined measure is null and carries its reason.
 */
import type { Estimate } from "./score.ts";

/** Fixed decimals with a real minus sign; never "−0.000". @throws TypeError when not finite */
export function decimal(value: number, digits = 3): string {
  if (!Number.isFinite(value)) {
    throw new TypeError(`expected a finite number in the report, received ${value}; give null and a reason instead`);
  }
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

/** With an explicit sign: +0.31, −0.20, 0.00. */
export function signed(value: number, digits = 2): string {
  const text = decimal(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A count with thousands apart: 12,224. */
export function count(value: number): string {
  return String(Math.round(value))
    .replace("-", "−")
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "1 patient", "12,224 slides". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share as percent: 12.3 %. */
export function percent(share: number, digits = 1): string {
  return `${decimal(share * 100, digits)} %`;
}

/** "0.881 to 0.972", or null where there is no interval. */
export function intervalText(e: Estimate, digits = 3): string | null {
  return e.low === null || e.high === null ? null : `${decimal(e.low, digits)} to ${decimal(e.high, digits)}`;
}

/** "0.934 (95 % interval 0.881 to 0.972, n = 20)"; undefined says why. For prose. */
export function estimateText(e: Estimate, digits = 3): string {
  if (e.value === null) return `undefined (${e.reason ?? "no reason recorded"}; n = ${count(e.n)})`;
  const interval = intervalText(e, digits);
  return `${decimal(e.value, digits)} (${interval === null ? "no interval" : `95 % interval ${interval}`}, n = ${count(e.n)})`;
}

/** A p-value: "0.031", "below 0.001". */
export function pText(p: number): string {
  return p < 0.001 ? "below 0.001" : decimal(p);
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "none";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The text as one sentence: a capital first, a full stop last. Empty text stays empty. */
export function sentence(text: string): string {
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** Decimals that show two to three figures of the values on a scale of this size: 2 for 1.5, 4 for 0.012. At most 10. */
export function digitsFor(scale: number): number {
  if (!(scale > 0 && Number.isFinite(scale))) return 2;
  return Math.min(10, Math.max(2, 2 - Math.floor(Math.log10(scale))));
}

/** The text with "n = 20" and "95 %" kept on one line. */
export function unbroken(text: string): string {
  return text.replace(/n = (?=\d)/g, "n\u00a0=\u00a0").replace(/(\d) %/g, "$1\u00a0%");
}

/** A finding of the audit in words. */
import { counted, percent } from "./number-text.ts";
import type { Finding } from "./score.ts";

/** Who is touched: "12 patients, 40.0 % of the test patients of a fold on average". */
export function extent(f: Finding): string {
  const isAboutSlides = /slide|pixels|near-duplicate|role-overlap/.test(f.kind);
  const share = f.share === null ? "" : `, ${percent(f.share)} of the test patients of a fold on average`;
  return `${counted(f.count, isAboutSlides ? "slide" : "patient")}${share}`;
}

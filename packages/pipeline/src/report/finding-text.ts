/** A finding of the audit in words. */
import { counted, percent } from "./number-text.ts";
import type { Finding } from "./score.ts";

/** Who is touched: "12 patients, 40.0 % of the test patients of a fold on average". */
export function extent(f: Finding): string {
  const unit =
    f.kind === "spreadsheet-date"
      ? "row"
      : /slide|pixels|near-duplicate|role-overlap/.test(f.kind)
        ? "slide"
        : "patient";
  const share = f.share === null ? "" : `, ${percent(f.share)} of the test patients of a fold on average`;
  return `${counted(f.count, unit)}${share}`;
}

/** A finding of the audit in words. */
import { findingUnit } from "@nacre/evaluation";
import { counted, percent } from "./number-text.ts";
import type { Finding } from "./score.ts";

/** Who is touched: "12 patients, 40.0 % of the test patients of a fold on average". */
export function extent(f: Finding): string {
  const share = f.share === null ? "" : `, ${percent(f.share)} of the test patients of a fold on average`;
  return `${counted(f.count, findingUnit(f.kind))}${share}`;
}

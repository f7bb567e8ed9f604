/** What the points of a map may be coloured by. */
import type { MemberColumn } from "./search-work.ts";

const COLUMNS = ["label", "site", "scanner", "stain", "quality"] as const;

type Told = Readonly<Record<(typeof COLUMNS)[number], string | null>>;

/** Columns of which at least one slide has a value; values in order of their names. */
export function columnsOf(slides: readonly Told[]): MemberColumn[] {
  return COLUMNS.flatMap((name) => {
    const names = [...new Set(slides.flatMap((slide) => slide[name] ?? []))].sort();
    if (names.length === 0) return [];
    return [{ name, names, values: slides.map((slide) => names.indexOf(slide[name] ?? "")) }];
  });
}

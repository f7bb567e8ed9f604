/**
 * Finds the slides that a foreign file means by an id: the slide id, the path with or without extension, the bare file name
 * where it is unique, or a patient or case, which stands for all its slides. Numbers that a spreadsheet turned into `17.0`
 * are tried as `17`.
 */
import { type CohortRow, type SlideId, slideIdOf } from "@nacre/core";

export type IdKind = "slide" | "file-name" | "case" | "patient";

export interface Match {
  readonly slides: readonly SlideId[];
  readonly kind: IdKind;
}

/** A function from an id as written to what it means; null for an id the cohort does not know. */
export function idMatcher(cohort: readonly CohortRow[]): (id: string) => Match | null {
  const tables: Record<IdKind, Map<string, SlideId[]>> = {
    slide: new Map(),
    "file-name": new Map(),
    case: new Map(),
    patient: new Map(),
  };
  for (const row of cohort) {
    put(tables.slide, row.slide, row.slide);
    put(tables["file-name"], slideIdOf(row.path.split(/[/\\]/).at(-1) ?? ""), row.slide);
    put(tables.case, row.case, row.slide);
    put(tables.patient, row.patient, row.slide);
  }
  const find = (key: string): Match | null => {
    for (const kind of ["slide", "file-name", "patient", "case"] as const) {
      const slides = tables[kind].get(key);
      if (slides !== undefined && (kind !== "file-name" || slides.length === 1)) return { slides, kind };
    }
    return null;
  };
  return (id) =>
    find(slideIdOf(id)) ?? find(id) ?? find(slideIdOf(id.split(/[/\\]/).at(-1) ?? "")) ?? find(id.replace(/\.0$/, ""));
}

function put(table: Map<string, SlideId[]>, key: string, slide: SlideId): void {
  const slides = table.get(key);
  if (slides === undefined) table.set(key, [slide]);
  else if (!slides.includes(slide)) slides.push(slide);
}

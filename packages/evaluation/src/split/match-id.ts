/**
 * Finds the slides that a foreign file means by an id: the slide id, the path with or without extension, the bare file name
 * where it is unique, or a patient or case, which stands for all its slides. Numbers that a spreadsheet turned into `17.0`
 * are tried as `17`. A bare TCGA or CPTAC barcode of a patient means the slides that carry it, whatever the cohort calls the patient.
 */
import { type CohortRow, type SlideId, slideIdOf } from "@nacre/core";
import { barcodeOf } from "../cohort/barcode.ts";

export type IdKind = "slide" | "file-name" | "case" | "patient" | "barcode";

export interface Match {
  readonly slides: readonly SlideId[];
  readonly kind: IdKind;
}

/** A function from an id as written to what it means; null for an id the cohort does not know. */
export function idMatcher(cohort: readonly CohortRow[]): (id: string) => Match | null {
  const tables: Record<Exclude<IdKind, "barcode">, Map<string, SlideId[]>> = {
    slide: new Map(),
    "file-name": new Map(),
    case: new Map(),
    patient: new Map(),
  };
  for (const row of cohort) {
    put(tables.slide, row.slide, row.slide);
    put(tables["file-name"], bareName(row.path), row.slide);
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
  const byBarcode = barcodeMatcher(cohort);
  return (id) => find(slideIdOf(id)) ?? find(id) ?? find(bareName(id)) ?? find(id.replace(/\.0$/, "")) ?? byBarcode(id);
}

/** Only ids that are a patient's barcode and nothing more: a longer one names a slide that the cohort lacks. */
function barcodeMatcher(cohort: readonly CohortRow[]): (id: string) => Match | null {
  let slides: Map<string, SlideId[]> | null = null;
  return (id) => {
    const patient = barcodeOf(id)?.patient;
    if (patient === undefined || patient !== id.toUpperCase()) return null;
    if (slides === null) {
      slides = new Map();
      for (const row of cohort) {
        const own = barcodeOf(row.path)?.patient;
        if (own !== undefined) put(slides, own, row.slide);
      }
    }
    const found = slides.get(patient);
    return found === undefined ? null : { slides: found, kind: "barcode" };
  };
}

function bareName(path: string): SlideId {
  return slideIdOf(path.split(/[/\\]/).at(-1) ?? "");
}

function put(table: Map<string, SlideId[]>, key: string, slide: SlideId): void {
  const slides = table.get(key);
  if (slides === undefined) table.set(key, [slide]);
  else if (!slides.includes(slide)) slides.push(slide);
}

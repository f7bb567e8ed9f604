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
  // Most split files name slides, so the other tables are made when the first id asks for them.
  const slide = tableOf(cohort, (r) => r.slide);
  const fileName = lazily(() => tableOf(cohort, (r) => bareName(r.path)));
  const patient = lazily(() => tableOf(cohort, (r) => r.patient));
  const caseTable = lazily(() => tableOf(cohort, (r) => r.case));
  const find = (key: string): Match | null => {
    const named = slide.get(key);
    if (named !== undefined) return { slides: named, kind: "slide" };
    const files = fileName().get(key);
    if (files?.length === 1) return { slides: files, kind: "file-name" };
    const ofPatient = patient().get(key);
    if (ofPatient !== undefined) return { slides: ofPatient, kind: "patient" };
    const ofCase = caseTable().get(key);
    return ofCase === undefined ? null : { slides: ofCase, kind: "case" };
  };
  const byBarcode = barcodeMatcher(cohort);
  return (id) => find(slideIdOf(id)) ?? find(id) ?? find(bareName(id)) ?? find(id.replace(/\.0$/, "")) ?? byBarcode(id);
}

/** Only ids that are a patient's barcode and nothing more: a longer one names a slide that the cohort lacks. */
function barcodeMatcher(cohort: readonly CohortRow[]): (id: string) => Match | null {
  const slides = lazily(() => tableOf(cohort, (r) => barcodeOf(r.path)?.patient ?? null));
  return (id) => {
    const patient = barcodeOf(id)?.patient;
    if (patient === undefined || patient !== id.toUpperCase()) return null;
    const found = slides().get(patient);
    return found === undefined ? null : { slides: found, kind: "barcode" };
  };
}

function bareName(path: string): SlideId {
  return slideIdOf(path.split(/[/\\]/).at(-1) ?? "");
}

/** The slides of each key, each once. */
function tableOf(
  cohort: readonly CohortRow[],
  keyOf: (row: CohortRow) => string | null,
): ReadonlyMap<string, readonly SlideId[]> {
  const table = new Map<string, SlideId[]>();
  for (const row of cohort) {
    const key = keyOf(row);
    if (key === null) continue;
    const slides = table.get(key);
    if (slides === undefined) table.set(key, [row.slide]);
    else if (!slides.includes(row.slide)) slides.push(row.slide);
  }
  return table;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

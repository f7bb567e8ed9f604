/** Slides that only the split files know. Their barcodes may still tell that they belong to patients of the cohort. */
import { type CohortRow, caseId, patientId, type SlideId, siteId } from "@nacre/core";
import { barcodeOf } from "./barcode.ts";
import { slideNamed } from "./slide-name.ts";
import { institutionOf } from "./tissue-source-site.ts";

export interface Strangers {
  readonly rows: readonly CohortRow[];
  /** Those whose patient nothing names: each stands for a patient of its own. */
  readonly patientsUnknown: readonly SlideId[];
}

/**
 * A row without a label for each id that the cohort lacks. The patient is the one whom the cohort's own slides of that
 * barcode belong to, whatever the cohort calls them; else the barcode, else the id. The site is that patient's, or the institution of
 * the barcode where the cohort's own sites are of that kind.
 */
export function strangersOf(ids: readonly string[], cohort: readonly CohortRow[]): Strangers {
  const known = new Map<string, CohortRow>();
  let areInstitutions = true;
  for (const row of cohort) {
    const barcode = barcodeOf(row.path) ?? barcodeOf(row.patient);
    if (barcode === null) continue;
    if (!known.has(barcode.patient)) known.set(barcode.patient, row);
    areInstitutions &&= row.site === null || barcode.source === null || row.site === siteOf(barcode.source);
  }
  const slides = new Set(cohort.map((r) => r.slide));
  const out = new Map<string, CohortRow>();
  const patientsUnknown: SlideId[] = [];
  for (const id of ids) {
    const slide = slideNamed(id);
    if (slides.has(slide) || out.has(slide)) continue;
    const barcode = barcodeOf(id);
    const kin = barcode === null ? undefined : known.get(barcode.patient);
    const patient = kin?.patient ?? patientId(barcode?.patient ?? slide);
    if (barcode === null) patientsUnknown.push(slide);
    const source = barcode?.source ?? null;
    const site = kin?.site ?? (areInstitutions && source !== null ? siteId(siteOf(source)) : null);
    out.set(slide, {
      slide,
      path: id,
      patient,
      case: kin?.case ?? caseId(patient),
      site,
      label: null,
      mpp: null,
      columns: {},
    });
  }
  return { rows: [...out.values()], patientsUnknown };
}

function siteOf(source: string): string {
  return institutionOf(source) ?? source;
}

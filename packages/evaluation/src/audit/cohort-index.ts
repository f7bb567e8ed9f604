/**
 * Numbers instead of names: of a large cohort every check asks which parts hold a slide or a patient, and a look into an array
 * costs a tenth of one into a table of strings.
 */
import type { CohortRow, SlideId } from "@nacre/core";

export interface CohortIndex {
  /** Place of a slide in the cohort; the last of several rows of one slide. */
  readonly rowOf: ReadonlyMap<SlideId, number>;
  /** Names of patients by number, in order of appearance, and the number of each name. */
  readonly patients: readonly string[];
  readonly numberOf: ReadonlyMap<string, number>;
  /** Number of the patient of each row, and index of its label or -1. [rows] */
  readonly patientAt: Uint32Array;
  readonly labelAt: Int32Array;
}

export function indexCohort(cohort: readonly CohortRow[], labelOf: (row: CohortRow) => number | null): CohortIndex {
  const numberOf = new Map<string, number>();
  const patientAt = Uint32Array.from(cohort, ({ patient }) => {
    const known = numberOf.get(patient);
    if (known !== undefined) return known;
    numberOf.set(patient, numberOf.size);
    return numberOf.size - 1;
  });
  const rowOf = new Map<SlideId, number>();
  cohort.forEach(({ slide }, i) => {
    rowOf.set(slide, i);
  });
  return {
    rowOf,
    numberOf,
    patients: [...numberOf.keys()],
    patientAt,
    labelAt: Int32Array.from(cohort, (row) => labelOf(row) ?? -1),
  };
}

/** Places in the cohort of the slides that it holds. */
export function placesOf({ rowOf }: CohortIndex, slides: readonly SlideId[]): Uint32Array {
  const places = new Uint32Array(slides.length);
  let n = 0;
  for (const slide of slides) {
    const row = rowOf.get(slide);
    if (row !== undefined) places[n++] = row;
  }
  return places.subarray(0, n);
}

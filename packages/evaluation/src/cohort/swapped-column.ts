/**
 * Slides and patients under each other's name: a person has several slides, a slide has one person. Where the ids called
 * slides repeat and no patient ever does, the two columns have changed places.
 */

/** Below this share of rows with a repeated slide it is a slip in a few rows, not two columns. */
const LEAST = 0.1;

/** True where every row has a patient of its own while slides repeat. `patient` "" is a missing one, and then nothing is said. */
export function areSwapped(rows: readonly { readonly slide: string; readonly patient: string }[]): boolean {
  const times = new Map<string, number>();
  const patients = new Set<string>();
  for (const { slide, patient } of rows) {
    if (patient === "" || patients.has(patient)) return false;
    patients.add(patient);
    times.set(slide, (times.get(slide) ?? 0) + 1);
  }
  const repeated = rows.filter((r) => (times.get(r.slide) as number) > 1).length;
  return repeated > 0 && repeated >= LEAST * rows.length;
}

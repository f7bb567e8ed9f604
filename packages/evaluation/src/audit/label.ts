/** Labels that contradict each other, and patients that belong to two hospitals. */
import { type CohortRow, groupBy, type SlideId } from "@nacre/core";
import { type AuditContext, type Example, type Finding, shareOfTest } from "./finding.ts";

/** Patients whose slides, or whose identical pixels, carry different labels. */
export function conflictingLabels(context: AuditContext, duplicates: readonly (readonly SlideId[])[]): Finding[] {
  const { cohort, classes, labelOf, examples: most } = context;
  const byPatient = rowsOfPatientsWithTwo(context, (row) => labelOf(cohort[row] as CohortRow));
  const bySlide = new Map(cohort.map((r) => [r.slide, r]));
  const identical = duplicates.map((g) => g.map((s) => bySlide.get(s)).filter((r) => r !== undefined));
  const patients = new Set<string>();
  const examples: Example[] = [];
  const note = (rows: readonly CohortRow[], what: string): void => {
    const labels = [...new Set(rows.map(labelOf).filter((l) => l !== null))];
    if (labels.length < 2) return;
    for (const r of rows) patients.add(r.patient);
    if (examples.length >= most) return;
    const shown = labels.map((l) => rows.find((r) => labelOf(r) === l) as CohortRow);
    examples.push({
      fold: null,
      patient: new Set(rows.map((r) => r.patient)).size === 1 ? (rows[0]?.patient ?? null) : null,
      slides: shown.map((r) => r.slide),
      note: `${what}: ${shown.map((r) => `${r.slide} is ${classes[labelOf(r) as number]}`).join(", ")}`,
    });
  };
  for (const rows of byPatient.values()) note(rows, "one patient");
  for (const rows of identical) note(rows, "identical pixels");
  if (patients.size === 0) return [];
  return [
    {
      kind: "conflicting-label",
      severity: "refuse",
      count: patients.size,
      share: shareOfTest(context, (p) => patients.has(p)),
      examples,
      effect: "At least one of the labels is wrong, or the label is not one of patients",
      remedy: "correct the labels; where the label is one of slides, allow it and say why",
    },
  ];
}

/** Patients with slides from two sites. */
export function patientsInTwoSites(context: AuditContext): Finding[] {
  const { cohort, examples: most } = context;
  const found = rowsOfPatientsWithTwo(context, (row) => cohort[row]?.site ?? null);
  if (found.size === 0) return [];
  return [
    {
      kind: "patient-in-two-sites",
      severity: "warn",
      column: "site",
      count: found.size,
      share: shareOfTest(context, (p) => found.has(p)),
      examples: [...found].slice(0, most).map(([patient, rows]) => ({
        fold: null,
        patient,
        slides: rows.slice(0, 8).map((r) => r.slide),
        note: `sites ${[...new Set(rows.map((r) => r.site).filter((s) => s !== null))].join(", ")}`,
      })),
      effect: "Such a patient ties two sites together, so they cannot be kept apart",
      remedy: "check the patient ids and the site column; a split by site keeps these sites together",
    },
  ];
}

/** The rows of patients for whom a trait has two values; null is none. Most patients have one, so only the others are grouped. */
function rowsOfPatientsWithTwo<T>(
  { cohort, index }: AuditContext,
  traitAt: (row: number) => T | null,
): Map<string, CohortRow[]> {
  const first = new Array<T | null>(index.patients.length).fill(null);
  const several = new Set<string>();
  index.patientAt.forEach((patient, row) => {
    const trait = traitAt(row);
    if (trait === null) return;
    const known = first[patient] as T | null;
    if (known === null) first[patient] = trait;
    else if (known !== trait) several.add(index.patients[patient] as string);
  });
  if (several.size === 0) return new Map();
  return groupBy(
    cohort.filter((r) => several.has(r.patient)),
    (r) => r.patient as string,
  );
}

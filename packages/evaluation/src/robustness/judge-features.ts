/** The features of a cohort judged by site and by scanner: vectors of slides become one of each patient, and what cannot be judged is said. */
import type { ClassifyTask, CohortRow } from "@nacre/core";
import type { SkippedCheck } from "../audit/finding.ts";
import type { SlideVectors } from "../audit/near-duplicate.ts";
import { type FeatureRobustness, featureRobustness } from "./feature-robustness.ts";
import { indexed, rowsOf } from "./unit-rows.ts";

export interface FeatureJudgement {
  readonly robustness: readonly FeatureRobustness[];
  readonly skipped: readonly SkippedCheck[];
}

export interface JudgeFeaturesInput {
  readonly cohort: readonly CohortRow[];
  readonly task: ClassifyTask | null;
  /** Leave out where there are no features. */
  readonly vectors?: SlideVectors;
  readonly seed: number;
}

const SCANNER = /(^|[^a-z])scanner([^a-z]|$)/i;

/** One judgement for the site and one for each column of scanners. Never fails: what cannot be judged is skipped with its reason. */
export function judgeFeatures({ cohort, task, vectors, seed }: JudgeFeaturesInput): FeatureJudgement {
  const none = (reason: string): FeatureJudgement => ({ robustness: [], skipped: [{ check: "robustness", reason }] });
  if (vectors === undefined) return none("no features were given");
  if (task === null) return none("no label column was named");
  const patients = patientsOf(cohort, vectors, task.classes);
  if (patients.length === 0) return none("no patient with a label has features");
  const rows = rowsOf(concatenated(patients, vectors.d), vectors.d);
  const robustness: FeatureRobustness[] = [];
  const skipped: SkippedCheck[] = [];
  const seen = new Set<string>();
  for (const { name, of } of centresOf(cohort)) {
    const centres = patients.map((p) => of(p.row));
    const partition = partitionOf(centres);
    const judged = seen.has(partition)
      ? { reason: `${name} divides the patients as the column before it does` }
      : featureRobustness(name, { rows, labels: patients.map((p) => p.label), centres }, seed);
    seen.add(partition);
    if ("reason" in judged) skipped.push({ check: "robustness", reason: judged.reason });
    else robustness.push(judged);
  }
  if (robustness.length === 0 && skipped.length === 0) return none("neither site nor scanner is known");
  return { robustness, skipped };
}

interface Patient {
  readonly row: CohortRow;
  readonly label: number;
  readonly vector: Float64Array;
}

/** Patients with a label and a direction in feature space: the mean over slides, the label and the row of the first of them. */
function patientsOf(cohort: readonly CohortRow[], vectors: SlideVectors, classes: readonly string[]): Patient[] {
  const at = new Map(vectors.slides.map((s, i) => [s, i]));
  const found = new Map<string, Patient>();
  for (const row of cohort) {
    const slide = at.get(row.slide);
    const label = row.label === null ? -1 : classes.indexOf(row.label);
    if (slide === undefined || label < 0) continue;
    const patient = found.get(row.patient) ?? { row, label, vector: new Float64Array(vectors.d) };
    found.set(row.patient, patient);
    const { vector } = patient;
    for (let j = 0; j < vectors.d; j++)
      vector[j] = (vector[j] as number) + (vectors.vectors[slide * vectors.d + j] as number);
  }
  return [...found.values()].filter(({ vector }) => {
    const square = vector.reduce((sum, v) => sum + v * v, 0);
    return Number.isFinite(square) && square > 0;
  });
}

function concatenated(patients: readonly Patient[], d: number): Float64Array {
  const all = new Float64Array(patients.length * d);
  patients.forEach((p, i) => {
    all.set(p.vector, i * d);
  });
  return all;
}

function centresOf(cohort: readonly CohortRow[]): { name: string; of: (row: CohortRow) => string | null }[] {
  const names = new Set<string>();
  for (const row of cohort) for (const name in row.columns) names.add(name);
  const scanners = [...names].filter((name) => SCANNER.test(name));
  return [
    ...(cohort.some((r) => r.site !== null) ? [{ name: "site", of: (row: CohortRow) => row.site }] : []),
    ...scanners.map((name) => ({ name, of: (row: CohortRow) => row.columns[name]?.trim() || null })),
  ];
}

/** Equal for two columns that put the same patients together. */
function partitionOf(centres: readonly (string | null)[]): string {
  return indexed(centres.map((c) => c ?? "")).join(" ");
}

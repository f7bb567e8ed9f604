/** Whether the numbers can carry the claim: rare labels, uneven folds, test parts too small for a useful interval. */

import { counted } from "../cohort/table.ts";
import { type Estimate, Z95 } from "../estimate.ts";
import { hanleyVariance } from "../metric/delong.ts";
import { placesOf } from "./cohort-index.ts";
import { type AuditContext, type Finding, patientsOf } from "./finding.ts";

/** A label rarer than this share of the patients is a warning. */
const RARE = 0.1;
/** A fold whose share of a label is this far from that of its training part is a warning. */
const SHIFT = 0.2;
/** The AUROC at which a planned interval is judged, and the half-width that is still useful. */
const PLANNED = 0.8;
const USEFUL = 0.1;

/** Labels that are rare in the cohort, and folds whose mix of labels differs from what they learned from. */
export function imbalances(context: AuditContext): Finding[] {
  const { having: all, patients: n } = countLabels(context, [context.index.labelAt.map((_, row) => row)]);
  const findings: Finding[] = [];
  const rare = context.classes.flatMap((name, c) =>
    (all[c] as number) < RARE * n ? [`${all[c]} of ${n} ${name}`] : [],
  );
  if (n > 0 && rare.length > 0) {
    findings.push({
      ...COMMON,
      count: n,
      examples: rare.slice(0, context.examples).map((note) => ({ fold: null, patient: null, slides: [], note })),
      effect: "Accuracy flatters a model that never calls the rare label; few patients carry every number about it",
      remedy: "read AUPRC and balanced accuracy, weight the classes, or collect more patients of the rare label",
    });
  }
  const shifted = context.folds.flatMap((fold) => {
    const test = countLabels(context, [fold.places.test]).having;
    const train = countLabels(context, [fold.places.train]).having;
    const worst = largestShift(test, train);
    if (worst === null || worst.shift <= SHIFT) return [];
    const share = (counts: readonly number[]): string => `${(100 * shareOf(counts, worst.label)).toFixed(0)} %`;
    const note = `${context.classes[worst.label]}: ${share(test)} of test, ${share(train)} of train`;
    return [{ fold: fold.fold, patient: null, slides: [], note, patients: patientsOf(fold.parts.test) }];
  });
  if (shifted.length > 0) {
    findings.push({
      ...COMMON,
      count: new Set(shifted.flatMap((s) => [...s.patients])).size,
      examples: shifted.slice(0, context.examples).map(({ patients: _, ...example }) => example),
      effect: "Folds differ in how common the label is, so thresholds and calibration do not carry over",
      remedy: "use fewer folds, or read the numbers of each fold beside the pooled one",
    });
  }
  return findings;
}

const COMMON = { kind: "imbalance", severity: "warn", share: null } as const;

/** Test parts (pooled over folds) and external parts that cannot support a useful interval. Two classes only need one pair of counts; more use the rarest class. */
export function smallTests(context: AuditContext): Finding[] {
  const { index, folds, external } = context;
  const test = folds.map((f) => f.places.test);
  const outside = placesOf(
    index,
    external.map((r) => r.slide),
  );
  return [
    ...smallPart(context, "test", test),
    ...(external.length === 0 ? [] : smallPart(context, "external", [outside])),
  ];
}

function smallPart(context: AuditContext, part: "test" | "external", places: Places): Finding[] {
  const { only: counts, patients } = countLabels(context, places);
  const n = counts.reduce((a, b) => a + b, 0);
  if (n === 0) return [];
  const rarest = Math.min(...counts);
  const variance = rarest === 0 ? null : hanleyVariance(PLANNED, rarest, n - rarest);
  const half = variance === null ? null : Z95 * Math.sqrt(variance);
  if (half !== null && half <= USEFUL) return [];
  const method = `nothing measured: the interval that ${rarest} against ${counted(n - rarest, "patient")} would support, were the AUROC ${PLANNED.toFixed(3)} (Hanley and McNeil 1982)`;
  const measure: Estimate =
    half === null
      ? { value: null, low: null, high: null, n, method, reason: "a label has no patient in this part" }
      : { value: PLANNED, low: PLANNED - half, high: Math.min(1, PLANNED + half), n, method };
  const torn = patients - n;
  const note = `${context.classes.map((name, c) => `${counts[c]} ${name}`).join(", ")}${torn === 0 ? "" : `; ${torn} with several labels not counted`}`;
  return [
    {
      kind: "small-test",
      severity: "warn",
      parts: [part],
      count: n,
      share: null,
      measure,
      examples: [{ fold: null, patient: null, slides: [], note: `patients in ${part}: ${note}` }],
      effect:
        half === null
          ? "An AUROC cannot be computed"
          : `Were the AUROC ${PLANNED.toFixed(3)}, its 95 % interval would be ${(PLANNED - half).toFixed(3)} to ${Math.min(1, PLANNED + half).toFixed(3)}`,
      remedy: "add patients, pool the folds, or claim less",
    },
  ];
}

/** Rows as places in the cohort, in one list or several. */
type Places = readonly ArrayLike<number>[];

interface LabelCounts {
  /** Patients who have each label; one with several labels counts under each. [k] */
  readonly having: number[];
  /** Patients who have this label and no other. [k] */
  readonly only: number[];
  /** Patients with a label. */
  readonly patients: number;
}

function countLabels({ classes, index }: AuditContext, places: Places): LabelCounts {
  const having = new Array<number>(classes.length).fill(0);
  const only = new Array<number>(classes.length).fill(0);
  const first = new Int32Array(index.patients.length).fill(-1);
  const several = new Map<number, Set<number>>();
  for (const list of places) {
    for (let i = 0; i < list.length; i++) {
      const row = list[i] as number;
      const label = index.labelAt[row] as number;
      if (label < 0) continue;
      const patient = index.patientAt[row] as number;
      const known = first[patient] as number;
      if (known < 0) first[patient] = label;
      else if (known !== label) several.set(patient, (several.get(patient) ?? new Set([known])).add(label));
    }
  }
  let patients = 0;
  first.forEach((label, patient) => {
    if (label < 0) return;
    patients++;
    const labels = several.get(patient);
    for (const l of labels ?? [label]) having[l] = (having[l] as number) + 1;
    if (labels === undefined) only[label] = (only[label] as number) + 1;
  });
  return { having, only, patients };
}

function shareOf(counts: readonly number[], label: number): number {
  return (
    (counts[label] as number) /
    Math.max(
      1,
      counts.reduce((a, b) => a + b, 0),
    )
  );
}

function largestShift(a: readonly number[], b: readonly number[]): { label: number; shift: number } | null {
  let worst: { label: number; shift: number } | null = null;
  for (let label = 0; label < a.length; label++) {
    const shift = Math.abs(shareOf(a, label) - shareOf(b, label));
    if (worst === null || shift > worst.shift) worst = { label, shift };
  }
  return worst;
}

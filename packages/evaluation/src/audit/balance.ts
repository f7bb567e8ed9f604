/** Whether the numbers can carry the claim: rare labels, uneven folds, test parts too small for a useful interval. */
import type { CohortRow } from "@nacre/core";
import { type Estimate, Z95 } from "../estimate.ts";
import { hanleyVariance } from "../metric/delong.ts";
import { type AuditContext, type Finding, MAX_EXAMPLES, patientsOf } from "./finding.ts";

/** A label rarer than this share of the patients is a warning. */
const RARE = 0.1;
/** A fold whose share of a label is this far from that of its training part is a warning. */
const SHIFT = 0.2;
/** The AUROC at which a planned interval is judged, and the half-width that is still useful. */
const PLANNED = 0.8;
const USEFUL = 0.1;

/** Labels that are rare in the cohort, and folds whose mix of labels differs from what they learned from. */
export function imbalances(context: AuditContext): Finding[] {
  const all = countLabels(context, context.cohort);
  const n = all.reduce((a, b) => a + b, 0);
  const findings: Finding[] = [];
  const rare = context.classes.flatMap((name, c) =>
    (all[c] as number) < RARE * n ? [`${all[c]} of ${n} ${name}`] : [],
  );
  if (n > 0 && rare.length > 0) {
    findings.push({
      ...COMMON,
      count: n,
      examples: rare.slice(0, MAX_EXAMPLES).map((note) => ({ fold: null, patient: null, slides: [], note })),
      effect: "Accuracy flatters a model that never calls the rare label; few patients carry every number about it",
      remedy: "read AUPRC and balanced accuracy, weight the classes, or collect more patients of the rare label",
    });
  }
  const shifted = context.folds.flatMap((fold) => {
    const test = countLabels(context, fold.parts.test);
    const train = countLabels(context, fold.parts.train);
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
      examples: shifted.slice(0, MAX_EXAMPLES).map(({ patients: _, ...example }) => example),
      effect: "Folds differ in how common the label is, so thresholds and calibration do not carry over",
      remedy: "use fewer folds, or read the numbers of each fold beside the pooled one",
    });
  }
  return findings;
}

const COMMON = { kind: "imbalance", severity: "warn", share: null } as const;

/** Test parts (pooled over folds) and external parts that cannot support a useful interval. Two classes only need one pair of counts; more use the rarest class. */
export function smallTests(context: AuditContext): Finding[] {
  const test = context.folds.flatMap((f) => f.parts.test);
  return [
    ...smallPart(context, "test", test),
    ...(context.external.length === 0 ? [] : smallPart(context, "external", context.external)),
  ];
}

function smallPart(context: AuditContext, part: "test" | "external", rows: readonly CohortRow[]): Finding[] {
  const counts = countLabels(context, rows);
  const n = counts.reduce((a, b) => a + b, 0);
  if (n === 0) return [];
  const rarest = Math.min(...counts);
  const variance = rarest === 0 ? null : hanleyVariance(PLANNED, rarest, n - rarest);
  const half = variance === null ? null : Z95 * Math.sqrt(variance);
  if (half !== null && half <= USEFUL) return [];
  const method = `interval that ${rarest} against ${n - rarest} patients support at an AUROC of ${PLANNED} (Hanley and McNeil 1982)`;
  const measure: Estimate =
    half === null
      ? { value: null, low: null, high: null, n, method, reason: "a label has no patient in this part" }
      : { value: PLANNED, low: PLANNED - half, high: Math.min(1, PLANNED + half), n, method };
  const note = context.classes.map((name, c) => `${counts[c]} ${name}`).join(", ");
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
          : `An AUROC of ${PLANNED} would come with an interval from ${(PLANNED - half).toFixed(2)} to ${Math.min(1, PLANNED + half).toFixed(2)}`,
      remedy: "add patients, pool the folds, or claim less",
    },
  ];
}

/** Patients of each label; a patient with several counts under the first. */
function countLabels({ classes, labelOf }: AuditContext, rows: readonly CohortRow[]): number[] {
  const label = new Map<string, number>();
  for (const row of rows) {
    const l = labelOf(row);
    if (l !== null && !label.has(row.patient)) label.set(row.patient, l);
  }
  const counts = new Array<number>(classes.length).fill(0);
  for (const l of label.values()) counts[l] = (counts[l] as number) + 1;
  return counts;
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

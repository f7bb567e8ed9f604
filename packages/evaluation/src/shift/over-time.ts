/**
 * Drift for a scorecard: the patients of a part in the order of their dates (`driftOverTime`), where the table says when. The window is
 * the finest calendar unit whose first period, the baseline, holds enough patients to be one.
 */
import { type ClassifyTask, positiveIndex } from "@nacre/core";
import { type PatientPrediction, SEVERAL } from "../prediction.ts";
import { type DateColumn, dateColumnOf } from "./date-column.ts";
import { type DriftReport, driftOverTime } from "./drift.ts";
import type { DatedPrediction } from "./period.ts";

export interface PartDrift {
  /** The column of dates; null where there is none. */
  readonly column: string | null;
  readonly window: "month" | "quarter" | "year" | null;
  /** Patients without a date, or with several: not in the report. */
  readonly undated: number;
  readonly report: DriftReport | null;
  /** Why there is no report; null where there is. */
  readonly reason: string | null;
}

/** Fewest patients of a first period. */
const LEAST_BASELINE = 50;
/** Of the windows, those a column of this precision can be cut into, finest first. */
const WINDOWS = { day: ["month", "quarter", "year"], month: ["month", "quarter", "year"], year: ["year"] } as const;

/** Deterministic in the seed. The score is the probability of the positive class. */
export function driftOfPart(patients: readonly PatientPrediction[], task: ClassifyTask, seed: number): PartDrift {
  const names = new Set<string>();
  for (const p of patients) for (const name of Object.keys(p.columns)) names.add(name);
  const dateOf = (p: PatientPrediction, column: string): string => {
    const value = p.columns[column]?.trim() ?? "";
    return value === SEVERAL ? "" : value;
  };
  const found = dateColumnOf([...names], (column) => patients.map((p) => dateOf(p, column)).filter((v) => v !== ""));
  if (found.kind === "none") return none(found.column, found.reason, 0);
  const { column, precision } = found.dates;
  const positive = positiveIndex(task);
  const points = patients.flatMap((p): DatedPrediction[] => {
    const date = dateOf(p, column);
    const label = p.label === null ? null : p.label === positive ? 1 : 0;
    return date === "" ? [] : [{ date, probability: p.probabilities[positive] as number, label }];
  });
  const undated = patients.length - points.length;
  return reportOf(points, { column, precision }, { undated, seed });
}

function reportOf(
  points: readonly DatedPrediction[],
  { column, precision }: DateColumn,
  { undated, seed }: { readonly undated: number; readonly seed: number },
): PartDrift {
  const window = windowOf(points, precision);
  if (window === null) return none(column, `no ${precision} after the first`, undated);
  const report = driftOverTime(points, { window, seed });
  if (!report.ok) return none(column, `${report.failure.received}, expected ${report.failure.expected}`, undated);
  return { column, window, undated, report: report.value, reason: null };
}

function windowOf(points: readonly DatedPrediction[], precision: DateColumn["precision"]): PartDrift["window"] {
  const possible = WINDOWS[precision].filter((window) => new Set(points.map((p) => periodOf(p.date, window))).size > 1);
  const large = possible.find((window) => {
    const periods = points.map((p) => periodOf(p.date, window));
    const first = periods.reduce((a, b) => (a < b ? a : b));
    return periods.filter((p) => p === first).length >= LEAST_BASELINE;
  });
  return large ?? possible.at(-1) ?? null;
}

function periodOf(date: string, window: "month" | "quarter" | "year"): string {
  if (window === "year") return date.slice(0, 4);
  return window === "month" ? date.slice(0, 7) : `${date.slice(0, 4)}-${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
}

function none(column: string | null, reason: string, undated: number): PartDrift {
  return { column, window: null, undated, report: null, reason };
}

/**
 * Whose labels may correct whose predictions. In cross-validation a patient is tune for one fold and test for another, so what is
 * learned on tune (a calibration, a threshold) is learned fold by fold: from the tune patients that fold's model predicted,
 * for the test patients that the same model predicted. No label then reaches a result about its own patient.
 */
import { type ClassifyTask, groupBy, unwrap } from "@nacre/core";
import {
  type PatientPrediction,
  type PredictionRow,
  sampleOf,
  type ToPatientsOptions,
  toPatients,
} from "../prediction.ts";
import type { Sample } from "../sample.ts";

/**
 * Where the tune patients of a fold come from. `fold`: tuned and judged by the same model. `all-folds`: the judged rows name no fold
 * (the mean of the folds' models predicted them), so all folds teach. `table`: the tune rows name no fold.
 */
export type TuneSource = "fold" | "all-folds" | "table";

/** One model of a part: the tune patients that teach, and its predictions of the patients it is judged on. k classes. */
export interface TunedFold {
  readonly fold: number | null;
  readonly from: TuneSource;
  /** null where no labelled tune patient is left. */
  readonly tune: Sample | null;
  /** Rows of the part's sample that this model predicted, [m]. */
  readonly rows: Int32Array;
  /** What it predicted for them, [m, k]. */
  readonly probabilities: Float64Array;
}

export interface TunedPart {
  /** Rows of the part that is judged. */
  readonly judged: readonly PredictionRow[];
  /** The patients those rows come to (`toPatients`). */
  readonly patients: readonly PatientPrediction[];
  /** Rows of part tune, each one valid. */
  readonly tune: readonly PredictionRow[];
}

/** A single model: all of `test` with one tune part; null for none. */
export function oneFold(tune: Sample | null, test: Sample): TunedFold {
  return {
    fold: null,
    from: "table",
    tune,
    rows: Int32Array.from({ length: test.n }, (_, i) => i),
    probabilities: test.probabilities,
  };
}

/**
 * The folds of a part, in ascending order, with what each may learn from. Empty where no fold has a tune patient.
 * A tune patient who is judged by the same fold teaches nothing; where tune rows and judged rows are not tied by a fold, nobody who is judged does.
 */
export function tunedFolds(part: TunedPart, task: ClassifyTask, options: ToPatientsOptions = {}): TunedFold[] {
  const keyOf = ({ patient, label }: PatientPrediction): string =>
    options.conflicts === "separate" ? JSON.stringify([patient, label]) : patient;
  const labelled = part.patients.filter((p) => p.label !== null);
  const rowOf = new Map(labelled.map((p, i) => [keyOf(p), i]));
  const tuneOf = tuneSources(part, task);
  const groups = [...groupBy(part.judged, (r) => r.fold)].sort(([a], [b]) => (a ?? -1) - (b ?? -1));
  const folds = groups.map(([fold, rows]): TunedFold => {
    const people = groups.length === 1 ? labelled : unwrap(toPatients(rows, task, options));
    const predicted = people.filter((p) => rowOf.has(keyOf(p)));
    return {
      fold,
      ...tuneOf(fold, rows),
      rows: Int32Array.from(predicted, (p) => rowOf.get(keyOf(p)) as number),
      probabilities: Float64Array.from(predicted.flatMap((p) => p.probabilities)),
    };
  });
  return folds.some((f) => f.tune !== null) ? folds : [];
}

type TuneOf = (fold: number | null, judged: readonly PredictionRow[]) => Pick<TunedFold, "from" | "tune">;

function tuneSources({ judged, tune }: TunedPart, task: ClassifyTask): TuneOf {
  const byFold = groupBy(tune, (r) => r.fold);
  const unbound = byFold.get(null) ?? [];
  const anybody = new Set(judged.map((r) => r.patient));
  const without = (rows: readonly PredictionRow[], judgedPatients: ReadonlySet<string>): Sample | null => {
    const others = rows.filter((r) => !judgedPatients.has(r.patient));
    const sample = sampleOf(unwrap(toPatients(others, task, { conflicts: "separate" })), task);
    return sample.n === 0 ? null : sample;
  };
  return (fold, rows) => {
    const own = fold === null ? undefined : byFold.get(fold);
    if (own !== undefined) return { from: "fold", tune: without(own, new Set(rows.map((r) => r.patient))) };
    if (fold !== null) return { from: "table", tune: without(unbound, anybody) };
    return { from: unbound.length === tune.length ? "table" : "all-folds", tune: without(tune, anybody) };
  };
}

/** Small cohorts and predictions for tests. */
import { type ClassifyTask, type CohortRow, caseId, patientId, type SlideId, siteId } from "@nacre/core";
import type { PredictionRow } from "../src/prediction.ts";
import type { Sample } from "../src/sample.ts";

export const TASK: ClassifyTask = { kind: "classify", label: "label", classes: ["no", "yes"], positive: "yes" };

export interface RowSpec {
  readonly slide: string;
  readonly patient?: string;
  readonly site?: string | null;
  readonly label?: string | null;
  readonly columns?: Readonly<Record<string, string>>;
}

/** One row of a cohort; the patient is the slide and the case the patient unless said. */
export function row({ slide, patient = slide, site = null, label = "no", columns = {} }: RowSpec): CohortRow {
  return {
    slide: slide as SlideId,
    path: `${slide}.svs`,
    patient: patientId(patient),
    case: caseId(patient),
    site: site === null ? null : siteId(site),
    label,
    mpp: null,
    columns,
  };
}

export interface CohortSpec {
  readonly patients: number;
  readonly sites?: number;
  readonly slidesEach?: number;
  readonly positiveEvery?: number;
}

/** Patients p0, p1, ... dealt to sites in turn, one in `positiveEvery` with the label yes. */
export function cohortOf({ patients, sites = 4, slidesEach = 2, positiveEvery = 3 }: CohortSpec): CohortRow[] {
  return Array.from({ length: patients }, (_, p) =>
    Array.from({ length: slidesEach }, (_, s) =>
      row({
        slide: `p${p}-s${s}`,
        patient: `p${p}`,
        site: `h${p % sites}`,
        label: p % positiveEvery === 0 ? "yes" : "no",
        columns: { date: `${2000 + (p % 20)}-0${1 + (p % 9)}-11`, sex: p % 2 === 0 ? "f" : "m" },
      }),
    ),
  ).flat();
}

/** A prediction whose probability of yes is `p`. */
export function predicted(p: number, spec: Partial<PredictionRow> & { readonly patient: string }): PredictionRow {
  return {
    slide: `${spec.patient}-s0`,
    case: spec.patient,
    site: null,
    part: "test",
    fold: 0,
    label: "no",
    probabilities: [1 - p, p],
    ...spec,
  };
}

/** A sample of two classes from labels and probabilities of the positive one. */
export function binary(labels: readonly number[], probability: readonly number[]): Sample {
  return {
    n: labels.length,
    k: 2,
    labels: Int32Array.from(labels),
    probabilities: Float64Array.from(probability.flatMap((p) => [1 - p, p])),
    positive: 1,
    classes: ["no", "yes"],
  };
}

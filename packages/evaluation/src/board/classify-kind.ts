/** Classes on a board. Tables may name their classes in another order. */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import { accuracyMetric, balancedAccuracyMetric } from "../metric/accuracy.ts";
import { auprcMetric } from "../metric/auprc.ts";
import { aurocMetric } from "../metric/auroc.ts";
import { brierMetric } from "../metric/brier.ts";
import { eceMetric } from "../metric/ece.ts";
import type { Metric } from "../metric/metric.ts";
import { type PatientPrediction, type PredictionRow, sampleOf, toPatients } from "../prediction.ts";
import { classCounts, type Sample } from "../sample.ts";
import type { BoardEntry } from "./board-entry.ts";
import type { BoardKind } from "./board-kind.ts";
import type { BoardMetric } from "./board-metric.ts";
import { answers } from "./board-question.ts";
import { inOrderOf, otherQuestion } from "./other-question.ts";

const METRICS: readonly Metric[] = [
  aurocMetric,
  auprcMetric,
  accuracyMetric,
  balancedAccuracyMetric,
  brierMetric,
  eceMetric,
];

/** The metric by which a board ranks classes. */
export function boardMetric(name: BoardMetric): Metric {
  return METRICS.find((m) => m.name === name) as Metric;
}

export function classifyKind(task: ClassifyTask): BoardKind<PredictionRow, PatientPrediction, Sample> {
  return {
    rowsOf: (entry) => rowsOf(entry, task),
    patientsOf: (rows) => toPatients(rows, task),
    labelText: (patient) => task.classes[patient.label as number] as string,
    sampleOf: (patients) => sampleOf(patients, task),
    strataOf: (sample) => sample.labels,
    countsOf: (sample) => Object.fromEntries(task.classes.map((c, i) => [c, classCounts(sample)[i] ?? 0])),
    metrics: METRICS,
  };
}

function rowsOf(entry: BoardEntry, task: ClassifyTask): Outcome<readonly PredictionRow[]> {
  if (!answers(entry, "classify")) return otherQuestion(entry, "classify");
  const order = inOrderOf(task.classes, entry.question.classes);
  if (order === "same") return ok(entry.rows);
  if (order === null) {
    return fail("bad-value", {
      expected: `the classes of the task: ${task.classes.join(", ")}`,
      received: `${entry.question.classes.join(", ")} in ${entry.name}`,
      remedy: "rename the columns p_<class>, or give the table a task of its own",
    });
  }
  return ok(entry.rows.map((r) => ({ ...r, probabilities: order.map((from) => r.probabilities[from] as number) })));
}

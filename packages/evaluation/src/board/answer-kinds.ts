/** Risks, numbers and several labels on a board: the kinds of `kind/`, whose samples and metrics are used as they are. */
import { fail, type Outcome, ok } from "@nacre/core";
import { type Answered, gatherPatients } from "../kind/gather.ts";
import { isLabelled, type Kind } from "../kind/kind.ts";
import { type Labels, type MultilabelRow, multilabelKind } from "../kind/multilabel.ts";
import { REGRESS_KIND, type RegressRow } from "../kind/regress.ts";
import { type FollowUp, followUpText, type SurviveRow, surviveKind } from "../kind/survive.ts";
import type { Sized } from "../metric/metric.ts";
import type { MultilabelSample } from "../multilabel/multilabel-sample.ts";
import type { RegressionSample } from "../regression/regression-sample.ts";
import type { SurvivalSample } from "../survival/sample.ts";
import type { BoardEntry } from "./board-entry.ts";
import type { BoardKind } from "./board-kind.ts";
import { answers, type MultilabelQuestion } from "./board-question.ts";
import { inOrderOf, otherQuestion } from "./other-question.ts";

/** Time to an event, ranked by the order of the risks. */
export const SURVIVE: BoardKind<SurviveRow, Answered<FollowUp>, SurvivalSample> = {
  ...shared(surviveKind({ kind: "survive", times: [], horizons: [] }, []), followUpText),
  rowsOf: (entry) => (answers(entry, "survive") ? ok(entry.rows) : otherQuestion(entry, "survive")),
  countsOf({ n, event }) {
    const events = event.reduce((a, b) => a + b, 0);
    return { "with the event": events, "followed without it": n - events };
  },
};

/** A number. */
export const REGRESS: BoardKind<RegressRow, Answered<number>, RegressionSample> = {
  ...shared(REGRESS_KIND, String),
  rowsOf: (entry) => (answers(entry, "regress") ? ok(entry.rows) : otherQuestion(entry, "regress")),
  countsOf: () => ({}),
};

/** Several labels. Tables may name them in another order. */
export function multilabelBoard({
  names,
}: MultilabelQuestion): BoardKind<MultilabelRow, Answered<Labels>, MultilabelSample> {
  return {
    ...shared(multilabelKind(names), (labels) => labels.join(" ")),
    rowsOf: (entry) => labelRows(entry, names),
    countsOf: ({ n, l, labels }) =>
      Object.fromEntries(
        names.map((name, c) => [
          name,
          Array.from({ length: n }, (_, i) => labels[i * l + c]).filter((y) => y === 1).length,
        ]),
      ),
  };
}

function labelRows(entry: BoardEntry, names: readonly string[]): Outcome<readonly MultilabelRow[]> {
  if (!answers(entry, "multilabel")) return otherQuestion(entry, "multilabel");
  const order = inOrderOf(names, entry.question.names);
  if (order === "same") return ok(entry.rows);
  if (order === null) {
    return fail("bad-value", {
      expected: `the labels of the task: ${names.join(", ")}`,
      received: `${entry.question.names.join(", ")} in ${entry.name}`,
      remedy: "rename the columns p_<name> and label_<name>, or give the table a task of its own",
    });
  }
  return ok(
    entry.rows.map((r) => ({
      ...r,
      label: r.label === null ? null : order.map((from) => r.label?.[from] ?? -1),
      prediction: order.map((from) => r.prediction[from] as number),
    })),
  );
}

/** What a kind of the scorecard brings along. */
function shared<Label, S extends Sized>(kind: Kind<Label, S>, labelText: (label: Label) => string) {
  return {
    patientsOf: (rows: Parameters<typeof gatherPatients<Label>>[0]) => gatherPatients(rows, { labelText }),
    labelText: (patient: Answered<Label>) => (isLabelled(patient) ? labelText(patient.label) : ""),
    sampleOf: (patients: readonly Answered<Label>[]) => kind.sampleOf(patients.filter(isLabelled)),
    strataOf: kind.strataOf,
    metrics: kind.metrics,
  };
}

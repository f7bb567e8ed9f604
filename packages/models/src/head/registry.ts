/** The heads there are, one for each kind of task. */
import { fail, type Outcome, ok, type Task, unwrap } from "@nacre/core";
import { classifyHead } from "./classify.ts";
import type { Head, HeadFacts, HeadKind, Label, LossOptions } from "./head.ts";
import { multilabelHead } from "./multilabel.ts";
import { multitaskHead } from "./multitask.ts";
import { ordinalHead } from "./ordinal.ts";
import { regressHead } from "./regress.ts";
import { surviveHead } from "./survive.ts";

type Kind = Task["kind"];
type TaskOf<K extends Kind> = Extract<Task, { readonly kind: K }>;
type Heads = { readonly [K in Kind]: HeadKind<TaskOf<K>> };

const HEADS: Heads = {
  classify: classifyHead,
  ordinal: ordinalHead,
  multilabel: multilabelHead,
  regress: regressHead,
  survive: surviveHead,
  multitask: multitaskHead({
    survey: surveyLabels,
    make: (task, facts, options) =>
      headOf(task, facts, suits(task, options) ? options : { ...options, loss: "cross-entropy" }),
  }),
};

/** What the train labels say that the head needs. Failures: too-few, and those of the kind of head. */
export function surveyLabels(task: Task, train: readonly Label[]): Outcome<HeadFacts> {
  if (train.length > 0) return surveyKind(task, train);
  return fail("too-few", {
    expected: "at least one bag to learn from",
    received: "an empty train part",
    remedy: "use fewer folds, a smaller tune share, or more slides",
  });
}

/**
 * The head of a task. `facts` come of `surveyLabels`, or out of a model's file.
 * Failure (thrown as FailureError): bad-study, a loss that this kind of task does not have.
 */
export function headOf(task: Task, facts: HeadFacts, options: LossOptions): Head {
  unwrap(suitsLoss(task, options));
  return makeKind(task, facts, options);
}

/** Whether a kind of task has a loss. Fails with `bad-study`. */
export function suitsLoss(task: Task, options: Pick<LossOptions, "loss">): Outcome<null> {
  if (suits(task, options)) return ok(null);
  return fail("bad-study", {
    expected: `one of ${["cross-entropy", ...HEADS[task.kind].losses].join(", ")} for fit.loss of a task of kind ${task.kind}`,
    received: options.loss,
    remedy: "leave fit.loss out: cross-entropy stands for the likelihood of every kind of task",
  });
}

function suits({ kind }: Task, { loss }: Pick<LossOptions, "loss">): boolean {
  return loss === "cross-entropy" || HEADS[kind].losses.includes(loss);
}

function surveyKind<K extends Kind>(task: TaskOf<K>, train: readonly Label[]): Outcome<HeadFacts> {
  const kind: K = task.kind;
  return HEADS[kind].survey(task, train);
}

function makeKind<K extends Kind>(task: TaskOf<K>, facts: HeadFacts, loss: LossOptions): Head {
  const kind: K = task.kind;
  return HEADS[kind].make(task, facts, loss);
}

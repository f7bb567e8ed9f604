/**
 * A number. The label is standardised by the mean and the deviation of the train part, which stay in the model's file, so that the loss has
 * one size whatever the unit; the answer is in the unit of the label. Squared error, or Huber's loss with its bend at one deviation.
 */
import { fail, type Outcome, ok, type RegressTask } from "@nacre/core";
import { add, meanSquaredError, mul, reshape, sum } from "@nacre/graph";
import { huberLoss, huberLossOf } from "../loss/huber.ts";
import type { Head, HeadFacts, HeadKind, Label, LossOptions } from "./head.ts";

export const regressHead: HeadKind<RegressTask> = { losses: ["huber"], survey, make };

function survey(task: RegressTask, train: readonly Label[]): Outcome<HeadFacts> {
  const values = train.map((label) => numberOf(label, task));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  if (values.some((value) => value !== values[0]) && deviation > 0 && Number.isFinite(deviation))
    return ok({ mean, deviation });
  return fail("bad-value", {
    expected: `numbers of ${task.label} that differ, within what a number can hold, in the train part`,
    received: `${values.length} bags from ${Math.min(...values)} to ${Math.max(...values)}`,
    remedy: "check the column, or use fewer folds",
  });
}

function make(task: RegressTask, facts: HeadFacts, { loss }: LossOptions): Head {
  const [mean, deviation] = [facts.mean as number, facts.deviation as number];
  const isHuber = loss === "huber";
  return {
    k: 1,
    t: 1,
    groups: [1],
    encode(label, row) {
      row[0] = (numberOf(label, task) - mean) / deviation;
    },
    loss: (scores, target) => (isHuber ? sum(huberLoss(scores, target)) : meanSquaredError(scores, target)),
    judge(scores, targets, m) {
      let total = 0;
      for (let i = 0; i < m; i++) {
        const distance = (scores[i] as number) - (targets[i] as number);
        total += isHuber ? huberLossOf(distance) : distance ** 2;
      }
      return total / m;
    },
    classes: null,
    answers: (scores) => ({ value: reshape(add(mul(scores, deviation), mean), [1]) }),
  };
}

function numberOf(label: Label, { label: column }: RegressTask): number {
  if (typeof label === "number" && Number.isFinite(label)) return label;
  throw new RangeError(`expected a finite number for ${column}, received ${JSON.stringify(label)}`);
}

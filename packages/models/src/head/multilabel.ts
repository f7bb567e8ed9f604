/**
 * Several yes-or-no labels at once: a sigmoid for each score, and the mean over labels of the weighted cross-entropy. An unknown label
 * counts nothing. Balanced weights let the yes and the no of a label count the same: N / (2 N_yes) and N / (2 N_no) of its N known.
 * A row of targets holds the answers, then their weights.
 */
import { fail, type MultilabelTask, type Outcome, ok, raise } from "@nacre/core";
import { sigmoid, slice, squeeze, type Tensor } from "@nacre/graph";
import { answerLoss, answerLossOf } from "../loss/answer-loss.ts";
import { classWeights } from "../train/class-weights.ts";
import type { Head, HeadFacts, HeadKind, Label, LossOptions } from "./head.ts";

export const multilabelHead: HeadKind<MultilabelTask> = { losses: ["focal", "asymmetric"], survey, make };

function survey(task: MultilabelTask, train: readonly Label[]): Outcome<HeadFacts> {
  const rows = train.map((label) => answersOf(label, task));
  const count = (answer: 0 | 1): number[] => task.labels.map((_, l) => rows.filter((row) => row[l] === answer).length);
  const [no, yes] = [count(0), count(1)];
  for (const [l, name] of task.labels.entries()) {
    if (no[l] !== 0 && yes[l] !== 0) continue;
    return fail("one-class", {
      expected: `bags with and without ${name} in the train part`,
      received: `${yes[l]} with, ${no[l]} without and ${train.length - (yes[l] ?? 0) - (no[l] ?? 0)} unknown`,
      remedy: "use fewer folds or another split, or leave this label out of the task",
    });
  }
  return ok({ no, yes });
}

function make(task: MultilabelTask, facts: HeadFacts, options: LossOptions): Head {
  const k = task.labels.length;
  const weights = weightsOf(facts, options, k);
  return {
    k,
    t: 2 * k,
    groups: [k],
    encode(label, row) {
      for (const [l, answer] of answersOf(label, task).entries()) {
        row[l] = answer ?? 0;
        row[k + l] = answer === null ? 0 : (weights[l]?.[answer] as number) / k;
      }
    },
    loss: (scores, target) => answerLoss(scores, halves(target, k), options),
    judge: (scores, targets, m) => judgeAnswers(scores, targets, { m, k, loss: options.loss }),
    classes: null,
    answers: (scores) => ({ probabilities: squeeze(sigmoid(scores), [0]) }),
  };
}

/** Weights of the no and of the yes of each label. */
function weightsOf(
  { no, yes }: HeadFacts,
  { classWeights: weighting }: LossOptions,
  k: number,
): readonly ArrayLike<number>[] {
  if (weighting === "none") return new Array<readonly number[]>(k).fill([1, 1]);
  const [without, having] = [no, yes] as [readonly number[], readonly number[]]; // written by survey()
  return without.map((count, l) => classWeights([count, having[l] as number], weighting));
}

/** Answers and weights of a row of targets, [1, 2k] -> twice [1, k]. */
export function halves(target: Tensor, k: number): { readonly yes: Tensor; readonly weight: Tensor } {
  return {
    yes: slice(target, { axis: 1, start: 0, end: k }),
    weight: slice(target, { axis: 1, start: k, end: 2 * k }),
  };
}

/** Mean loss over the known answers of m bags, weighed as they are: sum of losses over sum of weights. Raises `unlabelled`. */
function judgeAnswers(
  scores: Float64Array,
  targets: Float64Array,
  { m, k, loss }: { readonly m: number; readonly k: number; readonly loss: LossOptions["loss"] },
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const weight = targets[(2 * i + 1) * k + l] as number;
      if (weight === 0) continue;
      sum += weight * answerLossOf(scores[i * k + l] as number, targets[2 * i * k + l] === 1, loss);
      total += weight;
    }
  }
  if (total > 0) return sum / total;
  return raise("unlabelled", {
    expected: "a known label in the tune part, which decides when the fit stops",
    received: `none among ${m} bags`,
    remedy: "use a larger tune share, or fit without a tune part",
  });
}

function answersOf(label: Label, { labels }: MultilabelTask): readonly (0 | 1 | null)[] {
  const isKnownForm = (value: unknown): value is 0 | 1 | null => value === null || value === 0 || value === 1;
  if (Array.isArray(label) && label.length === labels.length && label.every(isKnownForm)) return label;
  throw new RangeError(`expected 0, 1 or null for each of ${labels.join(", ")}, received ${JSON.stringify(label)}`);
}

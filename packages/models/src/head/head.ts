/**
 * What a head is: how a task becomes scores, a target and a loss, and how scores become answers. A head knows nothing of tiles or
 * aggregators. The linear map that makes the scores is shared by all heads (`linear-scores.ts`).
 */
import type { Outcome, SingleTask, Task } from "@nacre/core";
import type { Tensor } from "@nacre/graph";

/** Time to the event, or to the end of what is known. */
export interface Followed {
  readonly time: number;
  readonly event: boolean;
}

/** Label of one question: a class or grade (its index), yes or no of several labels (null unknown), a number, a follow-up. */
export type SingleLabel = number | readonly (number | null)[] | Followed;

/** Label of a bag; of several tasks one label each, in their order, null where it is unknown. */
export type Label = SingleLabel | readonly (SingleLabel | null)[];

/**
 * Cross-entropy is the likelihood of the task, whatever its kind (squared error for a number, partial likelihood for Cox). Focal
 * (Lin 2017) takes weight from what is already right; asymmetric (Ridnik 2021) more so for the negatives. Huber (1964) is for
 * numbers, and bounds the pull of outliers.
 */
export type LossName = "cross-entropy" | "focal" | "asymmetric" | "huber";

/** How a loss is shaped. */
export interface LossOptions {
  /** Weigh classes (or the yes and no of a label) so that each counts the same however rare it is. */
  readonly classWeights: "balanced" | "none";
  readonly loss: LossName;
  /** Share of a target that is spread over all classes (Szegedy 2016). */
  readonly labelSmoothing: number;
}

export const PLAIN_LOSS: LossOptions = { classWeights: "none", loss: "cross-entropy", labelSmoothing: 0 };

/** What the train labels say that the answers need later: JSON-ready, kept in the model file. */
export type HeadFacts = Readonly<Record<string, number | readonly number[] | readonly HeadFacts[]>>;

/**
 * What a score is made of in a linear head: slopes and an offset; slopes alone, where the loss does not see an offset; an offset
 * alone, one number for all bags.
 */
export type ScoreForm = "both" | "slope" | "offset";

export interface Head {
  /** Number k of scores. */
  readonly k: number;
  /** Number t of values in a row of targets. */
  readonly t: number;
  /** Scores of each task, in order; they sum to k. */
  readonly groups: readonly number[];
  /** Form of each score, [k]; absent where all have slopes and an offset. */
  readonly forms?: readonly ScoreForm[];
  /** Writes the target row of a label, [t]. */
  encode(label: Label, row: Float32Array): void;
  /** Loss of one bag, a scalar; null where there is only a loss that compares bags. @param scores [1, k] @param target [1, t] */
  readonly loss: ((scores: Tensor, target: Tensor) => Tensor) | null;
  /**
   * Mean loss of m bags in double precision, without smoothing, each weighed as its label is; decides which epoch is kept. Row-major
   * [m, k] and [m, t]. Failures (thrown as FailureError): no-events, unlabelled.
   */
  judge(scores: Float64Array, targets: Float64Array, m: number): number;
  /** The loss that compares m bags with each other, divided by m, and its gradient by the scores, [m, k]. */
  slopes?(
    scores: Float64Array,
    targets: Float64Array,
    m: number,
  ): { readonly loss: number; readonly slopes: Float64Array };
  /**
   * Which scores the class of a target row speaks for, [1, k] of 0 and 1, for losses on instances: one-hot for classes, every step up to
   * the grade for grades. Null where the task has no classes.
   */
  readonly classes: ((target: Tensor) => Tensor) | null;
  /**
   * Where answers count scores from a zero of their own (Cox): the facts with that zero, from the mean of each score over the train bags,
   * [k]. Absent where scores are absolute.
   */
  centred?(means: readonly number[]): HeadFacts;
  /** Answers of the model by output name, each without a batch axis. @param scores [1, k] */
  answers(scores: Tensor): Readonly<Record<string, Tensor>>;
}

/** The head of one kind of task. */
export interface HeadKind<T extends Task = SingleTask> {
  /** The losses it has beside cross-entropy. */
  readonly losses: readonly LossName[];
  /**
   * Checks the labels of the train part and takes what is needed of them. Failures: too-few, one-class, no-events, bad-value,
   * not-finite. @throws RangeError for a label of another form
   */
  survey(task: T, train: readonly Label[]): Outcome<HeadFacts>;
  make(task: T, facts: HeadFacts, loss: LossOptions): Head;
}

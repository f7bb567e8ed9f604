/** One class of several: the softmax of the scores, and its cross-entropy weighted by class. */
import type { ClassifyTask } from "@nacre/core";
import { softmax, squeeze } from "@nacre/graph";
import { classLoss, judgeClasses } from "../loss/class-loss.ts";
import { classWeights } from "../train/class-weights.ts";
import { countClasses, writeOneHot } from "./class-label.ts";
import type { Head, HeadFacts, HeadKind, LossOptions } from "./head.ts";

export { crossEntropyOf } from "../loss/class-loss.ts";

export const classifyHead: HeadKind<ClassifyTask> = { losses: ["focal", "asymmetric"], survey: countClasses, make };

function make(task: ClassifyTask, facts: HeadFacts, options: LossOptions): Head {
  const k = task.classes.length;
  const weights = classWeights(facts.counts as readonly number[], options.classWeights);
  const { loss } = options;
  return {
    k,
    t: k,
    groups: [k],
    encode: (label, row) => writeOneHot(task, label, row),
    loss: (scores, target) => classLoss(scores, target, weights, options),
    judge: (scores, targets, m) =>
      judgeClasses(
        (i) => scores.subarray(i * k, (i + 1) * k),
        (i) => targets.subarray(i * k, (i + 1) * k).indexOf(1),
        { m, weights, loss },
      ),
    classes: (target) => target,
    answers: (scores) => ({ probabilities: squeeze(softmax(scores, 1), [0]) }),
  };
}

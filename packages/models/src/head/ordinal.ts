/**
 * Grades in order: cumulative logits with one slope for all cut points, the proportional odds model (McCullagh 1980, Regression models
 * for ordinal data, Journal of the Royal Statistical Society B 42, 109-142). Of K grades there are K - 1 scores s:
 *
 *   c_1 = s_1,  c_j = c_(j-1) - softplus(s_j)            log odds of a grade above j - 1, falling with j
 *   log P(grade = j) = log sigmoid(c_j) + log sigmoid(-c_(j+1)) + log sigmoid(s_(j+1)),  first and last grade without the missing terms
 *
 * s_1 has the slopes, the others are offsets: the distances between cut points, above 0 whatever is learned, so no probability is
 * negative (the last term is log(1 - exp(-distance))). An aggregator with scores of its own may let distances depend on the bag.
 */
import type { OrdinalTask } from "@nacre/core";
import {
  add,
  constant,
  cumSum,
  exp,
  gemm,
  logSigmoid,
  mul,
  neg,
  pad,
  reshape,
  slice,
  softplus,
  squeeze,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { logSigmoidOf } from "../loss/answer-loss.ts";
import { classLoss, judgeClasses } from "../loss/class-loss.ts";
import { classWeights } from "../train/class-weights.ts";
import { countClasses, writeOneHot } from "./class-label.ts";
import type { Head, HeadFacts, HeadKind, LossOptions } from "./head.ts";

export const ordinalHead: HeadKind<OrdinalTask> = { losses: ["focal", "asymmetric"], survey: countClasses, make };

function make(task: OrdinalTask, facts: HeadFacts, options: LossOptions): Head {
  const grades = task.classes.length;
  const k = grades - 1;
  const weights = classWeights(facts.counts as readonly number[], options.classWeights);
  const { loss } = options;
  return {
    k,
    t: grades,
    groups: [k],
    forms: Array.from({ length: k }, (_, c) => (c === 0 ? "both" : "offset")),
    encode: (label, row) => writeOneHot(task, label, row),
    loss: (scores, target) => classLoss(logShares(scores), target, weights, options),
    judge: (scores, targets, m) =>
      judgeClasses(
        (i) => logSharesOf(scores.subarray(i * k, (i + 1) * k)),
        (i) => targets.subarray(i * grades, (i + 1) * grades).indexOf(1),
        { m, weights, loss },
      ),
    classes: (target) => gemm(target, constant(stepsOf(grades), [grades, k])),
    answers(scores) {
      const probabilities = squeeze(exp(logShares(scores)), [0]);
      const places = constant(
        Array.from({ length: grades }, (_, j) => j),
        [grades],
      );
      return { probabilities, grade: reshape(sum(mul(probabilities, places)), [1]) };
    },
  };
}

/** Logarithms of the probabilities of the grades: [1, K - 1] -> [1, K]. */
function logShares(scores: Tensor): Tensor {
  const k = scores.shape[1] as number;
  const first = slice(scores, { axis: 1, start: 0, end: 1 });
  const last = (x: Tensor): Tensor => pad(x, { axis: 1, before: 0, after: 1 });
  const shifted = (x: Tensor): Tensor => pad(x, { axis: 1, before: 1, after: 0 });
  if (k === 1) return add(shifted(logSigmoid(first)), last(logSigmoid(neg(first))));
  const gaps = slice(scores, { axis: 1, start: 1, end: k });
  const above = sub(first, shifted(cumSum(softplus(gaps), { axis: 1 })));
  return add(add(shifted(logSigmoid(above)), last(logSigmoid(neg(above)))), shifted(last(logSigmoid(gaps))));
}

/** The same in double precision. */
function logSharesOf(scores: Float64Array): Float64Array {
  const shares = new Float64Array(scores.length + 1);
  let above = 0;
  for (const [j, score] of scores.entries()) {
    above = j === 0 ? score : above + logSigmoidOf(-score); // -softplus(x) = log sigmoid(-x)
    shares[j] = (shares[j] as number) + logSigmoidOf(-above) + (j === 0 ? 0 : logSigmoidOf(score));
    shares[j + 1] = logSigmoidOf(above);
  }
  return shares;
}

/** 1 where grade (row) lies above step (column), [K, K - 1]. */
function stepsOf(grades: number): Float32Array {
  const k = grades - 1;
  return Float32Array.from({ length: grades * k }, (_, at) => (Math.floor(at / k) > at % k ? 1 : 0));
}

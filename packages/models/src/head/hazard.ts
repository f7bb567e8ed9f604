/**
 * Hazards of intervals: the score of an interval is the logit of the chance that the event comes in it for those who reach it (Brown 1975;
 * Gensheimer and Narasimhan 2019). The likelihood of a follow-up is that of yes-or-no questions, one for each interval that was reached:
 * no, no, ..., and in the last one whether the event came (Chen et al. 2021, MCAT, with alpha 0: somebody censored in an interval counts
 * as having passed it). Intervals end at quantiles of the event times of the train part, the last one at its longest follow-up;
 * an event at an end belongs to the interval after it. A row of targets holds the answers, then whether they are known.
 */
import { fail, type Outcome, ok, type SurviveTask } from "@nacre/core";
import { cumSum, exp, logSigmoid, neg, reshape, squeeze, sum } from "@nacre/graph";
import { answerLoss, answerLossOf } from "../loss/answer-loss.ts";
import { checkFollowed, followedOf, followUpOf } from "./followed-label.ts";
import { type Head, type HeadFacts, type HeadKind, type Label, PLAIN_LOSS } from "./head.ts";
import { halves } from "./multilabel.ts";

export const hazardHead: HeadKind<SurviveTask> = { losses: [], survey, make };

/** Facts: `times` [k], where the intervals end. */
function survey(task: SurviveTask, train: readonly Label[]): Outcome<HeadFacts> {
  const followUp = followUpOf(train, task);
  const checked = checkFollowed(followUp, task);
  if (!checked.ok) return checked;
  const k = intervalsOf(task);
  const times = Array.from(followUp.time);
  const events = times.filter((_, i) => followUp.event[i] === 1).sort((a, b) => a - b);
  const ends = [...Array.from({ length: k - 1 }, (_, j) => quantile(events, (j + 1) / k)), Math.max(...times)];
  if (ends.every((end, j) => end > (j === 0 ? (events[0] as number) : (ends[j - 1] as number))))
    return ok({ times: ends });
  return fail("too-few", {
    expected: `times of events in the train part that ${k} intervals can be told apart by`,
    received: `${events.length} events at ${new Set(events).size} times`,
    remedy: "ask for fewer intervals, or leave intervals out for proportional hazards",
  });
}

function make(task: SurviveTask, facts: HeadFacts): Head {
  const k = intervalsOf(task);
  const ends = facts.times as readonly number[];
  return {
    k,
    t: 2 * k,
    groups: [k],
    encode(label, row) {
      const { time, event } = followedOf(label, task);
      const last = ends.slice(0, -1).filter((end) => end <= time).length;
      row.fill(0);
      row.fill(1, k, k + last + 1);
      if (event) row[last] = 1;
    },
    loss: (scores, target) => answerLoss(scores, halves(target, k), PLAIN_LOSS),
    judge(scores, targets, m) {
      let total = 0;
      for (const [at, score] of scores.entries()) {
        const row = 2 * k * Math.floor(at / k) + (at % k);
        if (targets[row + k] === 1) total += answerLossOf(score, targets[row] === 1, "cross-entropy");
      }
      return total / m;
    },
    classes: null,
    answers(scores) {
      const survival = exp(cumSum(logSigmoid(neg(scores)), { axis: 1 }));
      return { survival: squeeze(survival, [0]), risk: reshape(neg(sum(survival)), [1]) };
    },
  };
}

function intervalsOf({ intervals }: SurviveTask): number {
  if (intervals !== null && Number.isInteger(intervals) && intervals >= 2) return intervals;
  throw new RangeError(`expected at least 2 intervals, or null for proportional hazards, received ${intervals}`);
}

/** Of sorted values, linear between them (R's type 7). */
function quantile(sorted: readonly number[], p: number): number {
  const place = (sorted.length - 1) * p;
  const [low, high] = [Math.floor(place), Math.ceil(place)].map((at) => sorted[at] as number) as [number, number];
  return low + (high - low) * (place - Math.floor(place));
}

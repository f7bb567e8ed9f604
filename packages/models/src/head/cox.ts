/**
 * Log relative hazard: the negative log partial likelihood of Cox 1972 over the bags of a step, ties as Efron 1977, divided by their number
 * (as a loss of networks: Katzman et al. 2018, DeepSurv). It compares bags with each other, so there is no loss of one bag; its slopes
 * by the scores have a closed form. An offset would change nothing and is not learned; the risk is the score less its mean over the
 * train bags (`facts.zero`; 0 where it is not known), so that risks of several fits have one zero. A row of targets holds time and
 * event; times are compared in single precision.
 */
import { type Outcome, ok, raise, type SurviveTask } from "@nacre/core";
import { squeeze, sub } from "@nacre/graph";
import { type PartialLikelihood, partialLikelihood } from "../survival/partial-likelihood.ts";
import { riskOrder } from "../survival/risk-order.ts";
import { checkFollowed, followedOf, followUpOf } from "./followed-label.ts";
import type { Head, HeadFacts, HeadKind, Label } from "./head.ts";

export const coxHead: HeadKind<SurviveTask> = { losses: [], survey, make };

function survey(task: SurviveTask, train: readonly Label[]): Outcome<HeadFacts> {
  const followUp = followUpOf(train, task);
  const checked = checkFollowed(followUp, task);
  if (!checked.ok) return checked;
  return ok({ events: Array.from(followUp.event).reduce((sum, event) => sum + event, 0) });
}

function make(task: SurviveTask, facts: HeadFacts): Head {
  const { zero = 0 } = facts as { readonly zero?: number };
  return {
    k: 1,
    t: 2,
    groups: [1],
    forms: ["slope"],
    encode(label, row) {
      const { time, event } = followedOf(label, task);
      row[0] = time;
      row[1] = event ? 1 : 0;
    },
    loss: null,
    judge(scores, targets, m) {
      if (!targets.some((value, at) => at % 2 === 1 && value === 1)) {
        raise("no-events", {
          expected: `at least one event in the tune part (column ${task.event}), which decides when the fit stops`,
          received: `${m} bags, all censored`,
          remedy: "use a larger tune share, or fit without a tune part",
        });
      }
      return -likelihoodOf(scores, targets, m).logLikelihood / m;
    },
    slopes(scores, targets, m) {
      const { logLikelihood, gradient } = likelihoodOf(scores, targets, m);
      return { loss: -logLikelihood / m, slopes: gradient.map((slope) => slope / m) };
    },
    classes: null,
    centred: ([mean]) => ({ ...facts, zero: mean as number }),
    answers: (scores) => ({ risk: zero === 0 ? squeeze(scores, [0]) : sub(squeeze(scores, [0]), zero) }),
  };
}

function likelihoodOf(scores: Float64Array, targets: Float64Array, m: number): PartialLikelihood {
  const column = (c: number): Float64Array => Float64Array.from({ length: m }, (_, i) => targets[2 * i + c] as number);
  const order = riskOrder({ time: column(0), event: column(1) });
  return partialLikelihood(order, scores, new Float64Array(m).fill(1), "efron");
}

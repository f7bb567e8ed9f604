/**
 * Predictions of each fold's tune bags with that fold's model. They are never scored: the referee learns from them how to correct
 * the probabilities of the same fold's test bags, and where to put thresholds. No evidence is kept, since nothing is drawn.
 */
import { bagsOf } from "../fit/bag-list.ts";
import type { FittedFold } from "../fit/fit-folds.ts";
import type { Answers } from "./answer-kind.ts";
import { type BagAnswer, bagAnswer } from "./bag-answer.ts";
import { type PredictOptions, predictEach, predictKey } from "./predict-bags.ts";

/** Fold by fold, in the order of the cohort. Empty where no fold has a tune part. */
export async function predictTune(folds: readonly FittedFold[], options: PredictOptions): Promise<BagAnswer[]> {
  const { folder, split, progress, task } = options;
  const plans = split.folds.flatMap(({ fold, tune }, i) => {
    const fitted = folds[i];
    const bags = bagsOf(options.bags, tune);
    return fitted === undefined || bags.length === 0 ? [] : [{ fold, fitted, bags }];
  });
  progress.begin(
    "predicting the tune parts",
    plans.reduce((sum, p) => sum + p.bags.length, 0),
  );
  const predicted: BagAnswer[] = [];
  for (const { fold, fitted, bags } of plans) {
    const dependsOn = predictKey(task, fitted.step.hash, bags);
    const step = await folder.steps.run(`${options.kind}-predict-tune-${fold}`, dependsOn, [], () =>
      predictEach([fitted.file], bags, options, null),
    );
    for (const [i, bag] of bags.entries()) {
      predicted.push(bagAnswer(task, bag, step.note[i] as Answers, { part: "tune", fold }));
    }
    progress.advance(predicted.length);
  }
  progress.end();
  return predicted;
}

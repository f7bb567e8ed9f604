/**
 * Elastic net on embeddings: few features carry the answer, and which they are can be read off. Lambda is the one of the path with the
 * lowest loss on the tune part: cross-entropy for two classes or several labels, the negative log partial likelihood of the tune
 * patients for survival (Efron ties). The path ends early where the train rows are explained and tune only gets worse.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { flagOption, integerOption, numberOption } from "../aggregator/option.ts";
import { coxLoss } from "../survival/cox-loss.ts";
import { checkEvents } from "../survival/follow-up.ts";
import { classWeights } from "../train/class-weights.ts";
import { binomialLoss } from "./binomial-loss.ts";
import { checkParts, needTune } from "./check-part.ts";
import { choose } from "./choose.ts";
import type { PredictorLoss } from "./coordinate-descent.ts";
import { elasticNetPath, type NetOptions, type NetStep } from "./elastic-net.ts";
import type { Embeddings } from "./embeddings.ts";
import { linearAnswer, sideBySide } from "./fitted.ts";
import { labelColumn } from "./label-column.ts";
import { applyHead, type LinearHead } from "./linear-head.ts";
import { type Candidate, defineProbe, type ProbePart } from "./probe.ts";

/** Lambdas without a lower tune loss before the path ends. */
const PATIENCE = 15;

export const elasticNetProbe = defineProbe({
  name: "elastic-net",
  title: "Elastic net",
  paper:
    "Zou and Hastie 2005; Simon, Friedman, Hastie and Tibshirani 2011, Regularization paths for Cox's model via coordinate descent",
  kinds: ["classify", "multilabel", "survive"],
  options: {
    mix: numberOption(0.5, { min: 0, max: 1 }, "1 is the lasso, 0 ridge"),
    lambda: numberOption(0, { min: 0, max: 1e6 }, "strength of the penalty; 0 chooses it on the tune part"),
    path: integerOption(100, { min: 2, max: 1000 }, "values of lambda tried"),
    standardise: flagOption(true, "scale each feature by the train part, so that the penalty weighs all alike"),
    balanced: flagOption(true, "let both classes weigh the same"),
  },
  fit(train, tune, options) {
    const checked = checkParts(train, tune, { kinds: ["classify", "multilabel", "survive"], owner: "the elastic net" });
    if (!checked.ok) return checked;
    const { labels } = train;
    if (labels.kind === "classify" && labels.k !== 2) {
      return fail("bad-study", {
        expected: "two classes for the elastic net",
        received: String(labels.k),
        remedy: "use the linear probe, which takes any number of classes",
      });
    }
    const needed = options.lambda > 0 ? ok(tune) : needTune(tune, "give a tune part, or fix lambda");
    if (!needed.ok) return needed;
    const losses = lossesOf(train, tune, options.balanced);
    if (!losses.ok) return losses;
    const fits = losses.value.map((pair) => choosePath(train.embeddings, tune?.embeddings ?? null, pair, options));
    const heads = fits.map(({ head }) => head);
    return ok(
      linearAnswer(labels.kind, labels.kind === "classify" ? asTwoClasses(heads[0] as LinearHead) : sideBySide(heads), {
        tried: fits.map(({ tried }) => tried),
        chosen: fits.map(({ setting }) => setting),
      }),
    );
  },
});

/** The loss of one answer on the train part, and on the tune part. */
interface LossPair {
  readonly train: PredictorLoss;
  readonly tune: PredictorLoss | null;
}

function lossesOf(train: ProbePart, tune: ProbePart | null, balanced: boolean): Outcome<LossPair[]> {
  if (train.labels.kind === "survive") {
    const parts =
      tune?.labels.kind === "survive"
        ? ([
            ["train", train.labels],
            ["tune", tune.labels],
          ] as const)
        : ([["train", train.labels]] as const);
    for (const [name, followUp] of parts) {
      const some = checkEvents(followUp, name);
      if (!some.ok) return some;
    }
    return ok([{ train: coxLoss(train.labels), tune: tune?.labels.kind === "survive" ? coxLoss(tune.labels) : null }]);
  }
  const k = train.labels.kind === "multilabel" ? train.labels.k : 1;
  return ok(
    Array.from({ length: k }, (_, c) => {
      const label = labelColumn(train.labels, c);
      const yes = label.reduce((sum, y) => sum + y, 0);
      const perClass = classWeights([label.length - yes, yes], balanced ? "balanced" : "none");
      const lossOf = (own: readonly number[]) =>
        binomialLoss(
          own,
          own.map((y) => perClass[y] as number),
        );
      return { train: lossOf(label), tune: tune === null ? null : lossOf(labelColumn(tune.labels, c)) };
    }),
  );
}

interface Settings {
  readonly mix: number;
  readonly lambda: number;
  readonly path: number;
  readonly standardise: boolean;
}

function choosePath(train: Embeddings, tune: Embeddings | null, losses: LossPair, settings: Settings) {
  const { mix, lambda, path: count, standardise } = settings;
  const tried: Candidate[] = [];
  const goOn = (step: NetStep): boolean => {
    const tuneLoss =
      tune === null || losses.tune === null
        ? Number.NaN
        : losses.tune.at(applyHead(headOf(step), tune, "identity")).value;
    tried.push({ setting: step.lambda, tuneLoss, converged: step.converged });
    return tried.length - choose(tried) <= PATIENCE;
  };
  const fixed: Pick<NetOptions, "lambdas"> = lambda > 0 ? { lambdas: [lambda] } : {};
  const steps = elasticNetPath(train, losses.train, { mix, count, standardise, goOn, ...fixed });
  const best = choose(tried);
  const step = steps[best] as NetStep;
  return { head: headOf(step), tried, setting: step.lambda };
}

function headOf({ coefficients, offset }: NetStep): LinearHead {
  return { weight: coefficients, bias: Float64Array.of(offset), d: coefficients.length, k: 1 };
}

/** Logits of two classes from the one of class 1 against class 0. */
function asTwoClasses({ weight, bias, d }: LinearHead): LinearHead {
  const half = (value: number, c: number): number => (c - 0.5) * value;
  return {
    weight: Float64Array.from({ length: 2 * d }, (_, at) => half(weight[at >> 1] as number, at % 2)),
    bias: Float64Array.of(half(bias[0] as number, 0), half(bias[0] as number, 1)),
    d,
    k: 2,
  };
}

/**
 * The linear probe: logistic regression on embeddings, its penalty chosen on the tune part among 45 values of C from 1e-5 to 1e6 (the
 * recipe of the TITAN and Patho-Bench evaluations), or fixed. Several labels are a logistic regression each, numbers a ridge regression with
 * alpha = 1 / C. Departures: the choice is made on tune and never on what is reported; embeddings are standardised unless
 * told otherwise; with balanced classes the tune loss is weighted like the train loss.
 */
import { type Outcome, ok } from "@nacre/core";
import { flagOption, integerOption, numberOption } from "../aggregator/option.ts";
import { classWeights } from "../train/class-weights.ts";
import { checkParts, needTune } from "./check-part.ts";
import { choose, logSpaced } from "./choose.ts";
import { linearAnswer, sideBySide } from "./fitted.ts";
import { labelColumn } from "./label-column.ts";
import { applyHead, type LinearHead, type Scaling, unscaledHead } from "./linear-head.ts";
import { fitLogistic, type LogisticFit, type LogisticProblem, logLossOf } from "./logistic.ts";
import { type Candidate, defineProbe, type ProbePart } from "./probe.ts";
import { ridge } from "./ridge.ts";
import { rotateRows } from "./rotate-rows.ts";
import { scaled, scalingOf } from "./scale.ts";
import type { LabelledRows } from "./softmax-loss.ts";

/** Strong to weak. */
const PATH = logSpaced(1e-5, 1e6, 45);
/** Settings in a row without a lower tune loss after which weaker penalties, whose fits take longest, are not tried: two decades. */
const PATIENCE = 8;
const NO_TUNE = "give a tune part, or fix c (Patho-Bench: 0.5; UNI: features times classes over 100)";

const linearOptions = {
  c: numberOption(0, { min: 0, max: 1e9 }, "inverse strength of the penalty; 0 chooses it on the tune part"),
  standardise: flagOption(true, "centre and scale each feature by the train part"),
  balanced: flagOption(true, "let every class weigh the same"),
  maxSteps: integerOption(1000, { min: 1, max: 1e6 }, "steps of the optimiser for one value of c, at most"),
};

interface Settings {
  readonly c: number;
  readonly standardise: boolean;
  readonly balanced: boolean;
  readonly maxSteps: number;
}

/** One fitted logit or number, on the scaled rows, and how it was chosen. */
interface Choice {
  readonly head: LinearHead;
  readonly tried: readonly Candidate[];
  readonly setting: number;
}

export const linearProbe = defineProbe({
  name: "linear",
  title: "Linear probe",
  paper:
    "Alain and Bengio 2016, Understanding intermediate layers using linear classifier probes; Ding et al. 2024, TITAN (path of C)",
  kinds: ["classify", "multilabel", "regress"],
  options: linearOptions,
  fit(train, tune, options) {
    const checked = checkParts(train, tune, {
      kinds: ["classify", "multilabel", "regress"],
      owner: "the linear probe",
    });
    if (!checked.ok) return checked;
    if (options.c === 0) {
      const needed = needTune(tune, NO_TUNE);
      if (!needed.ok) return needed;
    }
    const scaling = scalingOf(train.embeddings, options.standardise);
    const choices = eachChoice(checked.value, scaling, options);
    if (!choices.ok) return choices;
    const kind = checked.value.train.labels.kind;
    const heads = choices.value.map(({ head }) => unscaledHead(head, scaling));
    return ok(
      linearAnswer(kind, kind === "multilabel" ? sideBySide(heads) : (heads[0] as LinearHead), {
        tried: choices.value.map(({ tried }) => tried),
        chosen: choices.value.map(({ setting }) => setting),
      }),
    );
  },
});

type Parts = { readonly train: ProbePart; readonly tune: ProbePart | null };
type Rows = Pick<LabelledRows, "x" | "n" | "d">;

function eachChoice({ train, tune }: Parts, scaling: Scaling, options: Settings): Outcome<Choice[]> {
  const { labels } = train;
  const { n, d } = train.embeddings;
  const rows = rotateRows(scaled(train.embeddings, scaling), n, d);
  const tuneRows: Rows | null = tune && { x: scaled(tune.embeddings, scaling), n: tune.embeddings.n, d };
  if (labels.kind === "survive") throw new RangeError("expected labels of a class or a number, received follow-up");
  if (labels.kind === "regress") {
    const y = tune?.labels.kind === "regress" ? tune.labels.label : [];
    return ok([chooseRidge(ridge(rows, labels.label), tuneRows && { ...tuneRows, y }, options.c)]);
  }
  const choices: Choice[] = [];
  const several = labels.kind === "multilabel";
  for (let c = 0; c < (several ? labels.k : 1); c++) {
    const label = labelColumn(labels, c);
    const k = several ? 2 : labels.k;
    const counts = Array.from({ length: k }, (_, m) => label.filter((own) => own === m).length);
    const shared = { k, classWeight: classWeights(counts, options.balanced ? "balanced" : "none") };
    const judged = tune && tuneRows && { ...tuneRows, ...shared, label: labelColumn(tune.labels, c) };
    const choice = chooseLogistic({ rows, label, ...shared }, judged, options);
    if (!choice.ok) return choice;
    choices.push(several ? { ...choice.value, head: marginOf(choice.value.head) } : choice.value);
  }
  return ok(choices);
}

function chooseLogistic(train: LogisticProblem, tune: LabelledRows | null, { c, maxSteps }: Settings): Outcome<Choice> {
  const tried: Candidate[] = [];
  const heads: LinearHead[] = [];
  let start: LogisticFit | undefined;
  for (const setting of c > 0 ? [c] : PATH) {
    const fitted = fitLogistic(train, setting, { start, maxSteps, tolerance: c > 0 ? 1e-10 : 1e-7 });
    if (!fitted.ok) return fitted;
    start = fitted.value;
    heads.push(fitted.value.head);
    const tuneLoss = tune === null ? Number.NaN : logLossOf(fitted.value.head, tune);
    tried.push({ setting, tuneLoss, converged: fitted.value.converged });
    if (tried.length - 1 - choose(tried) >= PATIENCE) break;
  }
  const best = choose(tried);
  return ok({ head: heads[best] as LinearHead, tried, setting: (tried[best] as Candidate).setting });
}

type NumberRows = Rows & { readonly y: ArrayLike<number> };

function chooseRidge(at: (alpha: number) => LinearHead, tune: NumberRows | null, c: number): Choice {
  const tried = (c > 0 ? [c] : PATH).map((setting) => ({
    setting,
    tuneLoss: tune === null ? Number.NaN : squaredError(at(1 / setting), tune),
    converged: true,
  }));
  const { setting } = tried[choose(tried)] as Candidate;
  return { head: at(1 / setting), tried, setting };
}

function squaredError(head: LinearHead, { x, n, d, y }: NumberRows): number {
  const answers = applyHead(head, { values: x, n, d }, "identity");
  return answers.reduce((sum, answer, i) => sum + (answer - (y[i] as number)) ** 2, 0) / n;
}

/** The one logit of two classes: that of class 1 less that of class 0. */
function marginOf({ weight, bias, d }: LinearHead): LinearHead {
  const margin = Float64Array.from({ length: d }, (_, j) => (weight[2 * j + 1] as number) - (weight[2 * j] as number));
  return { weight: margin, bias: Float64Array.of((bias[1] as number) - (bias[0] as number)), d, k: 1 };
}

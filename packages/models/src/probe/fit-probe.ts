/**
 * A probe of a task, from bags: each bag is the mean of its tiles. Same request and same kind of result as `fit`, without epochs. A linear
 * probe is a model file like any other (the mean aggregator with the probe's weights on features as they come); one that is not linear
 * is what it remembers of its train part, and answers through `openProbe`.
 */
import { type Bag, fail, type Outcome, ok, type Task } from "@nacre/core";
import { chooseAggregator } from "../aggregator/registry.ts";
import { type HeadFacts, type Label, PLAIN_LOSS } from "../head/head.ts";
import { headOf } from "../head/registry.ts";
import { encodeFitted } from "../model/encode-fitted.ts";
import type { BagSource } from "../train/bag-source.ts";
import type { FittedModel } from "../train/fit.ts";
import { type ModelDesign, weightSpecs } from "../train/program.ts";
import { identityStandardisation } from "../train/standardise.ts";
import { type Labelled, surveyBags } from "../train/survey.ts";
import { type Embeddings, meanEmbeddings } from "./embeddings.ts";
import type { LinearHead } from "./linear-head.ts";
import type { FittedProbe, ProbeLabels, ProbePart } from "./probe.ts";
import { chooseProbe, type ProbeSpec } from "./registry.ts";

/** Everything a probe was fitted with: fitted again, it is the same probe. */
export interface ProbeRecord {
  readonly task: Task;
  readonly probe: ProbeSpec;
  readonly space: string;
  readonly train: ProbePart;
  /** null where the tune part is empty. */
  readonly tune: ProbePart | null;
}

export interface ProbeRequest {
  readonly task: Task;
  readonly probe: ProbeSpec;
  readonly bags: BagSource;
  readonly train: readonly Labelled[];
  readonly tune: readonly Labelled[];
  /** Whether a program drew slides of these bags, for the model to say; left out or null: it says nothing of it. */
  readonly synthetic?: boolean | null;
  readonly signal?: AbortSignal;
}

export interface FittedProbeModel extends Omit<FittedModel, "onnx" | "weights"> {
  /** The whole model; null for a probe that is not linear. */
  readonly onnx: Uint8Array | null;
  readonly record: ProbeRecord;
}

/** Answers of a probe by the names of a model's outputs, for one bag. */
export interface OpenProbe {
  readonly d: number;
  readonly space: string;
  /** Failures: dimension-mismatch, empty-bag. */
  predict(bag: Bag): Outcome<Readonly<Record<string, readonly number[]>>>;
}

/** Failures: those of `fit` before its first epoch, those of the probe, and bad-study for tasks, covariates and labels a probe does not take. */
export async function fitProbe({
  task,
  probe,
  bags,
  train,
  tune,
  synthetic = null,
  signal,
}: ProbeRequest): Promise<Outcome<FittedProbeModel>> {
  if (train.some(({ covariates }) => (covariates?.length ?? 0) > 0)) return noCovariates(probe.name);
  const survey = await surveyBags({ task, bags, train, tune, standardise: false, signal });
  if (!survey.ok) return survey;
  const { d, space, facts } = survey.value;
  const parts: ProbePart[] = [];
  for (const part of [train, tune]) {
    const labels = probeLabels(task, part, probe.name);
    if (!labels.ok) return labels;
    const embeddings = await embed(part, bags, d);
    if (!embeddings.ok) return embeddings;
    parts.push({ embeddings: embeddings.value, labels: labels.value });
  }
  const record = {
    task,
    probe,
    space,
    train: parts[0] as ProbePart,
    tune: tune.length === 0 ? null : (parts[1] as ProbePart),
  };
  const fitted = refit(record);
  if (!fitted.ok) return fitted;
  const { linear } = fitted.value;
  return ok({
    onnx: linear === null ? null : encodeLinear(linear, { task, facts, space, synthetic }),
    record,
    aggregator: { name: probe.name, options: optionsOf(probe) },
    d,
    space,
    history: [],
    bestEpoch: 0,
    stopped: "epochs",
    chosenBy: record.tune === null ? "last-epoch" : "tune-loss",
    parameters: linear === null ? record.train.embeddings.values.length : linear.weight.length + linear.bias.length,
  });
}

/** The probe of a record. Failures: those of its fit. */
export function openProbe(record: ProbeRecord): Outcome<OpenProbe> {
  const fitted = refit(record);
  if (!fitted.ok) return fitted;
  const { d } = fitted.value;
  const name = ANSWER[fitted.value.kind];
  return ok({
    d,
    space: record.space,
    predict(bag) {
      if (bag.d !== d) return otherWidth(d, bag.d);
      const embeddings = meanEmbeddings([bag]);
      return embeddings.ok ? ok({ [name]: Array.from(fitted.value.predict(embeddings.value)) }) : embeddings;
    },
  });
}

const ANSWER = { classify: "probabilities", multilabel: "probabilities", regress: "value", survive: "risk" } as const;

function refit({ probe, train, tune }: ProbeRecord): Outcome<FittedProbe> {
  const chosen = chooseProbe(probe);
  return chosen.ok ? chosen.value.fit(train, tune) : chosen;
}

async function embed(part: readonly Labelled[], bags: BagSource, d: number): Promise<Outcome<Embeddings>> {
  const values = new Float32Array(part.length * d);
  for (const [row, { id }] of part.entries()) {
    const bag = await bags.load(id);
    if (!bag.ok) return bag;
    const one = meanEmbeddings([bag.value]);
    if (!one.ok) return one;
    values.set(one.value.values, row * d);
  }
  return ok({ values, n: part.length, d });
}

/** Labels of a part as probes take them. */
function probeLabels(task: Task, part: readonly Labelled[], probe: string): Outcome<ProbeLabels> {
  const labels = part.map(({ label }) => label);
  switch (task.kind) {
    case "classify":
      return ok({ kind: "classify", label: labels.map(Number), k: task.classes.length });
    case "regress":
      return ok({ kind: "regress", label: labels.map(Number) });
    case "multilabel": {
      const known = labels.flatMap((label) => label as readonly (number | null)[]); // the survey has checked its form
      if (!known.every((label) => label !== null)) return unknownLabels(probe);
      return ok({ kind: "multilabel", label: known, k: task.labels.length });
    }
    case "survive": {
      if (task.intervals !== null) return notForProbes("survive with intervals", probe);
      const followed = labels as readonly Extract<Label, { readonly time: number }>[]; // the survey has checked their form
      return ok({
        kind: "survive",
        time: followed.map(({ time }) => time),
        event: followed.map(({ event }) => (event ? 1 : 0)),
      });
    }
    case "ordinal":
    case "multitask":
      return notForProbes(task.kind, probe);
  }
}

interface About {
  readonly task: Task;
  readonly facts: HeadFacts;
  readonly space: string;
  readonly synthetic: boolean | null;
}

/** The mean aggregator with the head of a probe. A number is answered in its own unit, so it is not standardised in the file. */
function encodeLinear({ weight, bias, d }: LinearHead, { task, facts, space, synthetic }: About): Uint8Array {
  const chosen = chooseAggregator({ name: "mean" });
  if (!chosen.ok) throw new RangeError("expected the mean aggregator, received none");
  const plain = plainFacts(task, facts, bias);
  const design: ModelDesign = {
    ...chosen.value,
    task,
    head: headOf(task, plain, PLAIN_LOSS),
    d,
    covariates: 0,
    standardisation: identityStandardisation(d),
  };
  const learned: Readonly<Record<string, Float64Array>> = { "head.weight": weight, "head.bias": bias };
  const weights = Object.fromEntries(
    weightSpecs(design).map(({ name }) => [name, Float32Array.from(learned[name] as Float64Array)]),
  );
  return encodeFitted(design, weights, {
    task,
    facts: plain,
    d,
    covariates: 0,
    space,
    aggregator: { name: "mean", options: {} },
    standardised: false,
    members: 1,
    synthetic,
  });
}

/** Facts under which the answer is the score itself; the offset of a Cox regression is its zero. */
function plainFacts({ kind }: Task, facts: HeadFacts, bias: Float64Array): HeadFacts {
  if (kind === "regress") return { ...facts, mean: 0, deviation: 1 };
  return kind === "survive" ? { ...facts, zero: -(bias[0] as number) } : facts;
}

/** Options that are numbers or flags: all a probe has. */
function optionsOf({ name: _, ...given }: ProbeSpec): Record<string, number | boolean> {
  return given as Record<string, number | boolean>; // `chooseProbe` has checked them
}

function noCovariates(probe: string): Outcome<never> {
  return fail("bad-study", {
    expected: `no covariates with ${probe}, which sees the mean of the tiles alone`,
    received: "covariates",
    remedy: "leave covariates out, or choose an aggregator such as mean",
  });
}

function unknownLabels(probe: string): Outcome<never> {
  return fail("bad-value", {
    expected: `every label known of every bag, as ${probe} takes them`,
    received: "unknown ones",
    remedy: "leave these slides out, or choose an aggregator, which can learn from the others",
  });
}

function notForProbes(kind: string, probe: string): Outcome<never> {
  return fail("bad-study", {
    expected: `a task that ${probe} can learn`,
    received: kind,
    remedy: "choose an aggregator such as mean or abmil, which take every task",
  });
}

function otherWidth(expected: number, received: number): Outcome<never> {
  return fail("dimension-mismatch", {
    expected: `${expected} features a tile, as the probe was fitted on`,
    received: String(received),
    remedy: "encode the slide with the encoder that the probe was fitted on",
  });
}

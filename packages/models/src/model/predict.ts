/** A model's answer for one bag. The session is handed in, so the same code predicts in Node and in the browser. */
import { type Bag, checkBag, fail, isFailureError, type Outcome, ok } from "@nacre/core";
import type { Session, TensorData } from "@nacre/graph";
import { bagFeeds, placesOf } from "../train/bag-feeds.ts";
import { isOtherSpace } from "../train/survey.ts";
import { FURTHER } from "./encode-fitted.ts";
import type { ModelInfo } from "./model-info.ts";

export interface BagPrediction {
  /** [k], in the order of the task's classes (they sum to 1) or labels; empty for tasks without. Not calibrated. */
  readonly probabilities: readonly number[];
  /** Every answer of the task by the name of the model's output, `probabilities` among them. */
  readonly answers: Readonly<Record<string, readonly number[]>>;
  /** [k] */
  readonly logits: readonly number[];
  /** [k]: what is left of the logits when the tiles' contributions are taken away. */
  readonly bias: readonly number[];
  /** [h] */
  readonly embedding: Float32Array;
  /** [n], at least 0, sums to 1. */
  readonly attention: Float32Array;
  /** Row-major [n, k]: what each tile adds to each logit. */
  readonly contribution: Float32Array;
  /**
   * What only some models give, by its name: CHIEF's `slideFeature`; `rollout` [n], attention followed through layers; `baseline` [d], the
   * tile that contributes nothing, where contributions are gradients.
   */
  readonly further: Readonly<Record<string, Float32Array>>;
}

export interface PredictOptions {
  /** Numbers known of the bag beside its tiles, where the model was fitted with them. */
  readonly covariates?: readonly number[];
  /** What the model says about itself (`describeModel`): then features of another encoder are refused by name. */
  readonly info?: Pick<ModelInfo, "d" | "space">;
  /** How the bag is called in messages. */
  readonly name?: string;
}

/**
 * Runs a model of `fit` or `averageModels` on one bag.
 * Fails with empty-bag, not-finite (also where the answer is not), dimension-mismatch, encoder-mismatch, no-places, out-of-bounds (a tile
 * beyond the grid of the model), no-covariates, bad-model.
 */
export async function predict(
  session: Session,
  bag: Bag,
  { info, name = "the bag", covariates }: PredictOptions = {},
): Promise<Outcome<BagPrediction>> {
  const checked = checkBag(bag, name);
  if (!checked.ok) return checked;
  if (info !== undefined && info.d !== bag.d) return otherDimension(String(info.d), bag, name);
  if (info !== undefined && isOtherSpace(info.space, bag.space)) {
    return fail("encoder-mismatch", {
      expected: `features of ${info.space}, which the model was fitted on`,
      received: `features of ${bag.space} in ${name}`,
      remedy: `encode the slide with ${info.space}`,
    });
  }
  try {
    const asked = { places: session.inputs.includes("places"), covariates: askedCovariates(session, covariates) };
    return answer(await session.run(bagFeeds(bag, covariates ?? null, asked, name)), name);
  } catch (error) {
    if (isFailureError(error, "no-places") || isFailureError(error, "no-covariates")) {
      return { ok: false, failure: error.failure };
    }
    if (!isFailureError(error, "bad-model")) throw error;
    const beyond = session.inputs.includes("places") ? beyondGrid(error.failure.received, bag, name) : null;
    if (beyond !== null) return beyond;
    const wanted = /index: 1 Got: \d+ Expected: (\d+)/.exec(error.failure.received)?.[1];
    return wanted === undefined ? { ok: false, failure: error.failure } : otherDimension(wanted, bag, name);
  }
}

/** Outputs every model has; the others are the answers of its task. */
const SHARED: ReadonlySet<string> = new Set(["logits", "bias", "embedding", "attention", "contribution"]);

function askedCovariates(session: Session, given: readonly number[] | undefined): number {
  return session.inputs.includes("covariates") ? (given?.length ?? 1) : 0;
}

function answer(outputs: Readonly<Record<string, TensorData>>, name: string): Outcome<BagPrediction> {
  const read = (output: string): Float32Array => {
    const data = outputs[output]?.data;
    if (data instanceof Float32Array) return data;
    throw new TypeError(`expected a model with output ${output}, received ${Object.keys(outputs).join(", ")}`);
  };
  const answers = Object.fromEntries(
    Object.keys(outputs)
      .filter((output) => !SHARED.has(output) && !output.startsWith(FURTHER))
      .map((output) => [output, Array.from(read(output))]),
  );
  const values = Object.values(answers).flat();
  if (!values.every(Number.isFinite)) {
    return fail("not-finite", {
      expected: `finite answers for ${name}`,
      received: values.join(", "),
      remedy: "look for features of extreme size in this bag; it may come from another encoder",
    });
  }
  return ok({
    probabilities: answers.probabilities ?? [],
    answers,
    logits: Array.from(read("logits")),
    bias: Array.from(read("bias")),
    embedding: read("embedding"),
    attention: read("attention"),
    contribution: read("contribution"),
    further: Object.fromEntries(
      Object.keys(outputs)
        .filter((output) => output.startsWith(FURTHER))
        .map((output) => [output.slice(FURTHER.length), read(output)]),
    ),
  });
}

/** The tile that a table of places does not know, where that is what the runtime says. */
function beyondGrid(said: string, bag: Bag, name: string): Outcome<never> | null {
  const last = /indices element out of data bounds.*range \[-?\d+,(\d+)\]/.exec(said)?.[1];
  if (last === undefined) return null;
  try {
    placesOf(bag, name, Number(last) + 1);
  } catch (error) {
    if (isFailureError(error)) return { ok: false, failure: error.failure };
    throw error;
  }
  return null;
}

function otherDimension(wanted: string, bag: Bag, name: string) {
  return fail("dimension-mismatch", {
    expected: `${wanted} features a tile, as the model was fitted on`,
    received: `${bag.d} in ${name}`,
    remedy: "encode the slide with the encoder that the model was fitted on",
  });
}

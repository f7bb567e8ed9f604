/** A model's answer for one bag. The session is handed in, so the same code predicts in Node and in the browser. */
import { type Bag, checkBag, fail, isFailureError, type Outcome, ok } from "@nacre/core";
import type { Session, TensorData } from "@nacre/graph";
import { isOtherSpace } from "../train/survey.ts";
import type { ModelInfo } from "./model-info.ts";

export interface BagPrediction {
  /** [k], sums to 1, in the order of the task's classes. Not calibrated. */
  readonly probabilities: readonly number[];
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
}

export interface PredictOptions {
  /** What the model says about itself (`describeModel`): then features of another encoder are refused by name. */
  readonly info?: Pick<ModelInfo, "d" | "space">;
  /** How the bag is called in messages. */
  readonly name?: string;
}

/**
 * Runs a model of `fit` or `averageModels` on one bag.
 * Fails with empty-bag, not-finite (also where the answer is not), dimension-mismatch, encoder-mismatch, bad-model.
 */
export async function predict(
  session: Session,
  bag: Bag,
  { info, name = "the bag" }: PredictOptions = {},
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
    const features = { data: bag.features, dims: [bag.n, bag.d] };
    return answer(await session.run({ features }), name);
  } catch (error) {
    if (!isFailureError(error, "bad-model")) throw error;
    const wanted = /index: 1 Got: \d+ Expected: (\d+)/.exec(error.failure.received)?.[1];
    return wanted === undefined ? { ok: false, failure: error.failure } : otherDimension(wanted, bag, name);
  }
}

function answer(outputs: Readonly<Record<string, TensorData>>, name: string): Outcome<BagPrediction> {
  const read = (output: string): Float32Array => {
    const data = outputs[output]?.data;
    if (data instanceof Float32Array) return data;
    throw new TypeError(`expected a model with output ${output}, received ${Object.keys(outputs).join(", ")}`);
  };
  const probabilities = Array.from(read("probabilities"));
  if (!probabilities.every(Number.isFinite)) {
    return fail("not-finite", {
      expected: `finite probabilities for ${name}`,
      received: probabilities.join(", "),
      remedy: "look for features of extreme size in this bag; it may come from another encoder",
    });
  }
  return ok({
    probabilities,
    logits: Array.from(read("logits")),
    bias: Array.from(read("bias")),
    embedding: read("embedding"),
    attention: read("attention"),
    contribution: read("contribution"),
  });
}

function otherDimension(wanted: string, bag: Bag, name: string) {
  return fail("dimension-mismatch", {
    expected: `${wanted} features a tile, as the model was fitted on`,
    received: `${bag.d} in ${name}`,
    remedy: "encode the slide with the encoder that the model was fitted on",
  });
}

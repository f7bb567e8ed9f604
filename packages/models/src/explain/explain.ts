/**
 * The methods by name, each a pure function of a session and a bag, in Node and in the browser alike. What a model can be asked shows
 * in its outputs: `further.baseline` where contributions are gradients, `further.rollout` where attention can be followed through layers.
 */
import { type Bag, fail, type Outcome, ok } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { FURTHER } from "../model/encode-fitted.ts";
import { type BagPrediction, predict } from "../model/predict.ts";
import type { ExplainMethod, Explanation } from "./explanation.ts";
import { gradientInput, integratedGradients, type PathOptions } from "./integrated-gradients.ts";
import { type OcclusionOptions, occlusion } from "./occlusion.ts";

export interface ExplainOptions extends PathOptions, OcclusionOptions {}

/** The methods a model offers, the one to draw first. */
export function explainMethods({ outputs }: Pick<Session, "outputs">): ExplainMethod[] {
  const signed: ExplainMethod[] = outputs.includes(`${FURTHER}baseline`)
    ? ["integrated-gradients", "gradient-input"]
    : ["contribution"];
  return [
    ...signed,
    "attention",
    ...(outputs.includes(`${FURTHER}rollout`) ? (["rollout"] as const) : []),
    "occlusion",
  ];
}

/** Explains one bag. Failures: those of `predict`, bad-model where the model does not offer the method, too-few (occlusion). */
export async function explain(
  session: Session,
  bag: Bag,
  method: ExplainMethod,
  options: ExplainOptions = {},
): Promise<Outcome<Explanation>> {
  const offered = explainMethods(session);
  if (!offered.includes(method)) {
    return fail("bad-model", {
      expected: `a model that offers ${method}`,
      received: `one that offers ${offered.join(", ")}`,
      remedy: "choose one of these",
    });
  }
  switch (method) {
    case "integrated-gradients":
      return integratedGradients(session, bag, options);
    case "gradient-input":
      return gradientInput(session, bag, options);
    case "occlusion":
      return occlusion(session, bag, options);
    case "contribution":
    case "attention":
    case "rollout": {
      const prediction = await predict(session, bag, options);
      return prediction.ok ? ok(asAnswered(method, prediction.value)) : prediction;
    }
  }
}

/** What one run of the model says by itself. */
function asAnswered(method: "contribution" | "attention" | "rollout", prediction: BagPrediction): Explanation {
  const { contribution, bias, attention, further } = prediction;
  const { rollout = attention } = further;
  if (method !== "contribution") {
    const values = Float32Array.from(method === "attention" ? attention : rollout);
    const unit =
      method === "attention" ? "share of the attention" : "share of the attention followed through all layers";
    return { method, unit, values, columns: 1, isSigned: false, rest: null, error: null, runs: 1 };
  }
  const values = Float32Array.from(contribution);
  const columns = bias.length;
  return { method, unit: "part of a score", values, columns, isSigned: true, rest: bias, error: 0, runs: 1 };
}

/** An imported checkpoint as a `model.onnx` like any other, which predicts, explains and averages. */
import type { Member } from "../model/encode-fitted.ts";
import { encodeFitted } from "../model/encode-fitted.ts";
import { plainFacts } from "./plain-facts.ts";

/** @param space name of the space of the features that the checkpoint was trained on, where it is known */
export function encodeImported({ design, weights }: Member, space = "unknown"): Uint8Array {
  const { task, d, covariates } = design;
  const aggregator = { name: design.aggregator.name, options: design.options };
  const facts = plainFacts(task);
  return encodeFitted(design, weights, {
    task,
    facts,
    d,
    covariates,
    space,
    aggregator,
    standardised: false,
    members: 1,
    synthetic: null,
  });
}

/**
 * A linear head: logits = x weight + bias. What every linear probe comes down to, and all that a model file needs on top of
 * mean pooling.
 */
import type { Embeddings } from "./embeddings.ts";
import { toProbabilities } from "./softmax-loss.ts";

export interface LinearHead {
  /** [d, k]. */
  readonly weight: Float64Array;
  /** [k]. */
  readonly bias: Float64Array;
  readonly d: number;
  readonly k: number;
}

/** What the logits become: probabilities of classes that exclude one another, of labels that do not, or nothing. */
export type Link = "softmax" | "sigmoid" | "identity";

/** Answers of a head, row-major [n, k]. */
export function applyHead(head: LinearHead, { values, n }: Embeddings, link: Link): Float64Array {
  const { weight, bias, d, k } = head;
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const row = out.subarray(i * k, (i + 1) * k);
    row.set(bias);
    for (let j = 0; j < d; j++) {
      const x = values[i * d + j] as number;
      for (let c = 0; c < k; c++) row[c] = (row[c] as number) + x * (weight[j * k + c] as number);
    }
    if (link === "softmax") toProbabilities(row);
    if (link === "sigmoid") for (let c = 0; c < k; c++) row[c] = 1 / (1 + Math.exp(-(row[c] as number)));
  }
  return out;
}

/** How embeddings were centred and scaled before a fit, [d] each. */
export interface Scaling {
  readonly centre: Float64Array;
  readonly scale: Float64Array;
}

/** The head on the embeddings as they come, from one fitted on (x - centre) / scale. */
export function unscaledHead({ weight, bias, d, k }: LinearHead, { centre, scale }: Scaling): LinearHead {
  const out = { weight: new Float64Array(d * k), bias: Float64Array.from(bias), d, k };
  for (let j = 0; j < d; j++) {
    for (let c = 0; c < k; c++) {
      const w = (weight[j * k + c] as number) / (scale[j] as number);
      out.weight[j * k + c] = w;
      out.bias[c] = (out.bias[c] as number) - w * (centre[j] as number);
    }
  }
  return out;
}

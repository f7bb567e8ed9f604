/**
 * The evidence of each tile of a bag by the best method that its model and its size allow: exact contributions where the algebra gives
 * them, integrated gradients where tiles look at each other, and for bags too large for that the gradient of the answer alone.
 */
import { type Bag, type Outcome, ok, type Task } from "@nacre/core";
import type { Session } from "@nacre/graph";
import {
  type BagPrediction,
  explainMethods,
  integratedGradients,
  LEAST_RUNS,
  type PredictOptions,
  withExplanation,
} from "@nacre/models";
import { evidenceOf } from "../predict/evidence-of.ts";

/** How contributions were found; `exact-mixed`: exact for tokens that have seen other tiles. */
export type EvidenceMethod = "exact" | "exact-mixed" | "integrated-gradients" | "gradient-input";

export interface BagEvidence {
  /** [n], its sum is the score that the answer of the task is made of. */
  readonly evidence: Float32Array<ArrayBuffer>;
  readonly method: EvidenceMethod;
  /** How far contributions are from adding up, in units of the score; null where that was not looked at. */
  readonly error: number | null;
}

/** Runs of integrated gradients times tiles: what the heatmap of one bag may cost beyond its prediction. */
export const BAG_BUDGET = 144_000;
/** Tiles of the largest bag that a run explains by integrated gradients. */
export const LARGEST_INTEGRATED = BAG_BUDGET / LEAST_RUNS;

/** How a model explains a bag of n tiles within a budget of runs times tiles. */
export function evidenceMethod(session: Pick<Session, "outputs">, n: number, budget = BAG_BUDGET): EvidenceMethod {
  if (!explainMethods(session).includes("integrated-gradients")) return "exact";
  return budget / n >= LEAST_RUNS ? "integrated-gradients" : "gradient-input";
}

/** The method for a bag of n tiles, given that of the largest share of the run. */
export function methodOfBag(method: EvidenceMethod, n: number): EvidenceMethod {
  return method === "integrated-gradients" && n > LARGEST_INTEGRATED ? "gradient-input" : method;
}

/** @param prediction what the session answered for the bag */
export async function bagEvidence(
  session: Session,
  bag: Bag,
  prediction: BagPrediction,
  {
    task,
    budget = BAG_BUDGET,
    ...options
  }: PredictOptions & { readonly task: Task; readonly budget?: number; readonly signal?: AbortSignal },
): Promise<Outcome<BagEvidence>> {
  const method = evidenceMethod(session, bag.n, budget);
  if (method !== "integrated-gradients") {
    return ok({ evidence: evidenceOf(prediction, task), method, error: method === "exact" ? 0 : null });
  }
  const found = await integratedGradients(session, bag, {
    ...options,
    mostRuns: Math.min(MOST_RUNS, Math.floor(budget / bag.n)),
  });
  if (!found.ok) return found;
  return ok({ evidence: evidenceOf(withExplanation(prediction, found.value), task), method, error: found.value.error });
}

const MOST_RUNS = 100;

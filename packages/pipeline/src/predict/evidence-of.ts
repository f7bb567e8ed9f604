/**
 * The evidence of each tile for the headline of a task, one number a tile: contributions to the scores, weighed as the headline weighs the
 * scores, and what no tile brought handed out by attention, so that the sum over tiles is that of the scores (`answer-kind.ts`).
 */
import type { Task } from "@nacre/core";
import { type BagPrediction, weighedEvidence } from "@nacre/models";
import { evidenceWeights } from "./answer-kind.ts";

/** [n]. @throws RangeError for a model of another number of scores */
export function evidenceOf(prediction: BagPrediction, task: Task): Float32Array<ArrayBuffer> {
  return weighedEvidence(prediction, evidenceWeights(task));
}

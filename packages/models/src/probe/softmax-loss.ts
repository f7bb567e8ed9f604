/**
 * Mean weighted cross-entropy of a linear model with an L2 penalty on its weights, as a function for the optimiser:
 *
 *   f = (1 / S) [ sum_i s_i (-log p_i,y_i) + |w|^2 / (2 C) ]        S = sum of the case weights s_i; offsets are not penalised
 *
 * Two classes have one column (the logit of class 1), more have one each, as scikit-learn's LogisticRegression; so C means the
 * same as there. Parameters: weights [columns, d], then offsets [columns].
 */
import type { Smooth } from "./lbfgs.ts";
import { addScaled, dot } from "./vector.ts";

export interface LabelledRows {
  /** Row-major [n, d]. */
  readonly x: Float64Array;
  readonly n: number;
  readonly d: number;
  /** Class of each row, from 0 to k - 1. */
  readonly label: ArrayLike<number>;
  readonly k: number;
  /** Weight of each class. */
  readonly classWeight: ArrayLike<number>;
}

/** Columns of logits that k classes need. */
export function columnsOf(k: number): number {
  return k === 2 ? 1 : k;
}

export function softmaxLoss(rows: LabelledRows, c: number): Smooth {
  const { x, n, d, label, k, classWeight } = rows;
  const columns = columnsOf(k);
  const offsets = columns * d;
  let total = 0;
  for (let i = 0; i < n; i++) total += classWeight[label[i] as number] as number;
  const penalty = 1 / (c * total);
  const logits = new Float64Array(columns);
  return (theta, gradient) => {
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      for (let m = 0; m < columns; m++) logits[m] = dot(theta, m * d, x, i * d, d) + (theta[offsets + m] as number);
      const own = label[i] as number;
      const share = (classWeight[own] as number) / total;
      loss += share * residuals(logits, own);
      for (let m = 0; m < columns; m++) {
        const scale = share * (logits[m] as number);
        addScaled(gradient, m * d, x, i * d, { scale, n: d });
        gradient[offsets + m] = (gradient[offsets + m] as number) + scale;
      }
    }
    addScaled(gradient, 0, theta, 0, { scale: penalty, n: offsets });
    return loss + 0.5 * penalty * dot(theta, 0, theta, 0, offsets);
  };
}

/** Cross-entropy of one row; replaces its logits by probability less label. One logit is that of class 1 against class 0. */
function residuals(logits: Float64Array, label: number): number {
  if (logits.length === 1) {
    const margin = label === 1 ? (logits[0] as number) : -(logits[0] as number);
    const wrong = 1 / (1 + Math.exp(margin));
    logits[0] = label === 1 ? -wrong : wrong;
    return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  }
  const own = logits[label] as number;
  const log = toProbabilities(logits);
  logits[label] = (logits[label] as number) - 1;
  return log - own;
}

/** Mean of p (1 - p) over rows and columns at theta, weighted as the loss is, and the sum of the case weights. Never quite 0. */
export function meanCurvature({ x, n, d, label, k, classWeight }: LabelledRows, theta: Float64Array) {
  const columns = columnsOf(k);
  const logits = new Float64Array(columns);
  let bend = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let m = 0; m < columns; m++) logits[m] = dot(theta, m * d, x, i * d, d) + (theta[columns * d + m] as number);
    if (columns === 1) logits[0] = 1 / (1 + Math.exp(-(logits[0] as number)));
    else toProbabilities(logits);
    const weight = classWeight[label[i] as number] as number;
    total += weight;
    for (const p of logits) bend += (weight * p * (1 - p)) / columns;
  }
  return { bend: Math.max(bend / total, 1e-8), total };
}

/** Turns logits into probabilities in place; returns the logarithm of the sum of their exponentials. */
export function toProbabilities(logits: Float64Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of logits) most = Math.max(most, value);
  let sum = 0;
  for (let m = 0; m < logits.length; m++) {
    const e = Math.exp((logits[m] as number) - most);
    logits[m] = e;
    sum += e;
  }
  for (let m = 0; m < logits.length; m++) logits[m] = (logits[m] as number) / sum;
  return most + Math.log(sum);
}

/**
 * The branches of a layer mixed as they come: sum over branches of exp(log-sum-exp) x value over the sum of exp(log-sum-exp), per token and
 * head, both shifted by the largest so far. A token that no branch keeps stays 0.
 */
import type { Segment } from "./segment.ts";

export interface Mixture {
  /** Adds values [heads, queries, e] and log sums [heads, queries] of tokens `from` and on of a segment. */
  add(segment: Segment, from: number, queries: number, out: Float32Array, logSum: Float32Array): void;
  /** The mixed values [L, H e], row-major. The mixture is empty afterwards and its array is filled again by the next layer. */
  finish(): Float32Array<ArrayBuffer>;
}

export function mixture(tokens: number, heads: number, e: number): Mixture {
  const values = new Float32Array(tokens * heads * e);
  const weights = new Float32Array(tokens * heads);
  const tops = new Float32Array(tokens * heads).fill(Number.NEGATIVE_INFINITY);
  let isFull = false;
  return {
    add({ firstHead, heads: own, first, step }, from, queries, out, logSum) {
      if (isFull) {
        values.fill(0);
        isFull = false;
      }
      for (let h = 0; h < own; h++) {
        for (let i = 0; i < queries; i++) {
          const row = (first + (from + i) * step) * heads + firstHead + h;
          const source = h * queries + i;
          const top = tops[row] as number;
          const mine = logSum[source] as number;
          const kept = mine > top ? Math.exp(top - mine) : 1;
          const weight = mine > top ? 1 : Math.exp(mine - top);
          if (mine > top) tops[row] = mine;
          weights[row] = (weights[row] as number) * kept + weight;
          blend(values, row * e, kept, out, source * e, weight, e);
        }
      }
    },
    finish() {
      for (let row = 0; row < weights.length; row++) {
        const weight = weights[row] as number;
        const scale = weight > 0 ? 1 / weight : 0;
        for (let j = row * e; j < (row + 1) * e; j++) values[j] = (values[j] as number) * scale;
      }
      weights.fill(0);
      tops.fill(Number.NEGATIVE_INFINITY);
      isFull = true;
      return values;
    },
  };
}

/** target = target x kept + source x weight, over e numbers. */
function blend(
  target: Float32Array,
  at: number,
  kept: number,
  source: Float32Array,
  from: number,
  weight: number,
  e: number,
): void {
  for (let j = 0; j < e; j++) {
    target[at + j] = (target[at + j] as number) * kept + (source[from + j] as number) * weight;
  }
}

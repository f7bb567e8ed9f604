/**
 * The temperature T that makes softmax(logits / T) least wrong (Guo, Pleiss, Sun and Weinberger 2017). The mean cross-entropy is convex in
 * 1 / T, so the sign of its slope tells the side: bisection of log T between e^-12 and e^12.
 */
import { toProbabilities } from "./softmax-loss.ts";

const REACH = 12;
const STEPS = 60;

/** @param logits row-major [n, k] @param label class of each row. 1 where no temperature is better than another. */
export function temperatureFor(logits: Float64Array, label: ArrayLike<number>, k: number): number {
  let low = -REACH;
  let high = REACH;
  if (slopeAt(logits, label, k, 1) === 0) return 1;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    // More of 1 / T is better where the slope is negative: then T must come down.
    if (slopeAt(logits, label, k, Math.exp(-middle)) < 0) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Derivative of the summed cross-entropy by the inverse temperature. */
function slopeAt(logits: Float64Array, label: ArrayLike<number>, k: number, inverse: number): number {
  let slope = 0;
  for (let i = 0; i < label.length; i++) {
    const row = logits.subarray(i * k, (i + 1) * k);
    const p = row.map((value) => value * inverse);
    toProbabilities(p);
    slope += p.reduce((sum, share, c) => sum + share * (row[c] as number), -(row[label[i] as number] as number));
  }
  return slope;
}

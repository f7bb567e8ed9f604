/**
 * Who is right where the other is wrong: the exact test of McNemar (1947) on two predictions of the same patients. Only the
 * patients on whom they disagree speak; under no difference each of those is a fair coin. Two-sided p: twice the smaller
 * tail, at most 1. Interval of the difference of shares: Newcombe 1998, method 10, which holds at 0 and 1.
 */
import { binomialTail } from "../distribution/tail.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { wilson } from "../interval/wilson.ts";

export interface Mcnemar {
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly bothWrong: number;
  /** Share right under a minus share right under b. */
  readonly difference: Estimate;
  /** Two-sided, exact. 1 where they never disagree; null without patients. */
  readonly p: number | null;
}

/**
 * From flags [n], 1 where a prediction is right (`correct` of a sample).
 * @throws RangeError where the two differ in length
 */
export function mcnemar(a: ArrayLike<number>, b: ArrayLike<number>): Mcnemar {
  if (a.length !== b.length)
    throw new RangeError(`expected the same patients, received ${a.length} and ${b.length}; keep those both have`);
  const counts = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0 };
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 1) counts[b[i] === 1 ? "bothRight" : "onlyA"]++;
    else counts[b[i] === 1 ? "onlyB" : "bothWrong"]++;
  }
  const method = "difference of shares called correctly; 95 % Newcombe interval for pairs (method 10)";
  const n = a.length;
  if (n === 0) return { ...counts, difference: undefinedEstimate(0, method, "no patient"), p: null };
  const { onlyA, onlyB } = counts;
  const split = onlyA + onlyB;
  const p = Math.min(1, 2 * binomialTail(Math.max(onlyA, onlyB), split, 0.5));
  const [low, high] = pairedNewcombe(counts);
  return { ...counts, difference: { value: (onlyA - onlyB) / n, low, high, n, method }, p };
}

function pairedNewcombe(counts: Pick<Mcnemar, "bothRight" | "onlyA" | "onlyB" | "bothWrong">): [number, number] {
  const { bothRight, onlyA, onlyB, bothWrong } = counts;
  const n = bothRight + onlyA + onlyB + bothWrong;
  const rightA = bothRight + onlyA;
  const rightB = bothRight + onlyB;
  const [lowA, highA] = wilson(rightA, n);
  const [lowB, highB] = wilson(rightB, n);
  const phi = correlation(counts, n);
  const a = rightA / n;
  const b = rightB / n;
  const reach = (own: number, other: number): number =>
    Math.sqrt(Math.max(0, own * own - 2 * phi * own * other + other * other));
  const value = (onlyA - onlyB) / n;
  return [Math.max(-1, value - reach(a - lowA, highB - b)), Math.min(1, value + reach(highA - a, b - lowB))];
}

/** Correlation of right and right with Newcombe's continuity correction of a positive product. */
function correlation(
  { bothRight, onlyA, onlyB, bothWrong }: Pick<Mcnemar, "bothRight" | "onlyA" | "onlyB" | "bothWrong">,
  n: number,
): number {
  const product = (bothRight + onlyA) * (onlyB + bothWrong) * (bothRight + onlyB) * (onlyA + bothWrong);
  if (product === 0) return 0;
  const cross = bothRight * bothWrong - onlyA * onlyB;
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  return corrected / Math.sqrt(product);
}

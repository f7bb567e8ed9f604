/** Points of the curves a report draws. Every distinct score is one threshold; nothing is smoothed or thinned. */
import { isClass, type Sample, scoresOf } from "../sample.ts";
import { ascending } from "./rank.ts";

/** Calling positive at or above `threshold`. The first point (threshold null) calls nobody. */
export interface RocPoint {
  readonly threshold: number | null;
  readonly falsePositiveRate: number;
  readonly sensitivity: number;
}

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly recall: number;
  readonly precision: number;
}

/** From (0, 0) to (1, 1). Class `c` against the rest, the positive one if left out. Empty where a class is absent. */
export function rocCurve(sample: Sample, c: number = sample.positive): RocPoint[] {
  const steps = thresholdSteps(sample, c);
  const last = steps.at(-1);
  if (last === undefined || last.found === 0 || last.called === last.found) return [];
  const negatives = last.called - last.found;
  const points = steps.map((s) => ({
    threshold: s.threshold,
    falsePositiveRate: (s.called - s.found) / negatives,
    sensitivity: s.found / last.found,
  }));
  return [{ threshold: null, falsePositiveRate: 0, sensitivity: 0 }, ...points];
}

/** From the highest score downwards. Class `c` against the rest. Empty where nobody is of that class. */
export function prCurve(sample: Sample, c: number = sample.positive): PrecisionRecallPoint[] {
  const steps = thresholdSteps(sample, c);
  const found = steps.at(-1)?.found ?? 0;
  if (found === 0) return [];
  return steps.map((s) => ({ threshold: s.threshold, recall: s.found / found, precision: s.found / s.called }));
}

function thresholdSteps(sample: Sample, c: number): { threshold: number; called: number; found: number }[] {
  const scores = scoresOf(sample, c);
  const positive = isClass(sample, c);
  const order = ascending(scores).reverse();
  const steps: { threshold: number; called: number; found: number }[] = [];
  let found = 0;
  order.forEach((row, i) => {
    found += positive[row] as number;
    const next = order[i + 1];
    if (next === undefined || scores[next] !== scores[row]) {
      steps.push({ threshold: scores[row] as number, called: i + 1, found });
    }
  });
  return steps;
}

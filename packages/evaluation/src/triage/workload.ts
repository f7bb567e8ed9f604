/** What a sensitivity costs in work: patients at or above a threshold are sent to a person, the others are not looked at again. */
import type { Sample } from "../sample.ts";
import { tallies } from "./tally.ts";

export interface WorkloadPoint {
  /** Patients at or above it are sent to a person; null where nobody is. */
  readonly threshold: number | null;
  /** Share of all patients sent to a person. */
  readonly sent: number;
  readonly sensitivity: number;
  /** Positive patients who are not seen by a person. */
  readonly missed: number;
}

/** From nobody sent (0, 0) to everybody (1, 1). Two classes. Empty, with the reason, where it is undefined. */
export interface WorkloadCurve {
  readonly points: readonly WorkloadPoint[];
  readonly reason: string | null;
}

/** One point for each distinct probability of the positive class. */
export function workloadCurve(sample: Sample): WorkloadCurve {
  if (sample.k !== 2) return { points: [], reason: `the workload curve is for two classes, here are ${sample.k}` };
  const steps = tallies(sample).reverse();
  const positives = steps.at(-1)?.found ?? 0;
  if (positives === 0) {
    const reason =
      sample.n === 0 ? "no labelled patient" : `no patient with the label ${sample.classes[sample.positive]}`;
    return { points: [], reason };
  }
  const points = steps.map(({ threshold, found, missed, alarms }) => ({
    threshold,
    sent: (found + alarms) / sample.n,
    sensitivity: found / positives,
    missed,
  }));
  return { points: [{ threshold: null, sent: 0, sensitivity: 0, missed: positives }, ...points], reason: null };
}

/**
 * Patients followed until an event or until they were last seen. Times are in any one unit (days, months), counted from
 * the start of each patient's follow-up. A patient without the event is *censored*: it had not come by then.
 */

/** Survival that a model foretells, read as a step: S(t) is the value at the last of `times` up to t, and 1 before the first. */
export interface SurvivalCurves {
  /** Ascending, 0 or more. */
  readonly times: readonly number[];
  /** Probability of no event by each time, [n, times]. */
  readonly survival: Float64Array;
}

export interface SurvivalSample {
  readonly n: number;
  /** Follow-up of each patient, 0 or more, [n]. */
  readonly time: Float64Array;
  /** 1 where the follow-up ended with the event, 0 where it was cut short, [n]. */
  readonly event: Uint8Array;
  /** Foretold risk on any scale, higher means an earlier event, [n]. */
  readonly risk: Float64Array;
  /** null where the model gives a risk alone; then Brier scores are undefined. */
  readonly curves: SurvivalCurves | null;
}

/** The patients at `rows`, in that order. */
export function survivalSubsample(sample: SurvivalSample, rows: readonly number[]): SurvivalSample {
  const { curves } = sample;
  return {
    n: rows.length,
    time: Float64Array.from(rows, (i) => sample.time[i] as number),
    event: Uint8Array.from(rows, (i) => sample.event[i] as number),
    risk: Float64Array.from(rows, (i) => sample.risk[i] as number),
    curves: curves === null ? null : { times: curves.times, survival: rowsOf(curves, rows) },
  };
}

function rowsOf({ times, survival }: SurvivalCurves, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length * times.length);
  rows.forEach((i, at) => {
    out.set(survival.subarray(i * times.length, (i + 1) * times.length), at * times.length);
  });
  return out;
}

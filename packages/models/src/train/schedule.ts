/**
 * Learning rate over the steps of a fit: constant, or half a cosine down to zero (Loshchilov and Hutter 2017, no restarts), after a
 * straight rise over the first steps where a warm-up is asked for (Goyal et al. 2017).
 */

export type Schedule = "constant" | "cosine";

/** Rate at step `step` (from 1) of `steps`. @param warmup steps until the full rate is reached; the schedule begins after them */
export function rateAt(schedule: Schedule, rate: number, step: number, steps: number, warmup = 0): number {
  if (step <= warmup) return (rate * step) / warmup;
  switch (schedule) {
    case "constant":
      return rate;
    case "cosine":
      return (rate * (1 + Math.cos((Math.PI * (step - warmup - 1)) / Math.max(1, steps - warmup)))) / 2;
  }
}

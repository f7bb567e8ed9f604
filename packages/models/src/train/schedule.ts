/** Learning rate over the steps of a fit: constant, or half a cosine down to zero (Loshchilov and Hutter 2017, no restarts). */

export type Schedule = "constant" | "cosine";

/** Rate at step `step` (from 1) of `steps`. */
export function rateAt(schedule: Schedule, rate: number, step: number, steps: number): number {
  switch (schedule) {
    case "constant":
      return rate;
    case "cosine":
      return (rate * (1 + Math.cos((Math.PI * (step - 1)) / Math.max(1, steps)))) / 2;
  }
}

/** What a threshold is asked for: a rate, how high it must be, and whether its value or its lower bound must reach that. */
import { type ShareCount, shareOf, type Tally } from "./tally.ts";

/** Of the positive: called. Of those not called: negative. Of the negative: not called. Of those called: positive. */
export type Rate = "sensitivity" | "npv" | "specificity" | "ppv";

/**
 * `point`: the rate as counted; the truth is below the target at least as often as above it.
 * `bound`: the lower end of its 95 % Clopper-Pearson interval.
 */
export type TargetBasis = "point" | "bound";

export interface Target {
  readonly rate: Rate;
  readonly least: number;
  readonly by: TargetBasis;
}

/** What each rate counts, in words. */
export const COUNTED: Readonly<Record<Rate, string>> = {
  sensitivity: "positive patients",
  npv: "patients ruled out",
  specificity: "negative patients",
  ppv: "patients ruled in",
};

/** Hits and the number they are of, at one threshold. */
export function countOf(rate: Rate, tally: Omit<Tally, "threshold">): ShareCount {
  switch (rate) {
    case "sensitivity":
      return shareOf(tally.found, tally.missed);
    case "npv":
      return shareOf(tally.cleared, tally.missed);
    case "specificity":
      return shareOf(tally.cleared, tally.alarms);
    case "ppv":
      return shareOf(tally.found, tally.alarms);
  }
}

/** @throws RangeError unless the target lies above 0 and is at most 1 */
export function expectTarget(rate: Rate, least: number): void {
  if (least > 0 && least <= 1) return;
  throw new RangeError(`expected a ${rate} above 0 and at most 1, received ${least}; write 98 % as 0.98`);
}

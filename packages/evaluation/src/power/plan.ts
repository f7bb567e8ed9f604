/** What a plan for a study answers, and the search for the least number of patients. */
import { normalQuantile } from "../distribution/quantile.ts";

export interface Plan {
  readonly patients: number;
  /** Patients with the label, and without it: the prevalence of `patients`, rounded up to at least 2 each. */
  readonly positives: number;
  readonly negatives: number;
  readonly method: string;
}

/** How sure a plan wants to be. */
export interface Certainty {
  /** Chance of showing what is there. Default 0.8. */
  readonly power?: number;
  /** Two-sided level of the test or interval. Default 0.05. */
  readonly level?: number;
}

/** More patients than this and no plan is made. */
const MOST = 1e9;

/**
 * The least number of patients for which `isEnough(positives, negatives)` holds, given that it holds from there on. Class sizes
 * are real numbers in the search and whole ones in the answer.
 * @throws RangeError where a billion patients are not enough
 */
export function leastPatients(
  prevalence: number,
  isEnough: (positives: number, negatives: number) => boolean,
  method: string,
): Plan {
  expectShare("a prevalence", prevalence);
  const holds = (n: number): boolean => isEnough(n * prevalence, n * (1 - prevalence));
  const start = Math.ceil(2 / Math.min(prevalence, 1 - prevalence));
  let high = start;
  while (!holds(high)) {
    high *= 2;
    if (high > MOST) throw new RangeError("expected a claim that a billion patients can show, received a finer one");
  }
  let low = high === start ? start - 1 : high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return { ...divided(high, prevalence), method };
}

/** Both class sizes rounded up, so that neither is smaller than planned. */
function divided(n: number, prevalence: number): Omit<Plan, "method"> {
  // Less a rounding error, so that 0.3 of 10 is 3 and not 4.
  const positives = Math.max(2, Math.ceil(n * prevalence - 1e-9));
  const negatives = Math.max(2, Math.ceil(n * (1 - prevalence) - 1e-9));
  return { patients: positives + negatives, positives, negatives };
}

/** @throws RangeError unless strictly between 0 and 1 */
export function expectShare(what: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`expected ${what} above 0 and below 1, received ${value}`);
}

/** Normal points of the level (two-sided) and of the power. */
export function points({ power = 0.8, level = 0.05 }: Certainty): { readonly alpha: number; readonly beta: number } {
  expectShare("a power", power);
  expectShare("a level", level);
  return { alpha: normalQuantile(1 - level / 2), beta: normalQuantile(power) };
}

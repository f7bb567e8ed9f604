/**
 * A number that says how sure it is. Every number the referee gives is an Estimate: its value, a 95 % interval,
 * how many patients it rests on and how it was made. What cannot be computed is null with a reason, never NaN.
 */

export interface Estimate {
  /** null where the number is undefined; then `reason` says why. */
  readonly value: number | null;
  /** Ends of the 95 % interval; null where no interval can be given. */
  readonly low: number | null;
  readonly high: number | null;
  /** Patients behind the number: of a share those it is counted over, so of a sensitivity the ones with the label. */
  readonly n: number;
  /** How value and interval were made, in one phrase. */
  readonly method: string;
  readonly reason?: string;
}

/** An estimate that could not be made, with the reason. */
export function undefinedEstimate(n: number, method: string, reason: string): Estimate {
  return { value: null, low: null, high: null, n, method, reason };
}

/** Two-sided 95 % point of the standard normal distribution. */
export const Z95 = 1.959963984540054;

/**
 * How many patients show that a share (a sensitivity, a specificity) is at least so much: the Clopper-Pearson lower bound is to
 * reach `lowerBound` with the power asked for. Exact binomial, no normal approximation. Power is a saw in n: one patient
 * more can raise the hits needed. The answer is the least n from which the power never falls below what was asked.
 */
import { binomialTail } from "../distribution/tail.ts";
import { type Certainty, expectShare } from "./plan.ts";

export interface ShareClaim extends Certainty {
  /** The share believed to be true; 1 for a test that never misses. */
  readonly share: number;
  /** The bound the lower end of the interval has to reach. */
  readonly lowerBound: number;
}

export interface SharePlan {
  /** Patients of the kind the share is of: for a sensitivity, those with the label. */
  readonly patients: number;
  /** Of these, at least so many hits are needed. */
  readonly hits: number;
  /** Chance of so many hits where the share is as believed. */
  readonly power: number;
  /** The least n that reaches the power at all; a few more patients may lose it again. */
  readonly first: number;
  readonly method: string;
}

const MOST = 200_000;

/** @throws RangeError unless 0 < lowerBound < share <= 1, or where 200,000 patients are not enough */
export function patientsForShare({ share, lowerBound, power = 0.8, level = 0.05 }: ShareClaim): SharePlan {
  if (!(lowerBound > 0 && lowerBound < share && share <= 1))
    throw new RangeError(
      `expected 0 < lower bound < share <= 1, received ${lowerBound} and ${share}; nothing could be shown`,
    );
  expectShare("a power", power);
  expectShare("a level", level);
  let needed = 0;
  let first = 0;
  let answer: Omit<SharePlan, "first" | "method"> | null = null;
  for (let n = 1; n <= MOST; n++) {
    // The bound at x hits reaches the share L exactly where P(X >= x | L) is at most half the level.
    while (needed <= n && binomialTail(needed, n, lowerBound) > level / 2) needed++;
    const reached = needed > n ? 0 : share === 1 ? 1 : binomialTail(needed, n, share);
    if (reached < power) answer = null;
    else {
      first ||= n;
      answer ??= { patients: n, hits: needed, power: reached };
    }
    // The trend makes up for the drop of one tooth in about 2 / (share - bound) patients; after four times that it has settled.
    if (answer !== null && n - answer.patients >= 10 + 8 / (share - lowerBound)) {
      const method = `lower end of the ${100 * (1 - level)} % Clopper-Pearson interval at least ${lowerBound} where the share is ${share}, power ${power}`;
      return { ...answer, first, method };
    }
  }
  throw new RangeError(
    `expected a claim that ${MOST} patients can show, received a share of ${share} against ${lowerBound}; lower the bound`,
  );
}

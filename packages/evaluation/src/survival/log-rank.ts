/**
 * Do groups differ in when the event comes? The log-rank test (Mantel 1966, Peto and Peto 1972; the member of weight 1 of the
 * family of Fleming and Harrington 1991): were the groups alike, the d events of one time would fall on those at risk
 * by lot, without replacement. Observed less expected is summed over times and strata and held against the covariance
 * of that lottery. Early and late events count alike, so curves that cross may cancel out.
 *
 * Degrees of freedom are the rank of the covariance, so groups that meet only in part (some strata hold some groups) are
 * judged on the comparisons that exist; the usual number of groups less 1 is the case in which all meet.
 */
import { chiSquaredTail } from "../distribution/tail.ts";
import { checkFollowUp, sameLength } from "./check.ts";
import { timeline } from "./timeline.ts";

export interface LogRankGroup {
  readonly group: string;
  readonly n: number;
  readonly observed: number;
  readonly expected: number;
}

export interface LogRank {
  /** null where undefined, with `reason`. */
  readonly chiSquared: number | null;
  readonly df: number;
  readonly p: number | null;
  /** In the order in which the groups first appear. */
  readonly groups: readonly LogRankGroup[];
  readonly n: number;
  readonly method: string;
  readonly reason?: string;
}

export interface LogRankOptions {
  readonly time: ArrayLike<number>;
  readonly event: ArrayLike<number>;
  /** The group of each patient, [n]. */
  readonly groups: readonly (string | number)[];
  /** Patients are compared within their stratum alone, [n]; null for one stratum. */
  readonly strata?: readonly (string | number)[] | null;
}

/**
 * The test. A group in which no event can be expected is shown and does not count as a degree of freedom.
 * @throws {RangeError} for bad follow-up, or columns of different length.
 */
export function logRank({ time, event, groups, strata = null }: LogRankOptions): LogRank {
  checkFollowUp(time, event);
  const n = time.length;
  sameLength("groups", groups.length, n);
  if (strata !== null) sameLength("strata", strata.length, n);
  const group = numbered(groups);
  const stratum = numbered(strata ?? new Array<string>(n).fill(""));
  const lot = new Lottery(group.names.length);
  for (const patients of inTurn(time, event, stratum)) addStratum(lot, patients, { time, event, group: group.of });
  const sizes = new Uint32Array(group.names.length);
  for (const g of group.of) sizes[g] = (sizes[g] as number) + 1;
  return {
    ...verdict(lot),
    groups: group.names.map((name, g) => ({
      group: name,
      n: sizes[g] as number,
      observed: lot.observed[g] as number,
      expected: lot.expected[g] as number,
    })),
    n,
    method: strata === null ? "log-rank test" : "log-rank test, stratified",
  };
}

interface Numbered {
  readonly names: readonly string[];
  /** Place of each value in `names`, [n]. */
  readonly of: readonly number[];
}

function numbered(values: readonly (string | number)[]): Numbered {
  const place = new Map<string, number>();
  const of = values.map(String).map((name) => {
    if (!place.has(name)) place.set(name, place.size);
    return place.get(name) as number;
  });
  return { names: [...place.keys()], of };
}

/** The patients of each stratum in order of time. */
function inTurn(time: ArrayLike<number>, event: ArrayLike<number>, stratum: Numbered): number[][] {
  const patients = stratum.names.map((): number[] => []);
  for (const i of timeline(time, event).order) patients[stratum.of[i] as number]?.push(i);
  return patients;
}

interface Columns {
  readonly time: ArrayLike<number>;
  readonly event: ArrayLike<number>;
  readonly group: readonly number[];
}

/** Goes from time to time; whoever is met at one is at risk no more at the next. */
function addStratum(lot: Lottery, patients: readonly number[], { time, event, group }: Columns): void {
  const size = lot.observed.length;
  const atRisk = new Float64Array(size);
  for (const i of patients) count(atRisk, group[i] as number, 1);
  const met = new Float64Array(size);
  const came = new Float64Array(size);
  for (let to = 0; to < patients.length; ) {
    const now = time[patients[to] as number];
    met.fill(0);
    came.fill(0);
    for (; to < patients.length && time[patients[to] as number] === now; to++) {
      const i = patients[to] as number;
      count(met, group[i] as number, 1);
      count(came, group[i] as number, event[i] as number);
    }
    lot.draw(atRisk, came);
    for (let g = 0; g < size; g++) count(atRisk, g, -(met[g] as number));
  }
}

const count = (counts: Float64Array, g: number, by: number): void => {
  counts[g] = (counts[g] as number) + by;
};

/** Sums over draws: d of n patients without replacement, of whom n_g belong to group g (multivariate hypergeometric). */
class Lottery {
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  /** Row g, column h: the covariance of the numbers drawn from g and h. */
  readonly covariance: readonly Float64Array[];

  constructor(groups: number) {
    this.observed = new Float64Array(groups);
    this.expected = new Float64Array(groups);
    this.covariance = Array.from({ length: groups }, () => new Float64Array(groups));
  }

  draw(atRisk: Float64Array, came: Float64Array): void {
    const d = came.reduce((a, b) => a + b, 0);
    if (d === 0) return;
    const n = atRisk.reduce((a, b) => a + b, 0);
    const spread = n > 1 ? (d * (n - d)) / (n - 1) : 0;
    this.covariance.forEach((row, g) => {
      const share = (atRisk[g] as number) / n;
      count(this.observed, g, came[g] as number);
      count(this.expected, g, d * share);
      if (share === 0 || spread === 0) return;
      for (let h = 0; h < row.length; h++)
        count(row, h, spread * share * ((h === g ? 1 : 0) - (atRisk[h] as number) / n));
    });
  }
}

function verdict({ observed, expected, covariance }: Lottery): Pick<LogRank, "chiSquared" | "df" | "p" | "reason"> {
  const undefinedAs = (reason: string) => ({ chiSquared: null, df: 0, p: null, reason });
  if (observed.every((o) => o === 0)) return undefinedAs("no event");
  if (expected.filter((e) => e > 0).length < 2)
    return undefinedAs("fewer than two groups in which an event could come");
  const { value, rank } = standardised(
    observed.map((o, g) => o - (expected[g] as number)),
    covariance.map((row) => row.slice()),
  );
  if (rank === 0)
    return undefinedAs("the groups were never at risk together at an event that could have spared one of them");
  return { chiSquared: value, df: rank, p: chiSquaredTail(value, rank) };
}

/** What is left of a variance, as a share, once it follows from the others but for rounding. */
const NOTHING_LEFT = 1e-10;

/**
 * x' C^- x and the rank of C: one entry of x after the other is divided by its spread and taken out of the rest, the entry
 * of which most is left first. Changes both arguments.
 */
function standardised(x: Float64Array, c: readonly Float64Array[]): { value: number; rank: number } {
  const whole = c.map((row, g) => row[g] as number);
  const share = (g: number): number => (whole[g] === 0 ? 0 : (c[g]?.[g] as number) / (whole[g] as number));
  const open = new Set(whole.keys());
  let value = 0;
  for (;;) {
    const next = [...open].reduce<number | null>(
      (best, g) => (best === null || share(g) > share(best) ? g : best),
      null,
    );
    if (next === null || share(next) <= NOTHING_LEFT) return { value, rank: whole.length - open.size };
    open.delete(next);
    const row = c[next] as Float64Array;
    const variance = row[next] as number;
    const distance = x[next] as number;
    value += distance ** 2 / variance;
    for (const g of open) {
      const slope = (c[g]?.[next] as number) / variance;
      x[g] = (x[g] as number) - slope * distance;
      for (const h of open) count(c[g] as Float64Array, h, -slope * (row[h] as number));
    }
  }
}

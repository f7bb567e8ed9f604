/**
 * Do groups differ in when the event comes? The log-rank test (Mantel 1966, Peto and Peto 1972): at each time of an event the
 * events expected in a group are its share of those at risk; observed less expected, summed over times and strata,
 * against its hypergeometric variance, as in R's survdiff with rho = 0. Equal weight to early and late events, so
 * curves that cross may cancel out.
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
  const names = [...new Set(groups.map(String))];
  const number = new Map(names.map((name, k) => [name, k]));
  const member = Uint32Array.from(groups, (g) => number.get(String(g)) as number);
  const tally = emptyTally(names.length);
  for (const rows of blocks(n, strata)) addBlock(tally, rows, { time, event, member });
  const shown = names.map((group, k) => ({
    group,
    n: member.reduce((sum, m) => sum + (m === k ? 1 : 0), 0),
    observed: tally.observed[k] as number,
    expected: tally.expected[k] as number,
  }));
  const method = strata === null ? "log-rank test" : "log-rank test, stratified";
  return { groups: shown, n, method, ...judge(tally) };
}

interface Tally {
  readonly k: number;
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  /** Covariance of observed less expected, [k, k]. */
  readonly covariance: Float64Array;
}

interface Columns {
  readonly time: ArrayLike<number>;
  readonly event: ArrayLike<number>;
  readonly member: Uint32Array;
}

const emptyTally = (k: number): Tally => ({
  k,
  observed: new Float64Array(k),
  expected: new Float64Array(k),
  covariance: new Float64Array(k * k),
});

function blocks(n: number, strata: readonly (string | number)[] | null): number[][] {
  const out = new Map<string, number[]>();
  for (let i = 0; i < n; i++) {
    const key = strata === null ? "" : String(strata[i]);
    const rows = out.get(key);
    if (rows === undefined) out.set(key, [i]);
    else rows.push(i);
  }
  return [...out.values()];
}

/** Walks back in time, so that those at risk are those already seen. */
function addBlock(tally: Tally, rows: readonly number[], { time, event, member }: Columns): void {
  const line = timeline(
    rows.map((i) => time[i] as number),
    rows.map((i) => event[i] as number),
  );
  const atRisk = new Float64Array(tally.k);
  for (let g = line.times.length - 1; g >= 0; g--) {
    const died = new Float64Array(tally.k);
    for (let at = line.starts[g] as number; at < (line.starts[g + 1] as number); at++) {
      const k = member[rows[line.order[at] as number] as number] as number;
      atRisk[k] = (atRisk[k] as number) + 1;
      if (at < (line.censoredFrom[g] as number)) died[k] = (died[k] as number) + 1;
    }
    addTime(tally, atRisk, died);
  }
}

function addTime({ k, observed, expected, covariance }: Tally, atRisk: Float64Array, died: Float64Array): void {
  const deaths = died.reduce((a, b) => a + b, 0);
  if (deaths === 0) return;
  const all = atRisk.reduce((a, b) => a + b, 0);
  const spread = all > 1 ? (deaths * (all - deaths)) / (all - 1) : 0;
  for (let a = 0; a < k; a++) {
    const share = (atRisk[a] as number) / all;
    observed[a] = (observed[a] as number) + (died[a] as number);
    expected[a] = (expected[a] as number) + deaths * share;
    for (let b = 0; b < k; b++) {
      const both = share * ((a === b ? 1 : 0) - (atRisk[b] as number) / all);
      covariance[a * k + b] = (covariance[a * k + b] as number) + spread * both;
    }
  }
}

function judge({ k, observed, expected, covariance }: Tally): Pick<LogRank, "chiSquared" | "df" | "p" | "reason"> {
  const used = Array.from({ length: k }, (_, a) => a).filter((a) => (expected[a] as number) > 0);
  const df = Math.max(0, used.length - 1);
  const none = (reason: string) => ({ chiSquared: null, df, p: null, reason });
  if (observed.every((o) => o === 0)) return none("no event");
  if (df === 0) return none("fewer than two groups in which an event could come");
  const free = used.slice(1);
  const excess = free.map((a) => (observed[a] as number) - (expected[a] as number));
  const matrix = free.map((a) => free.map((b) => covariance[a * k + b] as number));
  const weights = solve(matrix, excess);
  if (weights === null) return none("some groups were never at risk together at an event");
  const chiSquared = weights.reduce((sum, w, a) => sum + w * (excess[a] as number), 0);
  return { chiSquared, df, p: chiSquaredTail(chiSquared, df) };
}

/** Solves a symmetric positive definite system by Cholesky; null where it is singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const n = right.length;
  const l = matrix.map((row) => [...row]);
  const cell = (i: number, j: number): number => (l[i] as number[])[j] as number;
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = (matrix[i] as readonly number[])[j] as number;
      for (let m = 0; m < j; m++) rest -= cell(i, m) * cell(j, m);
      if (i === j && !(rest > 1e-12 * ((matrix[i] as readonly number[])[i] as number))) return null;
      (l[i] as number[])[j] = i === j ? Math.sqrt(rest) : rest / cell(j, j);
    }
    let rest = right[i] as number;
    for (let m = 0; m < i; m++) rest -= cell(i, m) * (y[m] as number);
    y.push(rest / cell(i, i));
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let rest = y[i] as number;
    for (let m = i + 1; m < n; m++) rest -= cell(m, i) * (x[m] as number);
    x[i] = rest / cell(i, i);
  }
  return x;
}

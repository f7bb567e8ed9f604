/**
 * Who is at risk when: rows stratum by stratum, in each from the longest follow-up to the shortest, so that everybody at risk at a
 * time stands before those whose follow-up ended sooner. At one time events come before censorings: whoever was censored that
 * day was still at risk.
 */
import type { FollowUp } from "./follow-up.ts";

export interface RiskOrder {
  readonly n: number;
  /** Row indices, [n]. */
  readonly rows: Int32Array;
  /** Groups of one stratum and one time: group g holds rows[start[g]] to rows[start[g + 1] - 1], events first. */
  readonly start: Int32Array;
  /** Events in each group. */
  readonly events: Int32Array;
  /** Time of each group. */
  readonly time: Float64Array;
  /** Index of the stratum of each group, from 0 in the order of `strata`. */
  readonly stratum: Int32Array;
  /** Names of the strata, sorted; one where there is no stratification. */
  readonly strata: readonly string[];
}

/** Sorts checked follow-up. `strata` names the stratum of each row; null puts all in one. */
export function riskOrder({ time, event }: FollowUp, strata: readonly string[] | null = null): RiskOrder {
  const n = time.length;
  const names = strata === null ? ["all"] : [...new Set(strata)].sort();
  const places = new Map(names.map((name, place) => [name, place]));
  const stratumOf = Int32Array.from({ length: n }, (_, i) =>
    strata === null ? 0 : (places.get(strata[i] as string) as number),
  );
  const rows = Int32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) =>
      (stratumOf[a] as number) - (stratumOf[b] as number) ||
      (time[b] as number) - (time[a] as number) ||
      (event[b] as number) - (event[a] as number) ||
      a - b,
  );
  const starts: number[] = [];
  const events: number[] = [];
  rows.forEach((row, at) => {
    const before = at > 0 ? (rows[at - 1] as number) : -1;
    if (before < 0 || stratumOf[before] !== stratumOf[row] || time[before] !== time[row]) {
      starts.push(at);
      events.push(0);
    }
    events[events.length - 1] = (events.at(-1) as number) + (event[row] as number);
  });
  const firsts = starts.map((at) => rows[at] as number);
  return {
    n,
    rows,
    start: Int32Array.from([...starts, n]),
    events: Int32Array.from(events),
    time: Float64Array.from(firsts, (row) => time[row] as number),
    stratum: Int32Array.from(firsts, (row) => stratumOf[row] as number),
    strata: names,
  };
}

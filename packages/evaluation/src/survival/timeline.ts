/**
 * Patients in order of time, and the two step curves that follow from it for any weights: survival and its mirror, the
 * curve of censoring. At a shared time events come before censorings, as in R's survival: whoever was censored on the day
 * of an event was still at risk of it, and whoever had the event was no longer at risk of being censored.
 */

export interface Timeline {
  readonly n: number;
  /** Patients by time, at one time events first, [n]. */
  readonly order: Uint32Array;
  /** The distinct times, ascending, [g]. */
  readonly times: Float64Array;
  /** Where in `order` each time starts, where its censored start, and one end more, [g + 1] and [g]. */
  readonly starts: Uint32Array;
  readonly censoredFrom: Uint32Array;
  /** Index into `times` of each patient, in the order of the sample, [n]. */
  readonly group: Uint32Array;
}

/** Sorts once. */
export function timeline(time: ArrayLike<number>, event: ArrayLike<number>): Timeline {
  const n = time.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (time[a] as number) - (time[b] as number) || (event[b] as number) - (event[a] as number) || a - b,
  );
  const times: number[] = [];
  const starts: number[] = [];
  const censoredFrom: number[] = [];
  const group = new Uint32Array(n);
  order.forEach((patient, at) => {
    const t = time[patient] as number;
    if (times.at(-1) !== t) {
      times.push(t);
      starts.push(at);
      censoredFrom.push(at);
    }
    group[patient] = times.length - 1;
    if (event[patient] === 1) censoredFrom[times.length - 1] = at + 1;
  });
  return {
    n,
    order,
    times: Float64Array.from(times),
    starts: Uint32Array.from([...starts, n]),
    censoredFrom: Uint32Array.from(censoredFrom),
    group,
  };
}

/** How many of the distinct times are at or before t. */
export function timesUpTo(times: ArrayLike<number>, t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Patients by weight at each distinct time, [g] each. */
export interface Leaving {
  readonly atRisk: Float64Array;
  readonly events: Float64Array;
  readonly censored: Float64Array;
  /** Those followed beyond this time. */
  readonly later: Float64Array;
}

/** Sums from the last time backwards, so that nobody left is exactly 0 for fractional weights too. */
export function leaving({ order, starts, censoredFrom }: Timeline, weights: ArrayLike<number>): Leaving {
  const g = censoredFrom.length;
  const atRisk = new Float64Array(g);
  const events = new Float64Array(g);
  const censored = new Float64Array(g);
  const later = new Float64Array(g);
  let left = 0;
  for (let k = g - 1; k >= 0; k--) {
    const middle = censoredFrom[k] as number;
    const came = sum(order, weights, starts[k] as number, middle);
    const cut = sum(order, weights, middle, starts[k + 1] as number);
    later[k] = left;
    events[k] = came;
    censored[k] = cut;
    left = left + cut + came;
    atRisk[k] = left;
  }
  return { atRisk, events, censored, later };
}

/**
 * The curve of censoring G, Kaplan-Meier with the roles exchanged: entry k is the chance of still being followed after
 * the first k distinct times, so entry `group` of a patient is G just before that patient's time. [g + 1]
 */
export function censoringCurve(line: Timeline, weights: ArrayLike<number>): Float64Array {
  const { censored, later } = leaving(line, weights);
  return productLimit(later, (k) => (later[k] as number) + (censored[k] as number));
}

/** The survival curve in the same layout as `censoringCurve`. [g + 1] */
export function survivalCurve(line: Timeline, weights: ArrayLike<number>): Float64Array {
  const { censored, later, atRisk } = leaving(line, weights);
  return productLimit(
    later.map((l, k) => l + (censored[k] as number)),
    (k) => atRisk[k] as number,
  );
}

function productLimit(stay: Float64Array, atRisk: (k: number) => number): Float64Array {
  const out = new Float64Array(stay.length + 1).fill(1);
  for (let k = 0; k < stay.length; k++) {
    const of = atRisk(k);
    out[k + 1] = (out[k] as number) * (of > 0 ? (stay[k] as number) / of : 1);
  }
  return out;
}

function sum(order: Uint32Array, weights: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += weights[order[i] as number] as number;
  return total;
}

/**
 * Two watches over a model in use. Outcomes: residual of each label from its probability, over the root mean of p (1 - p) (one
 * scale for all: a single patient called at p = 0.001 who turns out positive must not sound the alarm alone). The
 * probabilities are first shifted on the logit scale to fit the baseline, so that only change since then counts.
 * Scores: place of each score among the baseline's, sqrt(12) (place - 1/2), for series without labels; what their form is does not matter.
 * Thresholds: simulated series without change, the fit to the baseline repeated in each, as its error also drives alarms.
 */
import { type Random, randomStream } from "@nacre/core";
import { fitIntercept } from "../metric/logistic.ts";
import { cusumPeak, cusum as cusumSums, threshold } from "./cusum.ts";
import type { DatedPrediction } from "./period.ts";

export interface MonitorOptions {
  /** What the sums forget at each patient, in standard deviations; half the shift to be found fastest. Default 0.25. */
  readonly allowance?: number;
  /** Chance of a false alarm over the whole series. Default 0.05. */
  readonly falseAlarm?: number;
  /** Simulated series behind the threshold. Default 400. */
  readonly simulations?: number;
  readonly seed?: number;
}

export interface Alarm {
  readonly date: string;
  /** Patients watched until then, this one included. */
  readonly after: number;
  /** `up`: more positives than foretold, or higher scores than in the baseline. */
  readonly direction: "up" | "down";
}

export interface Monitor {
  /** Patients of the baseline and after it. */
  readonly baseline: number;
  readonly watched: number;
  readonly threshold: number | null;
  readonly firstAlarm: Alarm | null;
  /** Both sums at the last patient of each date. */
  readonly path: readonly { readonly date: string; readonly up: number; readonly down: number }[];
  readonly method: string;
  /** Why nothing is watched; absent where it is. */
  readonly reason?: string;
}

/** Fewest patients of a baseline. */
const LEAST_BASELINE = 20;
const LIMIT = 1e-6;

/** Watches labels against probabilities; predictions without a label are passed over. */
export function watchOutcomes(
  baseline: readonly DatedPrediction[],
  later: readonly DatedPrediction[],
  options: MonitorOptions = {},
): Monitor {
  const isLabelled = (p: DatedPrediction): boolean => p.label !== null;
  const base = baseline.filter(isLabelled);
  const after = later.filter(isLabelled);
  const method = "CUSUM of labels minus probabilities fitted to the baseline in the large";
  const missing = missingPart(base.length, after.length, "labelled patients");
  if (missing !== null) return silent(base.length, after.length, method, missing);
  if (new Set(base.map((p) => p.label)).size < 2)
    return silent(base.length, after.length, method, "the baseline holds one outcome only");
  const x = Float64Array.from(base, (p) => logit(p.probability));
  const y = Float64Array.from(base, (p) => p.label as number);
  const next = Float64Array.from(after, (p) => logit(p.probability));
  const shift = interceptOf(x, y);
  const seen = residuals(
    next,
    Float64Array.from(after, (p) => p.label as number),
    shift,
  );
  const [chanceBefore, chanceAfter] = [x, next].map((l) => l.map((v) => expit(v + shift))) as [
    Float64Array,
    Float64Array,
  ];
  const peaks = simulate(options, "outcomes", (random, allowance) => {
    const again = drawn(chanceBefore, random);
    return cusumPeak(residuals(next, drawn(chanceAfter, random), interceptOf(x, again, shift)), allowance);
  });
  return sound({ residuals: seen, after, peaks, baseline: base.length, method }, options);
}

/** Watches the scores alone. */
export function watchScores(
  baseline: readonly DatedPrediction[],
  later: readonly DatedPrediction[],
  options: MonitorOptions = {},
): Monitor {
  const method = "CUSUM of the place of each score among the baseline's";
  const missing = missingPart(baseline.length, later.length, "patients");
  if (missing !== null) return silent(baseline.length, later.length, method, missing);
  const scores = Float64Array.from(baseline, (p) => p.probability);
  const sorted = scores.slice().sort();
  const seen = places(
    sorted,
    Float64Array.from(later, (p) => p.probability),
  );
  const levels = levelsOf(sorted);
  const peaks = simulate(options, "scores", (random, allowance) => {
    const place = placeOfLevels(levels, random);
    const fresh = new Float64Array(later.length);
    for (let i = 0; i < fresh.length; i++) fresh[i] = place[levels[random.below(levels.length)] as number] as number;
    return cusumPeak(fresh, allowance);
  });
  return sound({ residuals: seen, after: later, peaks, baseline: baseline.length, method }, options);
}

function simulate(
  { seed = 0, simulations = 400, allowance = 0.25 }: MonitorOptions,
  name: string,
  peak: (random: Random, allowance: number) => number,
): Float64Array {
  const random = randomStream(seed, "drift", name);
  return Float64Array.from({ length: simulations }, () => peak(random, allowance));
}

interface Watched {
  readonly residuals: Float64Array;
  readonly after: readonly DatedPrediction[];
  readonly peaks: Float64Array;
  readonly baseline: number;
  readonly method: string;
}

function sound({ residuals: seen, after, peaks, baseline, method }: Watched, options: MonitorOptions): Monitor {
  const { allowance = 0.25, falseAlarm = 0.05 } = options;
  const limit = threshold(peaks, falseAlarm);
  const { up, down } = cusumSums(seen, allowance);
  const at = seen.findIndex((_, i) => Math.max(up[i] as number, down[i] as number) > limit);
  const direction = (up[at] ?? 0) >= (down[at] ?? 0) ? "up" : "down";
  const path = after.flatMap(({ date }, i) =>
    after[i + 1]?.date === date ? [] : [{ date, up: up[i] as number, down: down[i] as number }],
  );
  return {
    baseline,
    watched: after.length,
    threshold: limit,
    firstAlarm: at < 0 ? null : { date: (after[at] as DatedPrediction).date, after: at + 1, direction },
    path,
    method: `${method}; allowance ${allowance}, false alarm in ${falseAlarm} of ${peaks.length} simulated series without change`,
  };
}

function silent(baseline: number, watched: number, method: string, reason: string): Monitor {
  return { baseline, watched, threshold: null, firstAlarm: null, path: [], method, reason };
}

function missingPart(baseline: number, watched: number, who: string): string | null {
  if (baseline < LEAST_BASELINE) return `the baseline has ${baseline} ${who}, fewer than ${LEAST_BASELINE}`;
  return watched === 0 ? `no ${who} after the baseline` : null;
}

/** Shift of the logits that fits the outcomes in the large; the given one where only one outcome came. */
function interceptOf(logits: Float64Array, outcomes: Float64Array, otherwise = 0): number {
  return fitIntercept(logits, outcomes, new Float64Array(logits.length).fill(1), otherwise) ?? otherwise;
}

function residuals(logits: Float64Array, outcomes: Float64Array, shift: number): Float64Array {
  const out = new Float64Array(logits.length);
  let variance = 0;
  for (let i = 0; i < out.length; i++) {
    const p = expit((logits[i] as number) + shift);
    variance += p * (1 - p);
    out[i] = (outcomes[i] as number) - p;
  }
  const scale = Math.sqrt(variance / out.length);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) / scale;
  return out;
}

function drawn(chances: Float64Array, random: Random): Float64Array {
  const out = new Float64Array(chances.length);
  for (let i = 0; i < out.length; i++) out[i] = random.uniform() < (chances[i] as number) ? 1 : 0;
  return out;
}

/** Which of the distinct values each ascending value is, from 0. */
function levelsOf(sorted: Float64Array): Int32Array {
  const levels = new Int32Array(sorted.length);
  for (let i = 1; i < sorted.length; i++) levels[i] = (levels[i - 1] as number) + (sorted[i] === sorted[i - 1] ? 0 : 1);
  return levels;
}

/** The place of every distinct value in a baseline drawn anew, as `places` would give it. */
function placeOfLevels(levels: Int32Array, random: Random): Float64Array {
  const n = levels.length;
  const counts = new Float64Array((levels[n - 1] as number) + 1);
  for (let i = 0; i < n; i++) {
    const level = levels[random.below(n)] as number;
    counts[level] = (counts[level] as number) + 1;
  }
  let below = 0;
  return counts.map((own) => {
    const place = placed(below, below + own, n);
    below += own;
    return place;
  });
}

/** sqrt(12) (place - 1/2), place = (below + half of equal + half) / (n + 1) among ascending values. */
function places(sorted: Float64Array, scores: Float64Array): Float64Array {
  const n = sorted.length;
  return scores.map((s) => {
    const below = firstAtLeast(sorted, (v) => v >= s);
    const notAbove = firstAtLeast(sorted, (v) => v > s);
    return placed(below, notAbove, n);
  });
}

function placed(below: number, notAbove: number, n: number): number {
  return Math.sqrt(12) * (((below + notAbove) / 2 + 0.5) / (n + 1) - 0.5);
}

/** Index of the first value that passes, in ascending values. */
function firstAtLeast(sorted: Float64Array, passes: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function logit(p: number): number {
  const q = Math.min(1 - LIMIT, Math.max(LIMIT, p));
  return Math.log(q / (1 - q));
}

function expit(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

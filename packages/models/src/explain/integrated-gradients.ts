/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017, equation 1) of a model whose tiles look at each other, by the saved model
 * alone. On the straight line from a bag of mean train tiles m to the bag x,
 *
 *   part of tile i in score c = integral over a in [0, 1] of gradient of score c by tile i at m + a (x - m), times (x_i - m)
 *
 * Such a model answers `contribution` = gradient x (tile - m) wherever it is asked; at m + a (x - m) that is a times the integrand. So the
 * parts are the mean of contribution / a over the line. They sum to score(x) - score(m, ..., m), and on every piece of the line to the
 * difference of its ends: the piece that misses most is halved until little is missing (`adaptive-line.ts`).
 */
import { type Bag, fail, type Outcome, ok } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { type BagPrediction, type PredictOptions, predict } from "../model/predict.ts";
import { type LinePoint, meanOverLine } from "./adaptive-line.ts";
import { columnSums, type Explanation, scoresOf } from "./explanation.ts";

export interface PathOptions extends PredictOptions {
  /** Runs of the model at most; at least LEAST_RUNS. */
  readonly mostRuns?: number;
  /** What may be missing over all pieces of the line, as a share of the largest change of a score (at least 1). */
  readonly tolerance?: number;
  readonly signal?: AbortSignal;
}

/**
 * Parts of the scores, [n, k], with the completeness error. Failures: those of `predict`, and bad-model for a model whose contributions
 * are exact already, or which averages such with others.
 */
export async function integratedGradients(
  session: Session,
  bag: Bag,
  options: PathOptions = {},
): Promise<Outcome<Explanation>> {
  const { mostRuns = 300, tolerance = 1e-3 } = options;
  const ends = await endsOf(session, bag, options);
  if (!ends.ok) return ends;
  const { whole, from, to, change, baseline } = ends.value;
  const at = async (a: number): Promise<Outcome<LinePoint>> => {
    options.signal?.throwIfAborted();
    const point = await predict(session, { ...bag, features: between(bag, baseline, a) }, options);
    if (!point.ok) return point;
    return ok({ contribution: point.value.contribution, scores: scoresOf(point.value) });
  };
  const missed = tolerance * Math.max(1, ...change.map(Math.abs));
  const mean = await meanOverLine(at, { from, to, tolerance: missed, mostRuns: mostRuns - ENDS });
  if (!mean.ok) return mean;
  const { values, runs } = mean.value;
  const error = missing(values, change);
  return ok({ ...parts("integrated-gradients", values, scoresOf(whole)), error, runs: ENDS + runs });
}

/** The bag and the bag of mean train tiles. */
const ENDS = 2;
/** Runs below which the sum of parts means little. */
export const LEAST_RUNS = 48;

/**
 * Gradient times distance from the mean train tile, [n, k]: integrated gradients with the gradient of the end alone. The error says
 * what that leaves out. Failures as `integratedGradients`.
 */
export async function gradientInput(
  session: Session,
  bag: Bag,
  options: PathOptions = {},
): Promise<Outcome<Explanation>> {
  const ends = await endsOf(session, bag, options);
  if (!ends.ok) return ends;
  const { whole, change } = ends.value;
  const values = Float32Array.from(whole.contribution);
  return ok({ ...parts("gradient-input", values, scoresOf(whole)), error: missing(values, change), runs: ENDS });
}

interface Ends {
  readonly whole: BagPrediction;
  readonly baseline: Float32Array;
  /** Scores of a bag of mean train tiles, and of the bag, [k]. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** Their difference. */
  readonly change: readonly number[];
}

async function endsOf(session: Session, bag: Bag, options: PathOptions): Promise<Outcome<Ends>> {
  const whole = await predict(session, bag, options);
  if (!whole.ok) return whole;
  const { baseline } = whole.value.further;
  if (baseline === undefined) {
    return fail("bad-model", {
      expected: "a model that answers gradients, with its output `further.baseline`",
      received: "one whose contributions are exact",
      remedy: "use its contributions as they are",
    });
  }
  const start = await predict(session, { ...bag, features: between(bag, baseline, 0) }, options);
  if (!start.ok) return start;
  const from = scoresOf(start.value);
  const to = scoresOf(whole.value);
  const change = to.map((score, c) => score - (from[c] as number));
  return ok({ whole: whole.value, baseline, from, to, change });
}

/** m + a (x - m), [n, d] */
function between({ features, d }: Bag, baseline: Float32Array, a: number): Float32Array<ArrayBuffer> {
  const at = new Float32Array(features.length);
  for (let i = 0; i < at.length; i++) {
    const from = baseline[i % d] as number;
    at[i] = from + a * ((features[i] as number) - from);
  }
  return at;
}

/** The largest distance between what the parts sum to and what they should. */
function missing(values: Float32Array, change: readonly number[]): number {
  const sums = columnSums(values, change.length);
  return Math.max(...change.map((value, c) => Math.abs(value - (sums[c] as number))));
}

function parts(method: "integrated-gradients" | "gradient-input", values: Float32Array<ArrayBuffer>, scores: number[]) {
  const sums = columnSums(values, scores.length);
  const rest = scores.map((score, c) => score - (sums[c] as number));
  const unit = "part of a score, against the mean train tile";
  return { method, unit, values, columns: scores.length, isSigned: true, rest };
}

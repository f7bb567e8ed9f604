/**
 * The path of the elastic net (Zou and Hastie 2005): from the smallest lambda at which every coefficient is zero down to a share of
 * it, evenly in its logarithm, each fit starting from the last. Columns are centred and, by default, scaled to deviation 1,
 * so that the penalty weighs them alike; coefficients come back in the units of the columns.
 */
import { logSpaced } from "./choose.ts";
import { descend, type NetFit, type NetState, type PredictorLoss, slopes } from "./coordinate-descent.ts";
import type { Embeddings } from "./embeddings.ts";
import { scaled, scalingOf } from "./scale.ts";

export interface NetOptions {
  /** 1 is the lasso, 0 ridge. */
  readonly mix?: number;
  /** Values of lambda on the path. */
  readonly count?: number;
  /** The smallest lambda as a share of the largest; by default 0.0001, or 0.01 where there are more columns than rows. */
  readonly least?: number;
  /** Lambdas to fit instead, falling. */
  readonly lambdas?: readonly number[];
  /** Scale columns to deviation 1 before they are penalised. */
  readonly standardise?: boolean;
  /** Largest violation of the optimality conditions, as a share of the largest slope at zero. */
  readonly tolerance?: number;
  /** Whether to go on to the next lambda; asked after each. */
  readonly goOn?: (step: NetStep) => boolean;
}

export interface NetStep {
  readonly lambda: number;
  /** In the units of the columns, [p]. */
  readonly coefficients: Float64Array;
  /** Constant term for columns as they come; for Cox the log hazard of nobody in particular, to be left out. */
  readonly offset: number;
  /** Loss on the train rows, without the penalty. */
  readonly loss: number;
  readonly nonzero: number;
  readonly converged: boolean;
}

const ROUNDS = 500;

/**
 * Fits the path of a loss on columns x [n, p]. @throws RangeError for options out of bounds
 */
export function elasticNetPath(x: Embeddings, loss: PredictorLoss, options: NetOptions = {}): NetStep[] {
  const { mix = 0.5, count = 100, standardise = true, tolerance = 1e-7, goOn = () => true } = options;
  const least = options.least ?? (x.n < x.d ? 0.01 : 1e-4);
  if (!(mix >= 0 && mix <= 1)) throw new RangeError(`expected a mix from 0 (ridge) to 1 (lasso), received ${mix}`);
  if (!(least > 0 && least < 1))
    throw new RangeError(`expected a smallest lambda as a share above 0 and below 1, received ${least}`);
  const scaling = scalingOf(x, standardise);
  const columns = columnwise(scaled(x, scaling), x.n, x.d);
  let state = emptyFit(columns, loss, x.d);
  const top = slopes(columns, loss.at(state.eta).gradient).reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
  // Ridge alone never brings a coefficient to exactly zero: begin where a mix of 0.001 would.
  const first = top / Math.max(mix, 1e-3);
  const lambdas = options.lambdas ?? (first > 0 ? logSpaced(first, first * least, count) : [0]);
  const path: NetStep[] = [];
  for (const lambda of lambdas) {
    const fit = descend(columns, loss, { lambda, mix }, state, {
      tolerance: tolerance * Math.max(top, 1e-12),
      maxRounds: ROUNDS,
    });
    state = fit;
    path.push(stepOf(fit, lambda, scaling));
    if (!goOn(path.at(-1) as NetStep)) break;
  }
  return path;
}

/** All coefficients zero, the offset (where there is one) at its best. */
function emptyFit(columns: Float64Array, loss: PredictorLoss, p: number): NetState {
  const start = { b: new Float64Array(p), offset: 0, eta: new Float64Array(loss.n) };
  if (!loss.hasOffset) return start;
  // A penalty beyond any slope keeps every coefficient at zero while the offset moves.
  return descend(columns, loss, { lambda: 1e300, mix: 1 }, start, { tolerance: 1e-12, maxRounds: ROUNDS });
}

function stepOf(
  fit: NetFit,
  lambda: number,
  { centre, scale }: { centre: Float64Array; scale: Float64Array },
): NetStep {
  const coefficients = fit.b.map((value, j) => value / (scale[j] as number));
  const offset = coefficients.reduce((sum, value, j) => sum - value * (centre[j] as number), fit.offset);
  const nonzero = fit.b.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  return { lambda, coefficients, offset, loss: fit.loss, nonzero, converged: fit.converged };
}

function columnwise(x: Float64Array, n: number, p: number): Float64Array {
  const out = new Float64Array(n * p);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) out[j * n + i] = x[i * p + j] as number;
  return out;
}

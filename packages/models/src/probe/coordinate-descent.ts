/**
 * Coordinate descent for the elastic net (Friedman, Hastie and Tibshirani 2010; Simon and others 2011): minimises
 *
 *   loss(eta) + lambda sum_j (mix |b_j| + (1 - mix) / 2 b_j^2)          eta = offset + X b
 *
 * for a smooth loss of n linear predictors. Around the present eta the loss is replaced by a quadratic with its gradient and
 * the diagonal of its second derivative; coordinates take turns to minimise that, those that are zero and may stay so being
 * left out; then the quadratic is drawn anew. A step that raises the objective is halved. The end is judged by the conditions
 * of Karush, Kuhn and Tucker on the true loss, not by how little the last round moved.
 */
import { addScaled, dot } from "./vector.ts";

/** A loss of linear predictors. */
export interface PredictorLoss {
  readonly n: number;
  /** Whether an offset, not penalised, belongs to the model. */
  readonly hasOffset: boolean;
  /** The loss at eta, with its gradient and the (non-negative) diagonal of its second derivative, [n] each. */
  at(eta: Float64Array): { readonly value: number; readonly gradient: Float64Array; readonly curvature: Float64Array };
}

export interface Penalty {
  readonly lambda: number;
  /** 1 is the lasso, 0 ridge. */
  readonly mix: number;
}

/** Where a fit stands; each one starts from the last. */
export interface NetState {
  readonly b: Float64Array;
  readonly offset: number;
  readonly eta: Float64Array;
}

export interface NetFit extends NetState {
  /** Loss without the penalty. */
  readonly loss: number;
  /** Largest violation of the Karush-Kuhn-Tucker conditions, in units of the gradient. */
  readonly violation: number;
  readonly converged: boolean;
}

export interface DescentOptions {
  /** Largest violation that counts as none. */
  readonly tolerance: number;
  /** Quadratics drawn, at most. */
  readonly maxRounds: number;
}

const PASSES = 200;

/** @param columns the design, column after column, [p, n] */
export function descend(
  columns: Float64Array,
  loss: PredictorLoss,
  penalty: Penalty,
  start: NetState,
  { tolerance, maxRounds }: DescentOptions,
): NetFit {
  let state = start;
  let local = loss.at(state.eta);
  let rounds = 0;
  for (;;) {
    const { worst, active } = examine(columns, local.gradient, state, { penalty, loss, tolerance });
    const done = worst <= tolerance;
    if (done || rounds === maxRounds) return { ...state, loss: local.value, violation: worst, converged: done };
    const aim = minimiseQuadratic(columns, local, state, { penalty, active, hasOffset: loss.hasOffset, tolerance });
    const before = local.value + penaltyOf(state.b, penalty);
    let next = { state: aim, local: loss.at(aim.eta) };
    for (
      let share = 0.5;
      share > 1e-6 && !(next.local.value + penaltyOf(next.state.b, penalty) <= before * (1 + 1e-12) + 1e-14);
      share /= 2
    ) {
      const between = blend(state, aim, share);
      next = { state: between, local: loss.at(between.eta) };
    }
    ({ state, local } = next);
    rounds++;
  }
}

/** The gradient of the loss by each coefficient, [p]. */
export function slopes(columns: Float64Array, gradient: Float64Array): Float64Array {
  const n = gradient.length;
  return Float64Array.from({ length: columns.length / n }, (_, j) => dot(columns, j * n, gradient, 0, n));
}

interface Examined {
  readonly penalty: Penalty;
  readonly loss: PredictorLoss;
  readonly tolerance: number;
}

/** The worst violation of the optimality conditions, and the coordinates that are not zero or must not stay so. */
function examine(
  columns: Float64Array,
  gradient: Float64Array,
  { b }: NetState,
  { penalty, loss, tolerance }: Examined,
) {
  const { lambda, mix } = penalty;
  let worst = loss.hasOffset ? Math.abs(gradient.reduce((sum, g) => sum + g, 0)) : 0;
  const active: number[] = [];
  slopes(columns, gradient).forEach((slope, j) => {
    const at = b[j] as number;
    const off =
      at === 0
        ? Math.max(0, Math.abs(slope) - lambda * mix)
        : Math.abs(slope + lambda * ((1 - mix) * at + mix * Math.sign(at)));
    worst = Math.max(worst, off);
    if (at !== 0 || off > 0.01 * tolerance) active.push(j);
  });
  return { worst, active };
}

interface Quadratic {
  readonly penalty: Penalty;
  readonly active: readonly number[];
  readonly hasOffset: boolean;
  readonly tolerance: number;
}

/** Rounds over the active coordinates until none moves its slope by more than a tenth of the tolerance. */
function minimiseQuadratic(
  columns: Float64Array,
  { gradient, curvature }: { readonly gradient: Float64Array; readonly curvature: Float64Array },
  state: NetState,
  { penalty: { lambda, mix }, active, hasOffset, tolerance }: Quadratic,
): NetState {
  const n = gradient.length;
  const b = state.b.slice();
  const eta = state.eta.slice();
  let offset = state.offset;
  const slope = gradient.slice(); // of the quadratic by each predictor, kept up to date
  const bends = active.map((j) => weightedSquare(columns, j * n, curvature));
  const total = curvature.reduce((sum, h) => sum + h, 0);
  for (let pass = 0; pass < PASSES; pass++) {
    let moved = 0;
    active.forEach((j, m) => {
      const bend = bends[m] as number;
      const at = b[j] as number;
      const pull = bend * at - dot(columns, j * n, slope, 0, n);
      const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - lambda * mix)) / (bend + lambda * (1 - mix));
      if (next === at || !Number.isFinite(next)) return;
      b[j] = next;
      shift(slope, eta, { columns, from: j * n, curvature, by: next - at });
      moved = Math.max(moved, Math.abs(next - at) * bend);
    });
    if (hasOffset && total > 0) {
      const by = -slope.reduce((sum, s) => sum + s, 0) / total;
      offset += by;
      for (let i = 0; i < n; i++) {
        slope[i] = (slope[i] as number) + by * (curvature[i] as number);
        eta[i] = (eta[i] as number) + by;
      }
      moved = Math.max(moved, Math.abs(by) * total);
    }
    if (moved <= 0.1 * tolerance) break;
  }
  return { b, offset, eta };
}

interface Shift {
  readonly columns: Float64Array;
  readonly from: number;
  readonly curvature: Float64Array;
  readonly by: number;
}

function shift(slope: Float64Array, eta: Float64Array, { columns, from, curvature, by }: Shift): void {
  addScaled(eta, 0, columns, from, { scale: by, n: eta.length });
  for (let i = 0; i < slope.length; i++) {
    slope[i] = (slope[i] as number) + by * (columns[from + i] as number) * (curvature[i] as number);
  }
}

function weightedSquare(columns: Float64Array, from: number, curvature: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < curvature.length; i++) sum += (columns[from + i] as number) ** 2 * (curvature[i] as number);
  return sum;
}

function penaltyOf(b: Float64Array, { lambda, mix }: Penalty): number {
  return lambda * b.reduce((sum, at) => sum + mix * Math.abs(at) + ((1 - mix) / 2) * at * at, 0);
}

function blend(from: NetState, to: NetState, share: number): NetState {
  const mixed = (a: Float64Array, b: Float64Array) => a.map((value, i) => value + share * ((b[i] as number) - value));
  return {
    b: mixed(from.b, to.b),
    eta: mixed(from.eta, to.eta),
    offset: from.offset + share * (to.offset - from.offset),
  };
}

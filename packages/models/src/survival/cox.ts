/**
 * Cox regression (Cox 1972): hazard of patient i = baseline hazard of its stratum x exp(x_i beta). Newton's method on the partial
 * likelihood with step halving, columns centred and scaled inside for the sake of rounding. Standard errors from the inverse of
 * the information at the maximum. Where the likelihood has no maximum (a direction in which every event was always the one at
 * highest risk) that is said, instead of a large number with a larger error.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { type Cholesky, cholesky, inverse, solve } from "../probe/cholesky.ts";
import { checkEmbeddings, type Embeddings } from "../probe/embeddings.ts";
import type { Scaling } from "../probe/linear-head.ts";
import { scaled, scalingOf } from "../probe/scale.ts";
import { addScaled, dot } from "../probe/vector.ts";
import { type BaselineHazard, baselineHazards } from "./baseline-hazard.ts";
import { checkEvents, checkFollowUp, type FollowUp } from "./follow-up.ts";
import { type PartialLikelihood, partialLikelihood, type Ties } from "./partial-likelihood.ts";
import { type RiskOrder, riskOrder } from "./risk-order.ts";

export interface CoxOptions {
  readonly ties?: Ties;
  /** Name of the stratum of each row; each has its own baseline hazard. */
  readonly strata?: readonly string[];
  /** Case weights, above 0. Standard errors are those of counts, not robust ones. */
  readonly weights?: ArrayLike<number>;
  /** Names of the columns, for messages. */
  readonly names?: readonly string[];
}

export interface CoxModel {
  readonly ties: Ties;
  /** Log hazard ratio of one unit of each column, [p]; its standard error, [p]; their covariance, row-major [p, p]. */
  readonly coefficients: Float64Array;
  readonly standardErrors: Float64Array;
  readonly covariance: Float64Array;
  /** Log partial likelihood with all coefficients 0, and at the maximum. */
  readonly logLikelihood: { readonly null: number; readonly fitted: number };
  /** Mean of each train column: relative hazards are against a patient with these values. */
  readonly means: Float64Array;
  /** Of a patient with the mean values, one for each stratum. */
  readonly baselines: readonly BaselineHazard[];
  readonly n: number;
  readonly events: number;
  readonly steps: number;
}

const STEPS = 60;
/** Newton's error after a step is of the order of its square. */
const TOLERANCE = 1e-9;
/** A gain this small, by a step that moves a log hazard this far, is a likelihood that rises for ever. */
const NO_GAIN = 1e-8;
const LONG_STEP = 0.5;

/**
 * Fits columns x [n, p] to follow-up. Fails with too-few (no event), not-finite, bad-value (a negative time, a column that is
 * constant or a combination of others) or diverged (separation). @throws RangeError for lists of other lengths or weights not above 0
 */
export function fitCox(x: Embeddings, followUp: FollowUp, options: CoxOptions = {}): Outcome<CoxModel> {
  const problem = checkCox(x, followUp, options);
  if (!problem.ok) return problem;
  const { ties = "efron", strata, names } = options;
  const weights = options.weights ?? new Float64Array(x.n).fill(1);
  const order = riskOrder(followUp, strata ?? null);
  const scaling = scalingOf(x, true);
  const design: Design = { x: scaled(x, scaling), p: x.d, order, weights, ties };
  const climbed = climb(design, (column) => names?.[column] ?? `column ${column}`);
  if (!climbed.ok) return climbed;
  const { beta, likelihood, start, information, steps } = climbed.value;
  const { coefficients, covariance } = unscaled(beta, inverse(information), scaling);
  return ok({
    ties,
    coefficients,
    covariance,
    standardErrors: Float64Array.from(coefficients, (_, j) => Math.sqrt(covariance[j * x.d + j] as number)),
    logLikelihood: { null: start, fitted: likelihood.logLikelihood },
    means: scaling.centre,
    baselines: baselineHazards(order, likelihood),
    n: x.n,
    events: order.events.reduce((sum, d) => sum + d, 0),
    steps,
  });
}

/** Log relative hazard of each row against a patient with the mean values of the fit, [n]. */
export function logRelativeHazard({ coefficients, means }: CoxModel, { values, n, d }: Embeddings): Float64Array {
  if (d !== coefficients.length) throw new RangeError(`expected ${coefficients.length} columns, received ${d}`);
  const rows = Float64Array.from(values);
  const offset = dot(coefficients, 0, means, 0, d);
  return Float64Array.from({ length: n }, (_, i) => dot(coefficients, 0, rows, i * d, d) - offset);
}

interface Design {
  /** Centred and scaled, row-major [n, p]. */
  readonly x: Float64Array;
  readonly p: number;
  readonly order: RiskOrder;
  readonly weights: ArrayLike<number>;
  readonly ties: Ties;
}

interface Climbed {
  readonly beta: Float64Array;
  readonly likelihood: PartialLikelihood;
  readonly start: number;
  readonly information: Cholesky;
  readonly steps: number;
}

function climb(design: Design, nameOf: (column: number) => string): Outcome<Climbed> {
  const { p } = design;
  let beta: Float64Array = new Float64Array(p);
  let likelihood = likelihoodAt(design, beta);
  const start = likelihood.logLikelihood;
  for (let steps = 0; steps <= STEPS; steps++) {
    const factored = cholesky(informationOf(design, likelihood), p);
    if (!factored.ok) return steps === 0 ? dependent(nameOf(factored.column)) : separated(nameOf(factored.column));
    const score = scoreOf(design, likelihood);
    const move = solve(factored.value, score);
    const length = move.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (length <= TOLERANCE) return ok({ beta, likelihood, start, information: factored.value, steps });
    if (dot(score, 0, move, 0, p) < NO_GAIN && reachOf(design, move) > LONG_STEP)
      return separated(nameOf(longest(move)));
    const next = halved(design, beta, move, likelihood.logLikelihood);
    if (next === null) return ok({ beta, likelihood, start, information: factored.value, steps });
    ({ beta, likelihood } = next);
  }
  return separated(nameOf(longest(beta)));
}

/** The longest of the full, half, quarter, ... steps that does not lower the likelihood; null where rounding hides any gain. */
function halved(design: Design, from: Float64Array, move: Float64Array, least: number) {
  for (let share = 1; share > 1e-10; share /= 2) {
    const beta = from.map((value, j) => value + share * (move[j] as number));
    const likelihood = likelihoodAt(design, beta);
    if (likelihood.logLikelihood >= least - 1e-13 * Math.abs(least)) return { beta, likelihood };
  }
  return null;
}

function likelihoodAt({ x, p, order, weights, ties }: Design, beta: Float64Array): PartialLikelihood {
  const eta = Float64Array.from({ length: order.n }, (_, i) => dot(beta, 0, x, i * p, p));
  return partialLikelihood(order, eta, weights, ties);
}

/** The farthest that a step moves the log hazard of any row. */
function reachOf({ x, p, order }: Design, move: Float64Array): number {
  let most = 0;
  for (let i = 0; i < order.n; i++) most = Math.max(most, Math.abs(dot(move, 0, x, i * p, p)));
  return most;
}

function scoreOf({ x, p, order }: Design, { gradient }: PartialLikelihood): Float64Array {
  const score = new Float64Array(p);
  for (let i = 0; i < order.n; i++) addScaled(score, 0, x, i * p, { scale: -(gradient[i] as number), n: p });
  return score;
}

/**
 * Minus the second derivative by beta: sum over rows of (gradient + events) x x', less mass m m' of every term, where m is the
 * mean of x among those at risk.
 */
function informationOf({ x, p, order, weights }: Design, { gradient, risk, terms }: PartialLikelihood): Float64Array {
  const information = new Float64Array(p * p);
  const atRisk = new Float64Array(p);
  const dying = new Float64Array(p);
  const mean = new Float64Array(p);
  const { rows, start, events, stratum } = order;
  let next = 0;
  for (let g = 0; g < events.length; g++) {
    if (g > 0 && stratum[g] !== stratum[g - 1]) atRisk.fill(0);
    dying.fill(0);
    const first = start[g] as number;
    for (let at = first; at < (start[g + 1] as number); at++) {
      const row = rows[at] as number;
      const isEvent = at < first + (events[g] as number);
      addScaled(atRisk, 0, x, row * p, { scale: risk[row] as number, n: p });
      if (isEvent) addScaled(dying, 0, x, row * p, { scale: risk[row] as number, n: p });
      const met = (gradient[row] as number) + (isEvent ? (weights[row] as number) : 0);
      addOuter(information, x.subarray(row * p, row * p + p), met);
    }
    for (let term = terms[next]; term?.group === g; term = terms[++next]) {
      for (let j = 0; j < p; j++)
        mean[j] = ((atRisk[j] as number) - term.share * (dying[j] as number)) / term.remaining;
      addOuter(information, mean, -term.mass);
    }
  }
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) information[j * p + i] = information[i * p + j] as number;
  return information;
}

/** Lower triangle of scale v v'. */
function addOuter(a: Float64Array, v: Float64Array, scale: number): void {
  const p = v.length;
  for (let i = 0; i < p; i++) addScaled(a, i * p, v, 0, { scale: scale * (v[i] as number), n: i + 1 });
}

function unscaled(beta: Float64Array, covariance: Float64Array, { scale }: Scaling) {
  const p = beta.length;
  return {
    coefficients: beta.map((value, j) => value / (scale[j] as number)),
    covariance: covariance.map(
      (value, at) => value / ((scale[at % p] as number) * (scale[Math.floor(at / p)] as number)),
    ),
  };
}

function longest(v: Float64Array): number {
  return v.reduce((best, value, j) => (Math.abs(value) > Math.abs(v[best] as number) ? j : best), 0);
}

function checkCox(x: Embeddings, followUp: FollowUp, { strata, weights, names }: CoxOptions): Outcome<null> {
  for (const [list, what] of [
    [strata, "strata"],
    [weights, "weights"],
  ] as const) {
    if (list !== undefined && list.length !== x.n)
      throw new RangeError(`expected ${x.n} ${what}, received ${list.length}`);
  }
  if (weights !== undefined && !Array.from(weights).every((w) => w > 0 && Number.isFinite(w))) {
    throw new RangeError("expected case weights above 0; leave out the rows that should not count");
  }
  const columns = checkEmbeddings(x, "train");
  if (!columns.ok) return columns;
  const times = checkFollowUp(followUp, x.n, "train");
  if (!times.ok) return times;
  const some = checkEvents(followUp, "train");
  if (!some.ok) return some;
  for (let j = 0; j < x.d; j++) {
    let i = 1;
    while (i < x.n && x.values[i * x.d + j] === x.values[j]) i++;
    if (i === x.n) return dependent(names?.[j] ?? `column ${j}`, `the value ${x.values[j]} in every row`);
  }
  return ok(null);
}

function dependent(
  column: string,
  received = "a column that is constant, or a combination of the ones before it, among those at risk",
) {
  return fail("bad-value", {
    expected: `${column} to vary, and not as a combination of other columns`,
    received,
    remedy: "leave the column out, or use the elastic net, which can share an effect among columns",
  });
}

function separated(column: string) {
  return fail("diverged", {
    expected: "a maximum of the partial likelihood",
    received: `one that rises for ever, chiefly with ${column}: along some direction every event came to the patient at highest risk`,
    remedy:
      "use fewer columns or more events, leave this column out, or use the elastic net, whose penalty keeps coefficients finite",
  });
}

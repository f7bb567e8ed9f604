/**
 * Logistic regression with an L2 penalty, binary or multinomial (the objective of softmax-loss.ts), by L-BFGS. The rows come
 * rotated; there the second derivative is nearly tridiagonal (rows'rows times the mean of p (1 - p), and the penalty), and its
 * inverse costs O(m): the preconditioner that brings a fit down from hundreds of steps to tens. Where it does not, the whole second
 * derivative at the start takes its place.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { densePreconditioner, densePrice } from "./dense-curvature.ts";
import { minimise } from "./lbfgs.ts";
import { applyHead, type LinearHead } from "./linear-head.ts";
import type { RotatedRows } from "./rotate-rows.ts";
import { columnsOf, type LabelledRows, meanCurvature, softmaxLoss } from "./softmax-loss.ts";
import { solveTridiagonal } from "./tridiagonal.ts";

/** What is fitted: rotated rows and their classes. */
export interface LogisticProblem extends Pick<LabelledRows, "label" | "k" | "classWeight"> {
  readonly rows: RotatedRows;
}

export interface LogisticFit {
  /** The head on the rows before they were rotated; two classes have logits -z/2 and z/2. */
  readonly head: LinearHead;
  /** Weights [columns, m], then offsets: where a fit of a weaker penalty starts. */
  readonly theta: Float64Array;
  /** Largest component of the gradient of the mean loss. */
  readonly gradientSize: number;
  readonly converged: boolean;
  readonly steps: number;
  /** Whether the whole second derivative was worked out. */
  readonly isDense: boolean;
}

export interface LogisticOptions {
  /** A fit of a stronger penalty to start from. Where that took many steps, the whole second derivative is worked out there. */
  readonly start?: Pick<LogisticFit, "theta" | "steps" | "isDense"> | undefined;
  /** Largest component of the gradient of the mean loss that counts as zero. */
  readonly tolerance?: number;
  readonly maxSteps?: number;
}

/** Fits with inverse penalty C. Fails with `diverged` on weights that are not finite. */
export function fitLogistic(
  { rows, label, k, classWeight }: LogisticProblem,
  c: number,
  { start, tolerance = 1e-8, maxSteps = 1000 }: LogisticOptions = {},
): Outcome<LogisticFit> {
  const { x, n, m, gram } = rows;
  const labelled: LabelledRows = { x, n, d: m, label, k, classWeight };
  const columns = columnsOf(k);
  const begin = start?.theta ?? new Float64Array(columns * (m + 1));
  const isDense = start !== undefined && (start.isDense || start.steps > densePrice(labelled));
  const { bend, total } = meanCurvature(labelled, begin);
  const nearly = (v: Float64Array): Float64Array => {
    const out = v.map((value) => value / bend);
    for (let col = 0; col < columns; col++) {
      const own = out.subarray(col * m, (col + 1) * m).map((value) => value * n);
      out.set(solveTridiagonal(gram, n / (bend * c * total), own), col * m);
    }
    return out;
  };
  const precondition = (isDense ? densePreconditioner(labelled, begin, c) : null) ?? nearly;
  const {
    x: theta,
    gradientSize,
    converged,
    steps,
  } = minimise(softmaxLoss(labelled, c), begin, { tolerance, maxSteps, precondition });
  if (!theta.every(Number.isFinite)) {
    return fail("diverged", {
      expected: `finite weights at C = ${c}`,
      received: `a gradient of ${gradientSize} after ${steps} steps`,
      remedy: "standardise the embeddings, or use a smaller C",
    });
  }
  return ok({ head: headOf(theta, rows, k), theta, gradientSize, converged, steps, isDense });
}

function headOf(theta: Float64Array, { m, back }: RotatedRows, k: number): LinearHead {
  const columns = columnsOf(k);
  const weights = Array.from({ length: columns }, (_, col) => back(theta.subarray(col * m, (col + 1) * m)));
  const d = weights[0]?.length ?? 0;
  const share = (c: number): number => (columns === k ? 1 : c - 0.5);
  const own = (c: number): number => (columns === k ? c : 0);
  const weight = new Float64Array(d * k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < d; j++) weight[j * k + c] = share(c) * (weights[own(c)]?.[j] as number);
  }
  const bias = Float64Array.from({ length: k }, (_, c) => share(c) * (theta[columns * m + own(c)] as number));
  return { weight, bias, d, k };
}

/** Mean cross-entropy of rows under a head, weighted by class as the fit was. */
export function logLossOf(head: LinearHead, { x, n, d, label, classWeight }: LabelledRows): number {
  const logits = applyHead(head, { values: x, n, d }, "identity");
  let loss = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * head.k, (i + 1) * head.k);
    const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const sum = row.reduce((a, b) => a + Math.exp(b - most), 0);
    const own = label[i] as number;
    const weight = classWeight[own] as number;
    loss += weight * (most + Math.log(sum) - (row[own] as number));
    total += weight;
  }
  return loss / total;
}

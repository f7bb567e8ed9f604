/**
 * The second derivative of the loss of softmax-loss.ts at one place, whole, and its inverse applied (Cholesky): the preconditioner where the
 * nearly tridiagonal one tells too little, with weak penalties and classes that part unlike. It costs as much as many steps; `densePrice`
 * says how many.
 */
import { cholesky, solve } from "./cholesky.ts";
import { columnsOf, type LabelledRows, toProbabilities } from "./softmax-loss.ts";
import { addScaled, dot } from "./vector.ts";

/** Steps of the optimiser that cost what the whole second derivative and its factor cost. */
export function densePrice({ n, d, k }: Pick<LabelledRows, "n" | "d" | "k">): number {
  const p = columnsOf(k) * (d + 1);
  return p / 8 + p ** 2 / (12 * n);
}

/** Applies the inverse of the second derivative at theta; null where it cannot be factored. */
export function densePreconditioner(
  rows: LabelledRows,
  theta: Float64Array,
  c: number,
): ((v: Float64Array) => Float64Array) | null {
  const columns = columnsOf(rows.k);
  const { matrix, total } = curvature(rows, theta);
  const p = columns * (rows.d + 1);
  const mean = matrix.reduce((sum, value, at) => (at % (p + 1) === 0 ? sum + value : sum), 0) / p;
  const weights = columns * rows.d;
  for (let i = 0; i < p; i++) {
    const penalty = i < weights ? 1 / (c * total) : 0;
    matrix[i * p + i] = (matrix[i * p + i] as number) + Math.max(penalty, 1e-9 * mean);
    // Offsets of several columns that move together change nothing: without a wall that way there is no inverse.
    for (let j = weights; columns > 1 && j <= i; j++)
      matrix[i * p + j] = (matrix[i * p + j] as number) + mean / columns;
  }
  const factored = cholesky(matrix, p, 1e-14);
  return factored.ok ? (v) => solve(factored.value, v) : null;
}

/** Of the loss without its penalty, [p, p] in the order of theta, right in its lower half; and the sum of the case weights. */
function curvature(rows: LabelledRows, theta: Float64Array) {
  const { n, d, label, k, classWeight } = rows;
  const columns = columnsOf(k);
  const p = columns * (d + 1);
  const place = (column: number, j: number): number => (j < d ? column * d + j : columns * d + column);
  const matrix = new Float64Array(p * p);
  const shares = Float64Array.from({ length: n }, (_, i) => classWeight[label[i] as number] as number);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const chances = probabilities(rows, theta);
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b <= a; b++) {
      const bend = shares.map((share, i) => {
        const [own, other] = [chances[i * columns + a] as number, chances[i * columns + b] as number];
        return (share / total) * own * ((a === b ? 1 : 0) - other);
      });
      const block = weightedSquares(rows, bend);
      for (let j = 0; j <= d; j++) {
        for (let l = 0; l <= d; l++) {
          const [high, low] = [Math.max(j, l), Math.min(j, l)];
          matrix[place(a, j) * p + place(b, l)] = block[high * (d + 1) + low] as number;
          matrix[place(b, l) * p + place(a, j)] = block[high * (d + 1) + low] as number;
        }
      }
    }
  }
  return { matrix, total };
}

/** Of every class (of class 1, where there are two) for every row, [n, columns]. */
function probabilities({ x, n, d, k }: LabelledRows, theta: Float64Array): Float64Array {
  const columns = columnsOf(k);
  const out = new Float64Array(n * columns);
  for (let i = 0; i < n; i++) {
    const own = out.subarray(i * columns, (i + 1) * columns);
    for (let m = 0; m < columns; m++) own[m] = dot(theta, m * d, x, i * d, d) + (theta[columns * d + m] as number);
    if (columns === 1) own[0] = 1 / (1 + Math.exp(-(own[0] as number)));
    else toProbabilities(own);
  }
  return out;
}

/** Sum over rows of bend r r', r being the features and a 1; [d + 1, d + 1], lower half. */
function weightedSquares({ x, n, d }: LabelledRows, bend: Float64Array): Float64Array {
  const size = d + 1;
  const out = new Float64Array(size * size);
  const row = new Float64Array(size).fill(1);
  for (let i = 0; i < n; i++) {
    row.set(x.subarray(i * d, (i + 1) * d));
    for (let j = 0; j < size; j++)
      addScaled(out, j * size, row, 0, { scale: (bend[i] as number) * (row[j] as number), n: j + 1 });
  }
  return out;
}

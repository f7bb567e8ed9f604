/** The linear algebra of three channels: unit vectors, an inverse, and the eigenvectors of a symmetric matrix (Jacobi). */
import type { Triple } from "./optical-density.ts";

export type Matrix3 = readonly [Triple, Triple, Triple];

export const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export function unit(v: Triple): Triple {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}

export function cross(a: Triple, b: Triple): Triple {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Columns c of the inverse of the matrix with rows a, b, c: dot(row i, column j) is 1 where i = j, else 0. */
export function inverseColumns([a, b, c]: Matrix3): Matrix3 {
  const columns = [cross(b, c), cross(c, a), cross(a, b)] as const;
  const volume = dot(a, columns[0]);
  const scaled = (v: Triple): Triple => [v[0] / volume, v[1] / volume, v[2] / volume];
  return [scaled(columns[0]), scaled(columns[1]), scaled(columns[2])];
}

/** Sample covariance of rows [n, 3], n - 1 below. */
export function covariance(rows: Float64Array): Matrix3 {
  const n = rows.length / 3;
  const mean = [0, 0, 0];
  for (let i = 0; i < rows.length; i++) mean[i % 3] = (mean[i % 3] as number) + (rows[i] as number) / n;
  const [mr, mg, mb] = mean as [number, number, number];
  let [rr, rg, rb, gg, gb, bb] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < rows.length; i += 3) {
    const r = (rows[i] as number) - mr;
    const g = (rows[i + 1] as number) - mg;
    const b = (rows[i + 2] as number) - mb;
    rr += r * r;
    rg += r * g;
    rb += r * b;
    gg += g * g;
    gb += g * b;
    bb += b * b;
  }
  const k = 1 / (n - 1);
  return [
    [rr * k, rg * k, rb * k],
    [rg * k, gg * k, gb * k],
    [rb * k, gb * k, bb * k],
  ];
}

const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** Eigenvalues of a symmetric matrix from the largest down, each with its unit vector. */
export function eigenvectors(symmetric: Matrix3): readonly { readonly value: number; readonly vector: Triple }[] {
  const a = symmetric.map((row) => [...row]) as number[][];
  const v = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 60; sweep++) {
    if (PAIRS.every(([p, q]) => cell(a, p, q) === 0)) break;
    for (const [p, q] of PAIRS) rotate(a, v, p, q);
  }
  return [0, 1, 2]
    .map((i) => ({ value: cell(a, i, i), vector: [cell(v, 0, i), cell(v, 1, i), cell(v, 2, i)] as const }))
    .sort((x, y) => y.value - x.value);
}

const cell = (m: readonly (readonly number[])[], row: number, column: number): number =>
  (m[row] as readonly number[])[column] as number;

/** One Jacobi rotation that makes the cell p, q zero. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const off = cell(a, p, q);
  if (off === 0) return;
  const theta = (cell(a, q, q) - cell(a, p, p)) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const m of [a, v]) for (const row of m) turn(row, p, q, c, s);
  turnRows(a, p, q, c, s);
  (a[p] as number[])[q] = 0;
  (a[q] as number[])[p] = 0;
}

function turn(row: number[], p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p] as number, row[q] as number];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

function turnRows(a: number[][], p: number, q: number, c: number, s: number): void {
  const [rp, rq] = [a[p] as number[], a[q] as number[]];
  for (let k = 0; k < 3; k++) {
    const [x, y] = [rp[k] as number, rq[k] as number];
    rp[k] = c * x - s * y;
    rq[k] = s * x + c * y;
  }
}

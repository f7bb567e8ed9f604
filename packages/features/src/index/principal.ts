/**
 * Principal components of rows by subspace iteration on their covariance (Halko, Martinsson and Tropp 2011, without the random
 * projection): the products are those of dots.ts, so that a thousand features take seconds. Seeded start; the sign of each component
 * is the one that makes its largest weight positive.
 */
import { randomStream } from "@nacre/core";
import { dotRoom } from "./dots.ts";

export interface Principal {
  /** Each of length one, [d]; the first varies most. */
  readonly components: readonly Float32Array[];
  /** Share of the whole variance along each. */
  readonly shares: readonly number[];
  readonly mean: Float32Array;
}

const SWEEPS = 40;

/** The first `count` components of rows of d numbers; fewer where there are fewer features or rows. */
export function principalComponents(rows: readonly Float32Array[], count: number, seed = 0): Principal {
  const n = rows.length;
  const d = rows[0]?.length ?? 0;
  if (n < 2 || d < 1) throw new RangeError(`expected at least two rows, received ${n}`);
  const mean = new Float32Array(d);
  for (let j = 0; j < d; j++) mean[j] = rows.reduce((sum, row) => sum + (row[j] as number), 0) / n;
  const covariance = covarianceOf(rows, mean);
  const total = Array.from({ length: d }, (_, j) => covariance.row(j)[j] as number).reduce((a, b) => a + b, 0);
  const random = randomStream(seed, "principal");
  const wanted = Math.min(count, d, n - 1);
  // A few more than wanted: the last ones settle slowly.
  let basis = orthonormal(
    Array.from({ length: Math.min(d, wanted + 8) }, () => Float32Array.from({ length: d }, () => random.normal())),
  );
  let variances: number[] = [];
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const turned = basis.map(() => new Float32Array(d));
    covariance.products(basis, (first, products, q) => turned[q]?.set(products, first));
    variances = turned.map((row) => Math.hypot(...row));
    basis = orthonormal(turned);
  }
  const order = variances.map((_, i) => i).sort((a, b) => (variances[b] as number) - (variances[a] as number));
  const components = order.slice(0, wanted).map((i) => pointed(basis[i] as Float32Array));
  const shares = order.slice(0, wanted).map((i) => (total > 0 ? (variances[i] as number) / total : 0));
  return { components, shares, mean };
}

/** Coordinates of a row along the components. */
export function project(row: Float32Array, { components, mean }: Principal, into: Float32Array): Float32Array {
  components.forEach((component, c) => {
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += ((row[j] as number) - (mean[j] as number)) * (component[j] as number);
    into[c] = sum;
  });
  return into;
}

function covarianceOf(rows: readonly Float32Array[], mean: Float32Array) {
  const n = rows.length;
  const d = mean.length;
  const columns = dotRoom(d, n);
  for (let j = 0; j < d; j++) {
    const column = columns.row(j);
    for (let i = 0; i < n; i++) column[i] = ((rows[i] as Float32Array)[j] as number) - (mean[j] as number);
  }
  const covariance = dotRoom(d, d);
  const queries = Array.from({ length: d }, (_, j) => columns.row(j));
  columns.products(queries, (first, products, j) => {
    const into = covariance.row(j);
    for (let i = 0; i < products.length; i++) into[first + i] = (products[i] as number) / (n - 1);
  });
  return covariance;
}

/** Modified Gram-Schmidt; what depends on the ones before becomes zero. */
function orthonormal(rows: readonly Float32Array[]): Float32Array[] {
  const done: Float32Array[] = [];
  for (const row of rows) {
    const own = Float64Array.from(row);
    const before = Math.hypot(...own);
    for (const other of done) {
      let along = 0;
      for (let j = 0; j < own.length; j++) along += (own[j] as number) * (other[j] as number);
      for (let j = 0; j < own.length; j++) own[j] = (own[j] as number) - along * (other[j] as number);
    }
    const length = Math.hypot(...own);
    done.push(Float32Array.from(own, (value) => (length > 1e-6 * before ? value / length : 0)));
  }
  return done;
}

function pointed(component: Float32Array): Float32Array {
  const largest = component.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? component.map((value) => -value) : component;
}

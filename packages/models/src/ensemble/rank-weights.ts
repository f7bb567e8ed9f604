/**
 * The weights of a rank ensemble: for each model a number for each rank, falling and convex in the rank, made of free numbers t by
 * exp, two running sums, a flip, and division by the mean over all models and ranks:
 *
 *   u = exp(t)     c_j = sum_{i <= j} (j - i + 1) u_i     w_r = c_{R-1-r} / mean of all c
 *
 * The forward map and its adjoint, written out so that the fit needs no graph.
 */

/** Weights [models, ranks] from free numbers of the same shape. */
export function weightsFrom(free: Float64Array, models: number): Float64Array {
  const sums = sumsFrom(free, models);
  const mean = meanOf(sums);
  return sums.map((value) => value / mean);
}

/** Derivative by the free numbers, given the derivative by the weights they make. */
export function pullBack(free: Float64Array, slope: Float64Array, models: number): Float64Array {
  const ranks = free.length / models;
  const sums = sumsFrom(free, models);
  const mean = meanOf(sums);
  const shared = sums.reduce((total, value, i) => total + value * (slope[i] as number), 0) / (mean * sums.length);
  const out = new Float64Array(free.length);
  for (let m = 0; m < models; m++) {
    let once = 0;
    let twice = 0;
    for (let j = ranks - 1; j >= 0; j--) {
      once += ((slope[m * ranks + ranks - 1 - j] as number) - shared) / mean;
      twice += once;
      out[m * ranks + j] = twice * Math.exp(free[m * ranks + j] as number);
    }
  }
  return out;
}

/** The running sums, flipped: largest at rank 0. */
function sumsFrom(free: Float64Array, models: number): Float64Array {
  const ranks = free.length / models;
  const sums = new Float64Array(free.length);
  for (let m = 0; m < models; m++) {
    let once = 0;
    let twice = 0;
    for (let j = 0; j < ranks; j++) {
      once += Math.exp(free[m * ranks + j] as number);
      twice += once;
      sums[m * ranks + ranks - 1 - j] = twice;
    }
  }
  return sums;
}

function meanOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

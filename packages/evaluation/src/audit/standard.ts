/**
 * Vectors of slides with every feature centred and scaled over the slides, made row by row when they are asked for: a copy of
 * 100,000 vectors in doubles would not fit beside the original.
 */

export interface Standard {
  readonly n: number;
  readonly d: number;
  /** Writes row i, standardised and of length 1, into `into` [d]; false (and zeros) where every feature is at its mean. */
  unit(i: number, into: Float64Array): boolean;
  /** Cosine of rows i and j after standardisation; 0 where one has no direction. */
  cosine(i: number, j: number): number;
}

/** @param vectors row-major [n, d] */
export function standardOf(vectors: Float32Array, d: number): Standard {
  const n = vectors.length / d;
  const { mean, scale } = momentsOf(vectors, n, d);
  const write = (i: number, into: Float64Array): number => {
    let square = 0;
    for (let j = 0; j < d; j++) {
      const v = ((vectors[i * d + j] as number) - (mean[j] as number)) * (scale[j] as number);
      into[j] = v;
      square += v * v;
    }
    return Math.sqrt(square);
  };
  const [left, right] = [new Float64Array(d), new Float64Array(d)];
  return {
    n,
    d,
    unit(i, into) {
      const length = write(i, into);
      if (!(length > 0)) return false;
      for (let j = 0; j < d; j++) into[j] = (into[j] as number) / length;
      return true;
    },
    cosine(i, j) {
      const length = write(i, left) * write(j, right);
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (left[c] as number) * (right[c] as number);
      return length > 0 ? sum / length : 0;
    },
  };
}

function momentsOf(vectors: Float32Array, n: number, d: number): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) mean[j] = (mean[j] as number) + (vectors[i * d + j] as number) / n;
  const scale = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      scale[j] = (scale[j] as number) + ((vectors[i * d + j] as number) - (mean[j] as number)) ** 2 / n;
    }
  }
  // A constant feature differs from its mean by rounding, which must not be blown up.
  const isSpread = (square: number, j: number): boolean => square > (1e-9 * (mean[j] as number)) ** 2;
  return { mean, scale: scale.map((square, j) => (isSpread(square, j) ? 1 / Math.sqrt(square) : 0)) };
}

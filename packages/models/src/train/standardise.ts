/**
 * Mean and deviation of each feature over all tiles of the train part, streamed bag by bag (Chan, Golub and LeVeque 1979), so
 * that neither tune nor test tiles reach the model. The numbers become constants of the graph: a saved model needs no other file.
 * Population deviation. A feature that does not vary (or only in its last bits) is centred and scaled by 1.
 */
import type { Bag } from "@nacre/core";

export interface Standardisation {
  /** [d] each. */
  readonly mean: Float32Array<ArrayBuffer>;
  readonly deviation: Float32Array<ArrayBuffer>;
}

/** Relative to the feature's mean: below this a deviation is rounding of float32 features. */
const ROUNDING = 1e-6;

export interface Moments {
  add(bag: Bag): void;
  /** @throws RangeError when no tile was added */
  standardisation(): Standardisation;
}

/** No change at all: mean 0, deviation 1. */
export function identityStandardisation(d: number): Standardisation {
  return { mean: new Float32Array(d), deviation: new Float32Array(d).fill(1) };
}

/** Running moments of d features. */
export function moments(d: number): Moments {
  const mean = new Float64Array(d);
  const squares = new Float64Array(d);
  let count = 0;
  return {
    add(bag) {
      const own = momentsOf(bag);
      const total = count + bag.n;
      for (let j = 0; j < d; j++) {
        const delta = (own.mean[j] as number) - (mean[j] as number);
        mean[j] = (mean[j] as number) + (delta * bag.n) / total;
        squares[j] = (squares[j] as number) + (own.squares[j] as number) + (delta * delta * count * bag.n) / total;
      }
      count = total;
    },
    standardisation() {
      if (count === 0) throw new RangeError("expected at least one tile, received none");
      const deviation = Float32Array.from(squares, (sum, j) => {
        const value = Math.sqrt(sum / count);
        return value > ROUNDING * Math.abs(mean[j] as number) && Math.fround(value) > 0 ? value : 1;
      });
      return { mean: Float32Array.from(mean), deviation };
    },
  };
}

/** Mean and summed squared distance to it, of one bag, in two passes. */
function momentsOf({ features, n, d }: Bag): { mean: Float64Array; squares: Float64Array } {
  const mean = new Float64Array(d);
  const squares = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) mean[j] = (mean[j] as number) + (features[i * d + j] as number);
  }
  for (let j = 0; j < d; j++) mean[j] = (mean[j] as number) / n;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      const distance = (features[i * d + j] as number) - (mean[j] as number);
      squares[j] = (squares[j] as number) + distance * distance;
    }
  }
  return { mean, squares };
}

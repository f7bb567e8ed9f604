/**
 * The largest distance between two empirical distributions, and the chance of as large a one where nothing differs
 * (Smirnov 1939). Small samples: exact, by walking the lattice of all orders of the two samples, ties kept as they are
 * (Schroeer and Trenkler 1995). Large: Kolmogorov's limit, whose p is a little too large. As R's ks.test.
 */

export interface KsTest {
  /** Largest difference of the two distribution functions, 0 to 1. */
  readonly distance: number;
  /** Two-sided. */
  readonly p: number;
  readonly isExact: boolean;
}

/** Up to this many cells the lattice is walked. */
const MOST_CELLS = 10_000;

/** Two samples of scores; null where one is empty. */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): KsTest | null {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return null;
  const [own, other] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  const isTieEnd = new Uint8Array(m + n);
  let below = 0;
  let largest = 0;
  for (let i = 0; i < m + n; i++) {
    const [x, y] = [own[below] ?? Number.POSITIVE_INFINITY, other[i - below] ?? Number.POSITIVE_INFINITY];
    const isOwn = below < m && x <= y;
    if (isOwn) below++;
    const value = isOwn ? x : y;
    const next = Math.min(own[below] ?? Number.POSITIVE_INFINITY, other[i + 1 - below] ?? Number.POSITIVE_INFINITY);
    isTieEnd[i] = i + 1 < m + n && next === value ? 0 : 1;
    // In whole numbers: |below / m - above / n| times m n.
    if (isTieEnd[i] === 1) largest = Math.max(largest, Math.abs(below * n - (i + 1 - below) * m));
  }
  const distance = largest / (m * n);
  const isExact = m * n <= MOST_CELLS;
  const p = isExact ? exactTail(largest, m, n, isTieEnd) : kolmogorovTail(distance * Math.sqrt((m * n) / (m + n)));
  return { distance, p, isExact };
}

/** P(distance >= observed) over all orders. `largest` is the distance times m n. */
function exactTail(largest: number, m: number, n: number, isTieEnd: Uint8Array): number {
  if (largest === 0) return 1;
  // reach[j]: chance that a random order passes (i, j) without having been as far as observed.
  const reach = new Float64Array(n + 1);
  for (let i = 0; i <= m; i++) {
    for (let j = 0; j <= n; j++) {
      const isOut = i + j > 0 && isTieEnd[i + j - 1] === 1 && Math.abs(i * n - j * m) >= largest;
      if (isOut) reach[j] = 0;
      else if (i + j === 0) reach[j] = 1;
      else {
        const fromBelow = i > 0 ? (reach[j] as number) * (i / (i + j)) : 0;
        const fromLeft = j > 0 ? (reach[j - 1] as number) * (j / (i + j)) : 0;
        reach[j] = fromBelow + fromLeft;
      }
    }
  }
  return Math.min(1, Math.max(0, 1 - (reach[n] as number)));
}

/** P(K > x) of Kolmogorov's limit: 2 sum (-1)^(k-1) e^(-2 k^2 x^2), or its other series where that converges slowly. */
function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k < 40; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return Math.min(1, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  for (let k = 1; k < 40; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

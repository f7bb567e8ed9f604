/** The upper tail of the standard normal distribution, to double precision in relative terms. */

/** P(Z > z) for any z. Series for small |z|, continued fraction (Abramowitz and Stegun 26.2.14) beyond. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  return z < 3 ? 0.5 - centralSeries(z) : tailFraction(z);
}

/** P(0 < Z < z) = phi(z) (z + z^3/3 + z^5/15 + ...). */
function centralSeries(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return density(z) * sum;
}

function tailFraction(z: number): number {
  let fraction = z;
  for (let k = 120; k >= 1; k--) fraction = z + k / fraction;
  return density(z) / fraction;
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** Weighted means and sums of squares of two numbers a patient has, in two passes so that a large offset costs no digits. */

export interface Moments {
  /** Sum of the weights. */
  readonly total: number;
  readonly meanX: number;
  readonly meanY: number;
  /** Sums of w (x - mean)^2, w (y - mean)^2 and w (x - mean)(y - mean); exactly 0 where a number does not vary. */
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

/** The moments of x and y under weights [n], or null where nobody has weight. */
export function momentsOf(x: ArrayLike<number>, y: ArrayLike<number>, weights: ArrayLike<number>): Moments | null {
  let total = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weights[i] as number;
    total += w;
    sumX += w * (x[i] as number);
    sumY += w * (y[i] as number);
  }
  if (!(total > 0)) return null;
  const means = { total, meanX: sumX / total, meanY: sumY / total };
  const varies = [doesVary(x, weights), doesVary(y, weights)];
  const sums = centred(x, y, weights, means);
  return {
    ...means,
    xx: varies[0] ? sums.xx : 0,
    yy: varies[1] ? sums.yy : 0,
    xy: varies[0] && varies[1] ? sums.xy : 0,
  };
}

/** Product-moment correlation; null where x or y does not vary. */
export function correlation({ xx, yy, xy }: Moments): number | null {
  if (xx === 0 || yy === 0) return null;
  const r = xy / (Math.sqrt(xx) * Math.sqrt(yy));
  return Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : null;
}

function centred(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  { meanX, meanY }: { readonly meanX: number; readonly meanY: number },
): { xx: number; yy: number; xy: number } {
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weights[i] as number;
    const dx = (x[i] as number) - meanX;
    const dy = (y[i] as number) - meanY;
    xx += w * dx * dx;
    yy += w * dy * dy;
    xy += w * dx * dy;
  }
  return { xx, yy, xy };
}

/** True where two patients with weight differ. The rounding of a mean must not pass for variation. */
function doesVary(values: ArrayLike<number>, weights: ArrayLike<number>): boolean {
  let first = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    if (weights[i] === 0) continue;
    const value = values[i] as number;
    if (Number.isNaN(first)) first = value;
    else if (value !== first) return true;
  }
  return false;
}

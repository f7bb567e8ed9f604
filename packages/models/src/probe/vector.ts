/**
 * Inner products, distances and scaled addition in double precision, on rows of a matrix without copying them. Four running sums, so that
 * the additions do not wait for one another; the order is fixed, and so are the bits.
 */

/** Sum of a[aStart + j] b[bStart + j] over j below n. */
export function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const even = n - (n % 4);
  for (let j = 0; j < even; j += 4) {
    s0 += (a[aStart + j] as number) * (b[bStart + j] as number);
    s1 += (a[aStart + j + 1] as number) * (b[bStart + j + 1] as number);
    s2 += (a[aStart + j + 2] as number) * (b[bStart + j + 2] as number);
    s3 += (a[aStart + j + 3] as number) * (b[bStart + j + 3] as number);
  }
  for (let j = even; j < n; j++) s0 += (a[aStart + j] as number) * (b[bStart + j] as number);
  return s0 + s1 + (s2 + s3);
}

/** Sum of (a[aStart + j] - b[bStart + j])^2: from the differences, so that near rows keep their digits. */
export function squaredDistance(a: Float64Array, aStart: number, b: Float64Array, bStart: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const even = n - (n % 4);
  for (let j = 0; j < even; j += 4) {
    const g0 = (a[aStart + j] as number) - (b[bStart + j] as number);
    const g1 = (a[aStart + j + 1] as number) - (b[bStart + j + 1] as number);
    const g2 = (a[aStart + j + 2] as number) - (b[bStart + j + 2] as number);
    const g3 = (a[aStart + j + 3] as number) - (b[bStart + j + 3] as number);
    s0 += g0 * g0;
    s1 += g1 * g1;
    s2 += g2 * g2;
    s3 += g3 * g3;
  }
  for (let j = even; j < n; j++) s0 += ((a[aStart + j] as number) - (b[bStart + j] as number)) ** 2;
  return s0 + s1 + (s2 + s3);
}

/** y[yStart + j] += scale x[xStart + j] for j below n. */
export function addScaled(
  y: Float64Array,
  yStart: number,
  x: Float64Array,
  xStart: number,
  { scale, n }: { readonly scale: number; readonly n: number },
): void {
  for (let j = 0; j < n; j++) y[yStart + j] = (y[yStart + j] as number) + scale * (x[xStart + j] as number);
}

/** The largest absolute value; 0 of nothing. */
export function largest(x: ArrayLike<number>): number {
  let most = 0;
  for (let j = 0; j < x.length; j++) most = Math.max(most, Math.abs(x[j] as number));
  return most;
}

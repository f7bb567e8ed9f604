/** Feature vectors as rows of length one, and what is measured between them. Shapes: n vectors of d features, row-major. */

/** Rows [n, d]. */
export interface Rows {
  readonly values: Float64Array;
  readonly n: number;
  readonly d: number;
}

/**
 * Copies vectors as doubles, each scaled to length 1 unless `isScaled` is false.
 * @throws RangeError where the length is no multiple of d, or a vector is not finite or (when scaled) zero
 */
export function rowsOf(vectors: ArrayLike<number>, d: number, isScaled = true): Rows {
  if (!(Number.isInteger(d) && d >= 1) || vectors.length % d !== 0)
    throw new RangeError(`expected vectors of d features in rows, received ${vectors.length} numbers and d = ${d}`);
  const n = vectors.length / d;
  const values = Float64Array.from(vectors);
  for (let i = 0; i < n; i++) {
    const row = values.subarray(i * d, (i + 1) * d);
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    if (!Number.isFinite(length) || (isScaled && length === 0)) {
      throw new RangeError(
        `expected finite features${isScaled ? ", not all zero" : ""}, received others in row ${i}; leave that row out`,
      );
    }
    if (isScaled) for (let j = 0; j < d; j++) row[j] = (row[j] as number) / length;
  }
  return { values, n, d };
}

/** Inner product of row i of `a` and row j of `b`. */
export function inner(a: Rows, i: number, b: Rows, j: number): number {
  const { d } = a;
  const x = a.values;
  const y = b.values;
  const p = i * d;
  const q = j * d;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let c = 0;
  // Four sums: the additions need not wait for each other.
  for (; c + 3 < d; c += 4) {
    s0 += (x[p + c] as number) * (y[q + c] as number);
    s1 += (x[p + c + 1] as number) * (y[q + c + 1] as number);
    s2 += (x[p + c + 2] as number) * (y[q + c + 2] as number);
    s3 += (x[p + c + 3] as number) * (y[q + c + 3] as number);
  }
  for (; c < d; c++) s0 += (x[p + c] as number) * (y[q + c] as number);
  return s0 + s1 + (s2 + s3);
}

/** Squared Euclidean distance of row i of `a` and row j of `b`. */
export function squaredDistance(a: Rows, i: number, b: Rows, j: number): number {
  const { d } = a;
  const x = a.values;
  const y = b.values;
  const p = i * d;
  const q = j * d;
  let s0 = 0;
  let s1 = 0;
  let c = 0;
  for (; c + 1 < d; c += 2) {
    const e0 = (x[p + c] as number) - (y[q + c] as number);
    const e1 = (x[p + c + 1] as number) - (y[q + c + 1] as number);
    s0 += e0 * e0;
    s1 += e1 * e1;
  }
  if (c < d) s0 += ((x[p + c] as number) - (y[q + c] as number)) ** 2;
  return s0 + s1;
}

/** Names as indices from 0, in order of first appearance. */
export function indexed(names: ArrayLike<string | number>): Int32Array {
  const known = new Map<string | number, number>();
  return Int32Array.from({ length: names.length }, (_, i) => {
    const name = names[i] as string | number;
    const index = known.get(name) ?? known.size;
    known.set(name, index);
    return index;
  });
}

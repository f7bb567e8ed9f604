/**
 * How far two divisions of the same things agree, corrected for chance (Hubert and Arabie 1985): 1 for the same division, 0 on
 * average for unrelated ones, below 0 for worse. Pairs are counted in the contingency table, as in scikit-learn.
 */

/**
 * Adjusted Rand index of two divisions, [n] each. Two divisions that leave nothing to agree on (all in one, or all apart) give 1.
 * @throws RangeError where they differ in length
 */
export function adjustedRand(a: ArrayLike<string | number>, b: ArrayLike<string | number>): number {
  if (a.length !== b.length)
    throw new RangeError(`expected divisions of the same things, received ${a.length} and ${b.length}`);
  const cells = new Map<string | number, Map<string | number, number>>();
  const inA = new Map<string | number, number>();
  const inB = new Map<string | number, number>();
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as string | number, b[i] as string | number];
    const row = cells.get(x) ?? new Map<string | number, number>();
    cells.set(x, row);
    for (const [table, key] of [
      [row, y],
      [inA, x],
      [inB, y],
    ] as const)
      table.set(key, (table.get(key) ?? 0) + 1);
  }
  const together = [...cells.values()].reduce((sum, row) => sum + pairsIn(row), 0);
  const pairsA = pairsIn(inA);
  const pairsB = pairsIn(inB);
  const all = (a.length * (a.length - 1)) / 2;
  const expected = all === 0 ? 0 : (pairsA * pairsB) / all;
  const most = (pairsA + pairsB) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

function pairsIn(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const n of counts.values()) sum += (n * (n - 1)) / 2;
  return sum;
}

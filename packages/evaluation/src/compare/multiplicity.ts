/**
 * Many questions asked of the same patients. Holm (1979) keeps the chance of one false finding among all below the level,
 * whatever the dependence; Benjamini and Hochberg (1995) keep the expected share of false findings among the found, for
 * independent or positively dependent tests. Both return adjusted p, to be held against the level itself.
 */

/** Holm's adjusted p, in the order given. @throws RangeError for a p outside 0 to 1 */
export function holm(p: readonly number[]): number[] {
  expectShares(p);
  const order = p.map((_, i) => i).sort((a, b) => (p[a] as number) - (p[b] as number) || a - b);
  const adjusted = new Array<number>(p.length).fill(1);
  let most = 0;
  order.forEach((i, rank) => {
    most = Math.max(most, Math.min(1, (p.length - rank) * (p[i] as number)));
    adjusted[i] = most;
  });
  return adjusted;
}

/** Benjamini and Hochberg's adjusted p, in the order given. @throws RangeError for a p outside 0 to 1 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  expectShares(p);
  const order = p.map((_, i) => i).sort((a, b) => (p[b] as number) - (p[a] as number) || b - a);
  const adjusted = new Array<number>(p.length).fill(1);
  let least = 1;
  order.forEach((i, at) => {
    least = Math.min(least, (p.length * (p[i] as number)) / (p.length - at));
    adjusted[i] = least;
  });
  return adjusted;
}

/** Adjusts the p that exist; a test that could not be made stays null and does not count. */
export function adjustKnown(
  p: readonly (number | null)[],
  adjust: (p: readonly number[]) => number[] = holm,
): (number | null)[] {
  const adjusted = adjust(p.filter((v) => v !== null)).values();
  return p.map((v) => (v === null ? null : (adjusted.next().value as number)));
}

function expectShares(p: readonly number[]): void {
  const bad = p.find((v) => !(v >= 0 && v <= 1));
  if (bad !== undefined)
    throw new RangeError(`expected every p from 0 to 1, received ${bad}; leave out tests without one`);
}

/**
 * Tiles in groups that are left out together: one by one while that is affordable, else squares of neighbours on the slide. Neighbours
 * show much the same, so leaving out one of them alone says little.
 */
import type { Bag } from "@nacre/core";

export interface TileGroups {
  /** How a group is made, in words. */
  readonly rule: string;
  /** Places of the tiles of each group. */
  readonly groups: readonly (readonly number[])[];
}

/** At most `budget` groups that hold every tile once; at least two for a bag of two tiles. @throws RangeError for a budget below 2 */
export function tileGroups(bag: Pick<Bag, "n" | "x" | "y" | "side">, budget: number): TileGroups {
  if (!(budget >= 2)) throw new RangeError(`expected a budget of at least 2 groups, received ${budget}`);
  const places = Array.from({ length: bag.n }, (_, i) => i);
  if (bag.n <= budget) return { rule: "each tile alone", groups: places.map((i) => [i]) };
  const { side } = bag;
  for (let m = 2; side !== null && side > 0; m = Math.ceil(m * 1.2)) {
    const groups = squares(bag, m * side);
    if (groups.length < 2) break;
    if (groups.length <= budget) return { rule: `squares of ${m} x ${m} neighbouring tiles`, groups };
  }
  const length = Math.ceil(bag.n / budget);
  return {
    rule: `runs of ${length} tiles in the order of the bag, which does not say where they lie`,
    groups: Array.from({ length: Math.ceil(bag.n / length) }, (_, g) => places.slice(g * length, (g + 1) * length)),
  };
}

function squares({ n, x, y }: Pick<Bag, "n" | "x" | "y">, side: number): number[][] {
  const cells = new Map<string, number[]>();
  for (let i = 0; i < n; i++) {
    const key = `${Math.floor((x[i] as number) / side)},${Math.floor((y[i] as number) / side)}`;
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [i]);
    else cell.push(i);
  }
  return [...cells.values()];
}

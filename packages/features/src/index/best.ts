/**
 * The k best of a stream of candidates, at most so many of one group. A new candidate that overfills its group drives out the worst of
 * that group, otherwise the worst of all; groups and k make a matroid, so that this exchange ends with exactly what sorting
 * everything would give. Of equals the earlier row is the better.
 */

export interface Best {
  /** What a candidate must exceed, or equal with an earlier row, to be kept. */
  readonly least: number;
  /** The same for a row of one group: where the group is full, that of its worst. */
  leastOf(group: number): number;
  offer(row: number, similarity: number, group: number): void;
  /** Best first. */
  rows(): { readonly row: number; readonly similarity: number }[];
}

interface Kept {
  readonly row: number;
  readonly similarity: number;
  readonly group: number;
}

export function bestOf(k: number, perGroup: number = Number.POSITIVE_INFINITY): Best {
  const kept: Kept[] = [];
  const least = (): number =>
    kept.length < k ? Number.NEGATIVE_INFINITY : (kept.at(-1)?.similarity ?? Number.POSITIVE_INFINITY);
  return {
    get least() {
      return least();
    },
    leastOf(group) {
      if (perGroup >= k) return least();
      const own = kept.filter((one) => one.group === group);
      return own.length < perGroup ? least() : (own.at(-1)?.similarity ?? Number.POSITIVE_INFINITY);
    },
    offer(row, similarity, group) {
      const candidate = { row, similarity, group };
      kept.splice(placeOf(kept, candidate), 0, candidate);
      if (perGroup < k && kept.filter((one) => one.group === group).length > perGroup)
        kept.splice(
          kept.findLastIndex((one) => one.group === group),
          1,
        );
      else if (kept.length > k) kept.pop();
    },
    rows: () => kept.map(({ row, similarity }) => ({ row, similarity })),
  };
}

/** How many are better. */
function placeOf(kept: readonly Kept[], { row, similarity }: Kept): number {
  let low = 0;
  let high = kept.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    const one = kept[mid] as Kept;
    if (one.similarity > similarity || (one.similarity === similarity && one.row < row)) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Ranks and orders of scores. Ties share the mean of the ranks they cover (midranks). */

/** Indices that put the scores in ascending order; equal scores keep their order. */
export function ascending(scores: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
}

/** Ranks from 1 to n, ties shared, in the order of the input. */
export function midranks(scores: ArrayLike<number>): Float64Array {
  const order = ascending(scores);
  const ranks = new Float64Array(order.length);
  for (let start = 0; start < order.length; ) {
    const end = endOfTie(order, scores, start);
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** One past the last index of the tie that starts at `start`. */
export function endOfTie(order: Uint32Array, scores: ArrayLike<number>, start: number): number {
  const score = scores[order[start] as number];
  let end = start + 1;
  while (end < order.length && scores[order[end] as number] === score) end++;
  return end;
}

/** 1 at the last place of every tie, else 0, [n] in the order given. */
export function tieEnds(order: Uint32Array, scores: ArrayLike<number>): Uint8Array {
  const isEnd = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const next = order[i + 1];
    isEnd[i] = next === undefined || scores[next] !== scores[order[i] as number] ? 1 : 0;
  }
  return isEnd;
}

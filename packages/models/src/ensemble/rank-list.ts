/** Scores of candidates as ranks: what is left of a model's answer when its scale cannot be trusted. */

/** Rank of a candidate that the model did not name. */
export const ABSENT = -1;

/**
 * Rank of each candidate, 0 for the highest score; ABSENT where the score is NaN. Equal scores share the last of their ranks, so
 * that a model which cannot tell candidates apart gains nothing, in whatever order they stand.
 */
export function ranksOf(scores: ArrayLike<number>): Int32Array {
  const named = Array.from({ length: scores.length }, (_, i) => i).filter((i) => !Number.isNaN(scores[i] as number));
  named.sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const ranks = new Int32Array(scores.length).fill(ABSENT);
  for (let at = named.length - 1; at >= 0; at--) {
    const own = named[at] as number;
    const next = named[at + 1];
    ranks[own] = next !== undefined && scores[next] === scores[own] ? (ranks[next] as number) : at;
  }
  return ranks;
}

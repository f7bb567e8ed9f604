/**
 * From bounds to the k best, exactly. While rows pass, the k best lower bounds are kept: what has an upper bound below them cannot be among
 * the best, whatever its true similarity is (raising weights never lowers the least member of a best basis of a matroid, and groups and k
 * form one). What remains is compared in full.
 */
import { type Best, bestOf } from "./best.ts";

/** Rows that wait to be compared in full: more are compared at once, so that an archive of equal rows takes no more memory. */
const WAITING = 16_384;

export class Sieve {
  readonly #lows: Best;
  readonly #best: Best;
  readonly #comparing: () => (row: number) => number;
  readonly #rows: number[] = [];
  readonly #highs: number[] = [];
  readonly #groups: number[] = [];

  /** @param comparing gives the true similarity of rows; asked for anew before each use */
  constructor(comparing: () => (row: number) => number, k: number, perGroup?: number) {
    this.#comparing = comparing;
    this.#lows = bestOf(k, perGroup);
    this.#best = bestOf(k, perGroup);
  }

  /** An upper bound below this is of no interest, whatever the group. */
  get least(): number {
    return Math.max(this.#lows.least, this.#best.least);
  }

  offer(row: number, low: number, high: number, group: number): void {
    const least = this.#lows.leastOf(group);
    if (high < least) return;
    this.#rows.push(row);
    this.#highs.push(high);
    this.#groups.push(group);
    if (low > least) this.#lows.offer(row, low, group);
    if (this.#rows.length >= WAITING) this.#compare();
  }

  /** The best of all that was offered. */
  rows(): ReturnType<Best["rows"]> {
    this.#compare();
    return this.#best.rows();
  }

  #compare(): void {
    const similarityOf = this.#comparing();
    // The most promising first, so that the rest has much to exceed.
    const promising = new Set(this.#lows.rows().map(({ row }) => row));
    for (const isFirst of [true, false])
      this.#rows.forEach((row, i) => {
        const group = this.#groups[i] as number;
        if (promising.has(row) !== isFirst || (this.#highs[i] as number) < this.#best.leastOf(group)) return;
        this.#best.offer(row, similarityOf(row), group);
      });
    for (const list of [this.#rows, this.#highs, this.#groups]) list.length = 0;
  }
}

/**
 * Counts, by weight, how many of those seen so far have a lower rank: a Fenwick tree (Fenwick 1994), both steps in the
 * logarithm of the number of ranks.
 */
export class RankCounter {
  readonly #tree: Float64Array;
  readonly #same: Float64Array;
  #total = 0;

  /** For ranks from 1 to `ranks`. */
  constructor(ranks: number) {
    this.#tree = new Float64Array(ranks + 1);
    this.#same = new Float64Array(ranks + 1);
  }

  /** Weight of all who entered. */
  get total(): number {
    return this.#total;
  }

  enter(rank: number, weight: number): void {
    this.#total += weight;
    this.#same[rank] = (this.#same[rank] as number) + weight;
    for (let k = rank; k < this.#tree.length; k += k & -k) this.#tree[k] = (this.#tree[k] as number) + weight;
  }

  /** Weight of those with a lower rank, and half of those with the same. */
  below(rank: number): number {
    let sum = (this.#same[rank] as number) / 2;
    for (let k = rank - 1; k > 0; k &= k - 1) sum += this.#tree[k] as number;
    return sum;
  }
}

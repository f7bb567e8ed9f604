/**
 * Preserved-site folds (Howard 2021, Nat Commun 12:4423): each site lies in one fold, and the labels are spread as evenly
 * as the sites allow, by minimising the sum over labels and folds of (k n_lf - n_l)^2. The paper needs a commercial solver;
 * here a local search from many random starts moves one site or swaps two while the objective falls. The lower bound, the
 * optimum if patients could be dealt one by one, proves a result optimal where it is met.
 */
import { type Random, randomStream } from "@nacre/core";

export interface SiteFolds {
  /** Fold of each group, [groups]. */
  readonly fold: readonly number[];
  /** sum (k n_lf - n_l)^2, in patients. */
  readonly objective: number;
  readonly lowerBound: number;
}

const STARTS = 1000;
/** Work that bounds the starts for very many sites: evaluations of a fold, about a third of a second. */
const BUDGET = 1e7;
/** Cost of a fold in which fewer than two labels occur: larger than any objective, so that it is left only if it must be. */
const ONE_LABEL = 1e12;

/** Divides groups, given as patients of each label [groups][labels], into k folds. @throws RangeError unless 2 <= k <= groups */
export function searchSiteFolds(counts: readonly (readonly number[])[], k: number, seed: number): SiteFolds {
  if (!(k >= 2 && k <= counts.length)) throw new RangeError(`expected 2 to ${counts.length} folds, received ${k}`);
  const labels = counts[0]?.length ?? 0;
  const totals = Array.from({ length: labels }, (_, l) => counts.reduce((sum, c) => sum + (c[l] as number), 0));
  const starts = Math.max(3, Math.min(STARTS, Math.floor(BUDGET / (counts.length ** 2 * labels * 4))));
  const random = randomStream(seed, "split", "site");
  const lowerBound = boundOf(totals, k);
  let best: Search | null = null;
  for (let s = 0; s < starts && (best === null || best.cost > lowerBound); s++) {
    const search = new Search(counts, totals, k, random);
    search.descend();
    if (best === null || search.cost < best.cost) best = search;
  }
  const fold = numberedByAppearance((best as Search).fold);
  return { fold, objective: objectiveOf(counts, totals, fold, k), lowerBound };
}

/** For each label the least possible sum over folds of whole patients: r of k folds get one more. */
function boundOf(totals: readonly number[], k: number): number {
  return totals.reduce((sum, n) => sum + (n % k) * k * (k - (n % k)), 0);
}

/** One descent: the assignment, the patients of each label in each fold, and the cost. */
class Search {
  readonly fold: number[];
  cost: number;
  readonly #counts: readonly (readonly number[])[];
  readonly #totals: readonly number[];
  readonly #k: number;
  readonly #random: Random;
  readonly #inFold: number[][];
  readonly #costs: number[];

  constructor(counts: readonly (readonly number[])[], totals: readonly number[], k: number, random: Random) {
    this.#counts = counts;
    this.#totals = totals;
    this.#k = k;
    this.#random = random;
    // The first k groups of a random order take one fold each, so that no fold starts empty.
    const order = random.shuffled(counts.map((_, g) => g));
    this.fold = new Array<number>(counts.length).fill(0);
    order.forEach((g, at) => {
      this.fold[g] = at < k ? at : random.below(k);
    });
    this.#inFold = Array.from({ length: k }, () => totals.map(() => 0));
    counts.forEach((c, g) => {
      add(this.#inFold[this.fold[g] as number] as number[], c, 1);
    });
    this.#costs = this.#inFold.map((f) => this.#costOf(f));
    this.cost = this.#costs.reduce((a, b) => a + b, 0);
  }

  /** Takes every move and swap that lowers the cost until none is left. */
  descend(): void {
    for (let improved = true; improved; ) {
      improved = false;
      const order = this.#random.shuffled(this.fold.map((_, g) => g));
      for (const g of order) improved = this.#move(g) || improved;
      for (const a of order) for (const b of order) improved = (a < b && this.#swap(a, b)) || improved;
    }
  }

  #move(g: number): boolean {
    const from = this.fold[g] as number;
    const own = this.#counts[g] as readonly number[];
    for (let to = 0; to < this.#k; to++) {
      if (to !== from && this.#tryChange(from, to, own, null)) {
        this.fold[g] = to;
        return true;
      }
    }
    return false;
  }

  #swap(a: number, b: number): boolean {
    const [fa, fb] = [this.fold[a] as number, this.fold[b] as number];
    if (fa === fb) return false;
    if (!this.#tryChange(fa, fb, this.#counts[a] as number[], this.#counts[b] as number[])) return false;
    this.fold[a] = fb;
    this.fold[b] = fa;
    return true;
  }

  /** Sends `out` from one fold to another, and `back` the other way; undone unless it lowers the cost. */
  #tryChange(from: number, to: number, out: readonly number[], back: readonly number[] | null): boolean {
    const source = this.#inFold[from] as number[];
    const target = this.#inFold[to] as number[];
    shift(source, target, out, back);
    const before = (this.#costs[from] as number) + (this.#costs[to] as number);
    const costFrom = this.#costOf(source);
    const costTo = this.#costOf(target);
    if (costFrom + costTo < before) {
      this.#costs[from] = costFrom;
      this.#costs[to] = costTo;
      this.cost += costFrom + costTo - before;
      return true;
    }
    shift(target, source, out, back);
    return false;
  }

  #costOf(inFold: readonly number[]): number {
    let sum = 0;
    let present = 0;
    for (let l = 0; l < inFold.length; l++) {
      const n = inFold[l] as number;
      sum += (this.#k * n - (this.#totals[l] as number)) ** 2;
      if (n > 0) present++;
    }
    return present >= Math.min(2, inFold.length) ? sum : sum + ONE_LABEL * (present === 0 ? 2 : 1);
  }
}

function shift(source: number[], target: number[], out: readonly number[], back: readonly number[] | null): void {
  add(source, out, -1);
  add(target, out, 1);
  if (back !== null) {
    add(target, back, -1);
    add(source, back, 1);
  }
}

function add(into: number[], counts: readonly number[], sign: number): void {
  for (let l = 0; l < into.length; l++) into[l] = (into[l] as number) + sign * (counts[l] as number);
}

function objectiveOf(
  counts: readonly (readonly number[])[],
  totals: readonly number[],
  fold: readonly number[],
  k: number,
) {
  const inFold = Array.from({ length: k }, () => totals.map(() => 0));
  counts.forEach((c, g) => {
    add(inFold[fold[g] as number] as number[], c, 1);
  });
  return inFold.reduce((sum, f) => sum + f.reduce((s, n, l) => s + (k * n - (totals[l] as number)) ** 2, 0), 0);
}

/** Folds renamed 0, 1, ... in the order in which the groups meet them, so that equal divisions look equal. */
function numberedByAppearance(fold: readonly number[]): number[] {
  const names = new Map<number, number>();
  return fold.map((f) => {
    const name = names.get(f) ?? names.size;
    names.set(f, name);
    return name;
  });
}

/**
 * How faithful a ranking of tiles is to the model it explains (deletion and insertion: Petsiuk, Das and Saenko 2018, RISE, section 4;
 * with random tiles as control, Samek et al. 2017). Tiles are taken out of the bag, the best of the ranking first, and the model is asked
 * again: if the ranking is right the score falls sooner than when as many random tiles go. Insertion is the other way round: the
 * best tiles alone, then more. Departure: a tile that is left out is not there, since a bag needs no stand-in for what is missing.
 *
 *   area = mean over the shares of the fall of the score (deletion) or of the score itself (insertion), by the trapezoidal rule
 *   advantage = area - mean area of the random orders
 */
import { type Bag, type Outcome, ok, randomStream } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { type BagPrediction, type PredictOptions, predict } from "../model/predict.ts";
import { takeTiles } from "../train/take-tiles.ts";

export type DeletionMode = "deletion" | "insertion";

/**
 * faithful: better than every random order. misleading: worse than every one. chance: neither. flat: the score does not depend on
 * which tiles are there, so nothing can be told.
 */
export type Verdict = "faithful" | "chance" | "misleading" | "flat";

export interface DeletionOptions extends PredictOptions {
  /** Weights of the scores whose sum is followed, [k]; rankings put first what speaks for it. */
  readonly towards: readonly number[];
  /** Default: deletion. */
  readonly mode?: DeletionMode;
  /** Shares of the tiles that are taken out (or put in), growing, above 0 and below 1. */
  readonly shares?: readonly number[];
  /** Random orders; a ranking without any sense is called faithful by chance once in `draws` + 1 bags. */
  readonly draws?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface DeletionCurve {
  /** Score after each share, [shares]. */
  readonly scores: readonly number[];
  readonly area: number;
}

export interface RankingTest extends DeletionCurve {
  readonly advantage: number;
  readonly verdict: Verdict;
}

export interface DeletionTest {
  readonly mode: DeletionMode;
  readonly shares: readonly number[];
  /** Tiles taken out, or put in, at each share. */
  readonly counts: readonly number[];
  /** Score of the whole bag, in the unit of the score. */
  readonly whole: number;
  readonly control: readonly DeletionCurve[];
  /** By the name of the ranking. */
  readonly rankings: Readonly<Record<string, RankingTest>>;
  /** Times the model was run. */
  readonly runs: number;
}

export const DELETION_SHARES: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5];

/**
 * Tests rankings of the tiles of one bag, each [n], higher first. All of them are held against the same random orders.
 * Failures: those of `predict`. @throws RangeError for a ranking of another length, or shares that do not grow inside (0, 1)
 */
export async function deletionTest(
  session: Session,
  bag: Bag,
  rankings: Readonly<Record<string, ArrayLike<number>>>,
  options: DeletionOptions,
): Promise<Outcome<DeletionTest>> {
  const { mode = "deletion", shares = DELETION_SHARES, draws = 10, seed = 1, towards } = options;
  checkShares(shares);
  for (const [name, values] of Object.entries(rankings)) checkRanking(name, values, bag.n);
  const whole = await predict(session, bag, options);
  if (!whole.ok) return whole;
  const start = follow(whole.value, towards);
  const counts = shares.map((share) => countOf(share, bag.n));
  let runs = 1;
  const curveOf = async (order: readonly number[]): Promise<Outcome<DeletionCurve>> => {
    const scores: number[] = [];
    for (const [j, count] of counts.entries()) {
      options.signal?.throwIfAborted();
      if (j > 0 && count === counts[j - 1]) {
        scores.push(scores[j - 1] as number);
        continue;
      }
      const kept = mode === "deletion" ? order.slice(count) : order.slice(0, count);
      const part =
        kept.length === 0 ? whole : await predict(session, takeTiles(bag, kept.toSorted(ascending)), options);
      if (!part.ok) return part;
      runs++;
      scores.push(follow(part.value, towards));
    }
    return ok({ scores, area: areaOf(mode, shares, scores, start) });
  };
  const control: DeletionCurve[] = [];
  const places = Array.from({ length: bag.n }, (_, i) => i);
  for (let draw = 0; draw < draws; draw++) {
    const curve = await curveOf(randomStream(seed, "deletion", draw).shuffled(places));
    if (!curve.ok) return curve;
    control.push(curve.value);
  }
  const tested: Record<string, RankingTest> = {};
  for (const [name, values] of Object.entries(rankings)) {
    const curve = await curveOf(places.toSorted((a, b) => (values[b] as number) - (values[a] as number) || a - b));
    if (!curve.ok) return curve;
    tested[name] = judged(curve.value, control, start);
  }
  return ok({ mode, shares, counts, whole: start, control, rankings: tested, runs });
}

/** Weighted sum of the scores a model gives. @throws RangeError for another number of weights */
export function follow({ logits }: Pick<BagPrediction, "logits">, towards: readonly number[]): number {
  if (towards.length === logits.length)
    return logits.reduce((sum, logit, c) => sum + logit * (towards[c] as number), 0);
  throw new RangeError(`expected ${logits.length} weights, one a score, received ${towards.length}`);
}

function judged(curve: DeletionCurve, control: readonly DeletionCurve[], start: number): RankingTest {
  const areas = control.map(({ area }) => area);
  const mean = areas.reduce((sum, area) => sum + area, 0) / Math.max(1, areas.length);
  const all = [curve.area, ...areas];
  const isFlat = Math.max(...all) - Math.min(...all) <= FLAT * Math.max(1, Math.abs(start));
  const beats = areas.filter((area) => curve.area > area).length;
  const verdict = isFlat ? "flat" : beats === areas.length ? "faithful" : beats === 0 ? "misleading" : "chance";
  return { ...curve, advantage: curve.area - mean, verdict };
}

/** Differences of area below this share of the score are rounding. */
const FLAT = 1e-5;

/** Trapezoidal mean from 0 to the last share; deletion begins with no fall, insertion with what the first tiles give. */
function areaOf(mode: DeletionMode, shares: readonly number[], scores: readonly number[], start: number): number {
  const heights = mode === "deletion" ? [0, ...scores.map((score) => start - score)] : [scores[0] as number, ...scores];
  const at = [0, ...shares];
  let area = 0;
  for (let j = 1; j < at.length; j++) {
    area += (((heights[j] as number) + (heights[j - 1] as number)) / 2) * ((at[j] as number) - (at[j - 1] as number));
  }
  return area / (at.at(-1) as number);
}

/** At least one tile, and never all of them where there is more than one. */
function countOf(share: number, n: number): number {
  return Math.min(Math.max(1, n - 1), Math.max(1, Math.round(share * n)));
}

function ascending(a: number, b: number): number {
  return a - b;
}

function checkShares(shares: readonly number[]): void {
  const isGrowing = shares.every((share, j) => share > (shares[j - 1] ?? 0) && share < 1);
  if (shares.length > 0 && isGrowing) return;
  throw new RangeError(`expected growing shares between 0 and 1, received ${shares.join(", ")}`);
}

function checkRanking(name: string, values: ArrayLike<number>, n: number): void {
  if (values.length !== n) throw new RangeError(`expected ${n} values in ranking ${name}, received ${values.length}`);
}

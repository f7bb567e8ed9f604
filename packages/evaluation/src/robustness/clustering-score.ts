/**
 * PathoROB's clustering score: do clusters found without labels follow the biology or the centre? Adjusted Rand index with
 * the classes minus that with the centres, k-means over rows of length one. k is the one of the range with the largest mean
 * silhouette; the score is the mean over trials that differ in their seeds. Departures: k is chosen once,
 * from one start for each k, and above 1,000 rows from a seeded sample of them, so that the choice does not grow with n squared.
 */
import { randomStream } from "@nacre/core";
import { quantile } from "../interval/bootstrap.ts";
import { adjustedRand } from "./adjusted-rand.ts";
import { kMeans } from "./k-means.ts";
import { type Embedded, expectColumns } from "./robustness-index.ts";
import { distances, silhouette } from "./silhouette.ts";
import { indexed, type Rows, rowsOf } from "./unit-rows.ts";

export interface ClusteringOptions {
  /** Range of k, both ends included. Default 2 to 30. */
  readonly clusters?: readonly [least: number, most: number];
  /** Default 50. */
  readonly trials?: number;
  readonly seed?: number;
}

export interface ClusteringScore {
  /** Mean over trials of (classes - centres), -1.5 to 1.5; the range holds 95 % of the trials and says nothing about other data. */
  readonly score: number;
  readonly low: number;
  readonly high: number;
  /** Means over trials of the adjusted Rand index with the classes, and with the centres. */
  readonly classes: number;
  readonly centres: number;
  /** Clusters chosen, and the silhouette of each k tried. */
  readonly k: number;
  readonly silhouettes: readonly { readonly k: number; readonly value: number | null }[];
  readonly trials: number;
}

const MOST_ROWS = 1000;

/** @throws RangeError where lengths do not fit n, the range holds no k below n, or a vector is zero or not finite */
export function clusteringScore(input: Embedded, options: ClusteringOptions = {}): ClusteringScore {
  const { clusters: [least, most] = [2, 30], trials = 50, seed = 0 } = options;
  const rows = rowsOf(input.vectors, input.d);
  expectColumns(rows.n, { classes: input.classes, centres: input.centres });
  if (!(least >= 2 && most >= least && least < rows.n))
    throw new RangeError(`expected a range of k from 2 to below ${rows.n}, received ${least} to ${most}`);
  if (!(Number.isInteger(trials) && trials >= 1))
    throw new RangeError(`expected at least one trial, received ${trials}`);
  const silhouettes = tryEach(rows, [least, most], seed);
  const chosen = silhouettes.reduce((best, s) => ((s.value ?? -2) > (best.value ?? -2) ? s : best));
  const [classes, centres] = [indexed(input.classes), indexed(input.centres)];
  const drawn = Array.from({ length: trials }, (_, t) => {
    const { of } = kMeans(rows, chosen.k, randomStream(seed, "clustering", "trial", t));
    return { classes: adjustedRand(classes, of), centres: adjustedRand(centres, of) };
  });
  const scores = Float64Array.from(drawn, (t) => t.classes - t.centres).sort();
  const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / trials;
  return {
    score: mean(scores),
    low: quantile(scores, 0.025),
    high: quantile(scores, 0.975),
    classes: mean(drawn.map((t) => t.classes)),
    centres: mean(drawn.map((t) => t.centres)),
    k: chosen.k,
    silhouettes,
    trials,
  };
}

function tryEach(rows: Rows, [least, most]: readonly [number, number], seed: number): ClusteringScore["silhouettes"] {
  const some = sampleRows(rows, seed);
  const between = distances(some);
  const top = Math.min(most, some.n - 1);
  return Array.from({ length: top - least + 1 }, (_, i) => {
    const k = least + i;
    const { of } = kMeans(some, k, randomStream(seed, "clustering", "choose", k));
    return { k, value: silhouette(between, of) };
  });
}

function sampleRows(rows: Rows, seed: number): Rows {
  if (rows.n <= MOST_ROWS) return rows;
  const all = Array.from({ length: rows.n }, (_, i) => i);
  const some = randomStream(seed, "clustering", "rows").shuffled(all).slice(0, MOST_ROWS);
  const values = new Float64Array(MOST_ROWS * rows.d);
  some.forEach((row, at) => {
    values.set(rows.values.subarray(row * rows.d, (row + 1) * rows.d), at * rows.d);
  });
  return { values, n: MOST_ROWS, d: rows.d };
}

/**
 * k-nearest neighbours (Fix and Hodges 1951; Cover and Hart 1967): the probability of a class is its share among the k nearest train rows,
 * each counting 1 or 1 / distance (Dudani 1976). Defaults follow the UNI kit: rows centred by the train mean and brought to length 1,
 * k = 20. Equally near rows: the earlier one is the neighbour, so the answer does not depend on a sort. A row at distance 0
 * outweighs every other. Numbers are averaged in the same way.
 */
import { fail, ok } from "@nacre/core";
import { flagOption, integerOption } from "../aggregator/option.ts";
import { checkParts } from "./check-part.ts";
import type { Embeddings } from "./embeddings.ts";
import { fittedProbe } from "./fitted.ts";
import { defineProbe, type ProbeLabels } from "./probe.ts";
import { scalingOf } from "./scale.ts";
import { type Preparation, prepareRows } from "./unit-rows.ts";
import { squaredDistance } from "./vector.ts";

export const knnProbe = defineProbe({
  name: "knn",
  title: "Nearest neighbours",
  paper: "Cover and Hart 1967, Nearest neighbor pattern classification, IEEE Transactions on Information Theory 13",
  kinds: ["classify", "multilabel", "regress"],
  options: {
    neighbours: integerOption(20, { min: 1, max: 10_000 }, "train rows that vote"),
    cosine: flagOption(
      true,
      "compare directions: centre by the train mean and bring rows to length 1; else plain Euclidean distance",
    ),
    centred: flagOption(true, "subtract the train mean before comparing directions"),
    weighted: flagOption(false, "let a neighbour count 1 / distance; else all count alike"),
  },
  fit(train, tune, options) {
    const checked = checkParts(train, tune, {
      kinds: ["classify", "multilabel", "regress"],
      owner: "nearest neighbours",
    });
    if (!checked.ok) return checked;
    const { embeddings, labels } = checked.value.train;
    const { n, d } = embeddings;
    if (options.neighbours > n) {
      return fail("too-few", {
        expected: `at least ${options.neighbours} rows in the train part, as many as there are neighbours to ask`,
        received: String(n),
        remedy: `set neighbours to ${n} or fewer`,
      });
    }
    const preparation: Preparation = {
      centre: options.cosine && options.centred ? scalingOf(embeddings, false).centre : null,
      unit: options.cosine,
    };
    const known = prepareRows(embeddings, preparation);
    const votes = votesOf(labels);
    const k = votes.length / n;
    return ok(
      fittedProbe({ kind: labels.kind, d, k, tried: [], chosen: [] }, (asked: Embeddings) => {
        const rows = prepareRows(asked, preparation);
        const out = new Float64Array(asked.n * k);
        const squares = new Float64Array(n);
        for (let i = 0; i < asked.n; i++) {
          for (let j = 0; j < n; j++) squares[j] = squaredDistance(rows, i * d, known, j * d, d);
          const near = nearest(squares, options.neighbours);
          const weights = weightsOf(near, squares, options);
          poll(out.subarray(i * k, (i + 1) * k), { near, weights, votes });
        }
        return out;
      }),
    );
  },
});

/** Indices of the `count` smallest values, nearest first; of equal values the earlier index. */
export function nearest(values: Float64Array, count: number): number[] {
  const heap: number[] = []; // a sorted list: count is small beside the number of values
  for (let j = 0; j < values.length; j++) {
    const value = values[j] as number;
    if (heap.length === count && !(value < (values[heap[count - 1] as number] as number))) continue;
    let place = heap.length;
    while (place > 0 && value < (values[heap[place - 1] as number] as number)) place--;
    heap.splice(place, 0, j);
    if (heap.length > count) heap.pop();
  }
  return heap;
}

/** Half the squared distance of unit rows is 1 - cosine, the distance that counts where directions are compared. */
function weightsOf(
  near: readonly number[],
  squares: Float64Array,
  { weighted, cosine }: { readonly weighted: boolean; readonly cosine: boolean },
): number[] {
  if (!weighted) return near.map(() => 1);
  const distances = near.map((j) => (cosine ? (squares[j] as number) / 2 : Math.sqrt(squares[j] as number)));
  if (distances.some((distance) => distance === 0)) return distances.map((distance) => (distance === 0 ? 1 : 0));
  return distances.map((distance) => 1 / distance);
}

interface Ballot {
  readonly near: readonly number[];
  readonly weights: readonly number[];
  /** What each train row says, row-major [n, k]. */
  readonly votes: Float64Array;
}

function poll(out: Float64Array, { near, weights, votes }: Ballot): void {
  for (const [m, j] of near.entries()) {
    for (let c = 0; c < out.length; c++)
      out[c] = (out[c] as number) + (weights[m] as number) * (votes[j * out.length + c] as number);
  }
  // Divided last: a class with every vote then has exactly 1.
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let c = 0; c < out.length; c++) out[c] = (out[c] as number) / total;
}

function votesOf(labels: ProbeLabels): Float64Array {
  if (labels.kind === "survive") throw new RangeError("expected labels of a class or a number, received follow-up");
  if (labels.kind !== "classify") return Float64Array.from(labels.label);
  const votes = new Float64Array(labels.label.length * labels.k);
  for (let i = 0; i < labels.label.length; i++) votes[i * labels.k + (labels.label[i] as number)] = 1;
  return votes;
}

/**
 * The population stability index: sum over bins of (share - reference share) ln(share / reference share), bins at the
 * quantiles of the reference. The usual marks (0.1 look, 0.25 act) ignore n: by chance alone it is about (bins - 1)(1/m + 1/n), which
 * for thirty patients is above 0.25. So that expectation and a p stand beside it: the index over (1/m + 1/n) is chi-squared
 * with bins - 1 where nothing changed (Yurdakul 2018). Half a patient is added to every bin, so an empty one stays finite.
 */
import { chiSquaredTail } from "../distribution/tail.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";

export interface StabilityIndex {
  /** The index; n counts the group, not the reference. */
  readonly psi: Estimate;
  /** What chance alone gives on average. */
  readonly expected: number | null;
  /** Chance of as large an index where nothing changed. */
  readonly p: number | null;
  readonly bins: number;
}

/** Fewest reference patients in a bin. */
const LEAST_IN_BIN = 5;

/** Index of a group's scores against a reference. Up to `bins` bins; fewer where the reference is small or tied. */
export function stabilityIndex(reference: ArrayLike<number>, group: ArrayLike<number>, bins = 10): StabilityIndex {
  if (!(Number.isInteger(bins) && bins >= 2)) throw new RangeError(`expected at least 2 bins, received ${bins}`);
  const [m, n] = [reference.length, group.length];
  const most = Math.min(bins, Math.floor(m / LEAST_IN_BIN));
  const method = `population stability index over at most ${bins} bins at quantiles of the reference`;
  const edges = n > 0 && most >= 2 ? quantileEdges(reference, most) : [];
  if (edges.length === 0) {
    const reason =
      n === 0
        ? "no patient in the group"
        : most < 2
          ? `the reference has ${m} patients, fewer than ${2 * LEAST_IN_BIN}`
          : "all scores of the reference are equal";
    return { psi: undefinedEstimate(n, method, reason), expected: null, p: null, bins: 0 };
  }
  const used = edges.length + 1;
  const value = divergence(countIn(reference, edges), countIn(group, edges));
  const scale = 1 / m + 1 / n;
  const reason = "no interval: sampling pushes the index upwards; hold it against the expectation by chance";
  return {
    psi: { value, low: null, high: null, n, method, reason },
    expected: (used - 1) * scale,
    p: chiSquaredTail(value / scale, used - 1),
    bins: used,
  };
}

/** Distinct inner edges; a bin holds its upper edge, and the last edge lies below the largest score. */
function quantileEdges(scores: ArrayLike<number>, bins: number): number[] {
  const sorted = Float64Array.from(scores).sort();
  const edges = new Set<number>();
  for (let b = 1; b < bins; b++) edges.add(sorted[Math.ceil((b * sorted.length) / bins) - 1] as number);
  return [...edges].filter((e) => e < (sorted.at(-1) as number));
}

function countIn(scores: ArrayLike<number>, edges: readonly number[]): Float64Array {
  const counts = new Float64Array(edges.length + 1);
  for (let i = 0; i < scores.length; i++) {
    let b = 0;
    while (b < edges.length && (scores[i] as number) > (edges[b] as number)) b++;
    counts[b] = (counts[b] as number) + 1;
  }
  return counts;
}

function divergence(reference: Float64Array, group: Float64Array): number {
  const share = (counts: Float64Array): Float64Array => {
    const total = counts.reduce((a, b) => a + b, 0) + counts.length / 2;
    return counts.map((c) => (c + 0.5) / total);
  };
  const r = share(reference);
  const g = share(group);
  return r.reduce((sum, e, b) => sum + ((g[b] as number) - e) * Math.log((g[b] as number) / e), 0);
}

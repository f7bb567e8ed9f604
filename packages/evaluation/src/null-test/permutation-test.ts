/**
 * What the metric gives when there is nothing to find: labels are dealt anew to the patients and the metric is taken again.
 * p = (1 + permutations at least as near to perfect as the observed value) / (1 + permutations) (Phipson and Smyth 2010), one-sided,
 * since only being better than chance is a claim. For an AUROC the null range must hold 0.5; if it does not, the code is
 * broken. With `within` labels move only inside a stratum (a site): then p asks for more than the stratum alone can predict.
 */
import { randomStream } from "@nacre/core";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { quantile } from "../interval/bootstrap.ts";
import { type Metric, measure, type Sized } from "../metric/metric.ts";

export interface PermutationOptions<S extends Sized> {
  /** At least 1. The least p is 1 / (1 + permutations). */
  readonly permutations: number;
  readonly seed: number;
  /** Stratum of each patient, [n]; labels stay inside it. Default: one stratum. */
  readonly within?: ArrayLike<number | string>;
  /** A new sample with the outcome of patient i taken from patient order[i]; `order` is used again, so copy what is kept. Default: moves `labels` [n]. */
  readonly relabel?: (sample: S, order: Uint32Array) => S;
}

export interface PermutationTest {
  readonly observed: number | null;
  /** Mean of the metric over the permutations, and the range that holds 95 % of them. */
  readonly null: Estimate;
  /** One-sided; null where the metric is undefined. */
  readonly p: number | null;
  /** Permutations in which the metric was defined. */
  readonly permutations: number;
}

/**
 * Permutes outcomes over patients. Deterministic in the seed.
 * @throws RangeError for fewer than one permutation or strata of another length; TypeError where the sample has no labels [n] and no `relabel` is given
 */
export function permutationTest<S extends Sized>(
  sample: S,
  metric: Metric<S>,
  options: PermutationOptions<S>,
): PermutationTest {
  const { permutations, seed, within, relabel = moveLabels } = options;
  if (!(Number.isInteger(permutations) && permutations >= 1))
    throw new RangeError(`expected at least one permutation, received ${permutations}; 1000 is usual`);
  if (within !== undefined && within.length !== sample.n)
    throw new RangeError(`expected a stratum for each of ${sample.n} patients, received ${within.length}`);
  const method = `${metric.title} with labels permuted over patients${within === undefined ? "" : " within strata"}; range of the middle 95 %`;
  const observed = measure(metric, sample);
  if (observed === null) {
    const prepared = metric.prepare(sample);
    const reason = prepared.kind === "undefined" ? prepared.reason : "undefined for this sample";
    return { observed, null: undefinedEstimate(sample.n, method, reason), p: null, permutations: 0 };
  }
  const deal = dealer(sample.n, within, randomStream(seed, "permutation").below);
  const values: number[] = [];
  const again = permuted(sample, metric, relabel);
  for (let r = 0; r < permutations; r++) {
    const value = again(deal());
    if (value !== null) values.push(value);
  }
  return summary({
    observed,
    values,
    perfect: metric.perfect,
    n: sample.n,
    method: `${method}, ${permutations} permutations`,
  });
}

/** The metric with outcomes in another order; by the metric's own short way where the outcomes are plain labels. */
function permuted<S extends Sized>(
  sample: S,
  metric: Metric<S>,
  relabel: (sample: S, order: Uint32Array) => S,
): (order: Uint32Array) => number | null {
  const labels: unknown = "labels" in sample ? sample.labels : undefined;
  if (metric.relabelled === undefined || relabel !== moveLabels || !(labels instanceof Int32Array)) {
    return (order) => measure(metric, relabel(sample, order));
  }
  const at = metric.relabelled(sample);
  const moved = labels.slice();
  return (order) => {
    for (let i = 0; i < moved.length; i++) moved[i] = labels[order[i] as number] as number;
    return at(moved);
  };
}

interface Drawn {
  readonly observed: number;
  readonly values: readonly number[];
  readonly perfect: number;
  readonly n: number;
  readonly method: string;
}

function summary({ observed, values, perfect, n, method }: Drawn): PermutationTest {
  const made = values.length;
  if (made === 0) {
    const reason = "the metric is undefined in every permutation";
    return { observed, null: undefinedEstimate(n, method, reason), p: null, permutations: 0 };
  }
  const sorted = Float64Array.from(values).sort();
  const mean = values.reduce((a, b) => a + b, 0) / made;
  // Values that differ by rounding alone are equal: the same ranks summed in another order.
  const bar = Math.abs(observed - perfect) + 1e-12;
  const asGood = values.filter((v) => Math.abs(v - perfect) <= bar).length;
  return {
    observed,
    null: { value: mean, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), n, method },
    p: (1 + asGood) / (1 + made),
    permutations: made,
  };
}

/** Deals an order of patients that keeps every stratum in its places. The array is used again by the next deal. */
function dealer(
  n: number,
  within: ArrayLike<number | string> | undefined,
  below: (n: number) => number,
): () => Uint32Array {
  const strata = new Map<number | string, number[]>();
  for (let i = 0; i < n; i++) {
    const stratum = within === undefined ? 0 : (within[i] as number | string);
    const members = strata.get(stratum);
    if (members === undefined) strata.set(stratum, [i]);
    else members.push(i);
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  return () => {
    for (const places of strata.values()) {
      for (let i = places.length - 1; i > 0; i--) {
        const a = places[i] as number;
        const b = places[below(i + 1)] as number;
        const t = order[a] as number;
        order[a] = order[b] as number;
        order[b] = t;
      }
    }
    return order;
  };
}

function moveLabels<S extends Sized>(sample: S, order: Uint32Array): S {
  const labels: unknown = "labels" in sample ? sample.labels : undefined;
  if (!(labels instanceof Int32Array || labels instanceof Float64Array) || labels.length !== sample.n) {
    throw new TypeError(
      `expected a sample with one label for each of ${sample.n} patients, received another; say how outcomes move with relabel`,
    );
  }
  const moved = labels.slice();
  for (let i = 0; i < moved.length; i++) moved[i] = labels[order[i] as number] as number;
  return { ...sample, labels: moved };
}

/**
 * A model as a sample: the same patients in the same order, predicted once for each seed. A metric of such a sample is the mean
 * over seeds of the metric, not the metric of the mean prediction: an ensemble of seeds is another, better model.
 */
import { type Metric, ready, type Sized, undefinedBecause, type Weighted } from "../metric/metric.ts";

export interface ModelSample<S extends Sized> {
  readonly n: number;
  /** One sample for each seed: same patients, same order. */
  readonly seeds: readonly S[];
}

/** @throws RangeError without a seed, or where the seeds disagree about the number of patients */
export function modelSample<S extends Sized>(seeds: readonly S[]): ModelSample<S> {
  const [first] = seeds;
  if (first === undefined) throw new RangeError("expected predictions of at least one seed, received none");
  const other = seeds.find((s) => s.n !== first.n);
  if (other !== undefined) {
    throw new RangeError(`expected ${first.n} patients in every seed, received ${other.n}; align the patients first`);
  }
  return { n: first.n, seeds };
}

/** The mean of a metric over the seeds. Undefined where it is for one of them. */
export function meanOverSeeds<S extends Sized>(metric: Metric<S>): Metric<ModelSample<S>> {
  return {
    name: metric.name,
    title: metric.title,
    perfect: metric.perfect,
    range: metric.range,
    prepare({ seeds }) {
      const parts: Weighted[] = [];
      for (const seed of seeds) {
        const prepared = metric.prepare(seed);
        if (prepared.kind === "undefined") return undefinedBecause(prepared.reason);
        parts.push(prepared.at);
      }
      return ready((weights) => meanOf(parts, weights));
    },
  };
}

function meanOf(parts: readonly Weighted[], weights: Float64Array): number | null {
  let sum = 0;
  for (const part of parts) {
    const value = part(weights);
    if (value === null) return null;
    sum += value;
  }
  return sum / parts.length;
}

/**
 * Weighted kappa of labels and calls (Cohen 1968) for classes in order, lowest first: 1 - sum w_ij O_ij / sum w_ij E_ij, with O the
 * table of labels against calls, E what its margins give by chance, and w = (i - j)^2 (quadratic) or |i - j| (linear).
 * 1 perfect, 0 no better than chance. A model that calls everybody the same grade gets 0. Where all patients have one label kappa is 0
 * whatever is called, so it is undefined with that reason (scikit-learn prints 0).
 */
import { type Metric, type Prepared, ready, undefinedBecause } from "../metric/metric.ts";
import { fewerThanTwoLabels, margins, weightedConfusion } from "../metric/weighted-confusion.ts";
import type { Sample } from "../sample.ts";

export const quadraticKappaMetric: Metric = {
  name: "quadraticKappa",
  title: "kappa with quadratic weights",
  perfect: 1,
  range: [-1, 1],
  prepare: (sample) => prepareKappa(sample, (steps) => steps * steps),
};

export const linearKappaMetric: Metric = {
  name: "linearKappa",
  title: "kappa with linear weights",
  perfect: 1,
  range: [-1, 1],
  prepare: (sample) => prepareKappa(sample, (steps) => steps),
};

function prepareKappa(sample: Sample, cost: (steps: number) => number): Prepared {
  const reason = fewerThanTwoLabels(sample);
  if (reason !== null) return undefinedBecause(reason);
  const { k } = sample;
  const costs = Float64Array.from({ length: k * k }, (_, i) => cost(Math.abs(Math.floor(i / k) - (i % k))));
  const tableAt = weightedConfusion(sample);
  return ready((weights) => kappaOf(tableAt(weights), costs, k));
}

function kappaOf(table: Float64Array, costs: Float64Array, k: number): number | null {
  const { labelled, called, total } = margins(table, k);
  if (labelled.filter((m) => m > 0).length < 2) return null;
  let observed = 0;
  let byChance = 0;
  for (let i = 0; i < costs.length; i++) {
    const cost = costs[i] as number;
    observed += cost * (table[i] as number);
    byChance += cost * (labelled[Math.floor(i / k)] as number) * (called[i % k] as number);
  }
  return 1 - (observed * total) / byChance;
}

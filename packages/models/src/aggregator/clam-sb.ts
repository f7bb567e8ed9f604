/** Clustering-constrained attention with one branch: all scores read one embedding. Implemented from the paper's formulas. */
import { defineAggregator } from "./aggregator.ts";
import { buildClam, CLAM_OPTIONS, CLAM_PAPER, clamWeights } from "./clam.ts";

export const clamSb = defineAggregator({
  name: "clam-sb",
  title: "Clustering-constrained attention, single branch",
  paper: CLAM_PAPER,
  options: CLAM_OPTIONS,
  kinds: ["classify", "ordinal"],
  width: ({ hidden }) => hidden,
  weights: (options, sizes) => clamWeights(options, sizes, 1),
  build: buildClam,
});

/**
 * Clustering-constrained attention with a branch for each class: the score of a class reads the embedding of its own branch alone,
 * and the instance loss of a class ranks the tiles by that branch. Implemented from the paper's formulas.
 */
import { defineAggregator } from "./aggregator.ts";
import { buildClam, CLAM_OPTIONS, CLAM_PAPER, clamWeights } from "./clam.ts";

export const clamMb = defineAggregator({
  name: "clam-mb",
  title: "Clustering-constrained attention, a branch for each class",
  paper: CLAM_PAPER,
  options: CLAM_OPTIONS,
  kinds: ["classify"],
  width: ({ hidden }) => hidden,
  weights: (options, sizes) => clamWeights(options, sizes, sizes.k),
  build: buildClam,
});

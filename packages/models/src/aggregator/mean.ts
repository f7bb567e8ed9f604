/**
 * The mean of the tiles' features with a linear head: the plainest model of a slide, and the baseline that shows how much of
 * a result needs no attention at all (a stain or a scanner moves every tile, and so the mean).
 */
import { countOf, div, expandLike, mean, slice } from "@nacre/graph";
import { defineAggregator } from "./aggregator.ts";

export const meanAggregator = defineAggregator({
  name: "mean",
  title: "Mean of the tiles",
  paper: "Wang, Yan, Tang, Bai and Liu 2018, Revisiting multiple instance neural networks, Pattern Recognition 74",
  options: {},
  width: (_, d) => d,
  weights: () => [],
  build({ tiles }) {
    const column = slice(tiles, { axis: 1, start: 0, end: 1 });
    const shares = expandLike(div(1, countOf(tiles, [0])), column);
    return { instances: tiles, shares, embedding: mean(tiles, { axes: [0], keep: true }) };
  },
});

/**
 * The largest value of each feature over the tiles, with a linear head: the oldest reading of the multiple instance assumption
 * (Dietterich 1997), in the form with an embedding. A feature belongs to the tile that holds its maximum; tiles that tie share it.
 */
import { cast, div, equal, max, sum } from "@nacre/graph";
import { defineAggregator } from "./aggregator.ts";

export const maxAggregator = defineAggregator({
  name: "max",
  title: "Maximum of each feature",
  paper: "Wang, Yan, Tang, Bai and Liu 2018, Revisiting multiple instance neural networks, Pattern Recognition 74",
  options: {},
  width: (_, d) => d,
  weights: () => [],
  build({ tiles }) {
    const embedding = max(tiles, { axes: [0], keep: true });
    const wins = cast(equal(tiles, embedding), "float32");
    const shares = div(wins, sum(wins, { axes: [0], keep: true }));
    return { instances: tiles, shares, embedding };
  },
});

/**
 * How a bag goes through a step, and whether it fits into the memory of one: said before the fit and not by a machine that runs out of it.
 * In one piece where that fits, else in chunks of tiles or block by block where its aggregator allows it. The estimate counts the numbers
 * a tile that the graphs of a step compute, of which about a third is alive at one time (measured for gated attention:
 * docs/methods/fit.md), and what the aggregator says of pairs of tiles.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Tensor } from "@nacre/graph";
import { chunkGraphs } from "./chunk-graph.ts";
import { plain, upstream } from "./cut-graph.ts";
import { layerGraphs } from "./layer-graph.ts";
import { gradientsOf, type ModelDesign, weightInputs } from "./program.ts";
import { lossOf } from "./step-graph.ts";

/** In one piece, a few tiles at a time, or block by block. */
export type Way = "whole" | "chunks" | "layers";

const LIMIT = 2 ** 33;
const ALIVE = 1 / 3;

/** Names of axes as long as the bag, give or take a class token and repeated tiles; or so many times that. */
const TILE_AXIS = /^(?:1\+)?n(?:\+\w+)?(?:\*(\d+))?$/;

/** The bag of a train part with the most tiles. */
export interface LargestBag {
  readonly id: string;
  readonly n: number;
}

/** How the largest bag of a step goes through it. Fails with `bad-study` where it would take more than 8 GB. @param limit bytes */
export function suitsMemory(
  design: ModelDesign,
  { id, n }: LargestBag,
  { maxTiles, chunk }: { readonly maxTiles: number | null; readonly chunk: number },
  limit = LIMIT,
): Outcome<Way> {
  const taken = Math.min(n, maxTiles ?? n);
  if (chunkGraphs(design, false) !== null) return ok(taken > chunk ? "chunks" : "whole");
  const whole = mostTiles(design, "whole", limit);
  if (taken <= whole) return ok("whole");
  const most = layerGraphs(design) === null ? whole : Math.max(whole, mostTiles(design, "layers", limit));
  if (taken <= most) return ok("layers");
  return fail("bad-study", {
    expected: `bags of at most ${most} tiles in one step of ${design.aggregator.name}`,
    received: `${taken} tiles in ${id}`,
    remedy: `set fit.maxTiles to ${most} or fewer: another choice of tiles in every epoch`,
  });
}

/** How many tiles fit into a step, one at least. @param limit bytes */
export function mostTiles(design: ModelDesign, way: "whole" | "layers", limit = LIMIT): number {
  const tile = bytesOfTile(design, way);
  const pairs = (n: number): number =>
    design.aggregator.pairs?.(design.options, n)[way === "whole" ? "whole" : "block"] ?? 0;
  const fits = (n: number): boolean => tile * n + 4 * pairs(n) <= limit;
  let [low, high] = [1, Math.max(2, Math.ceil(limit / tile) + 1)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Bytes that a tile takes while its bag goes through a step, about. @throws RangeError for layers where the aggregator has none */
export function bytesOfTile(design: ModelDesign, way: "whole" | "layers" = "whole"): number {
  const numbers = way === "whole" ? ofWhole(design) : ofLayers(design);
  return 4 * (design.d + numbers);
}

function ofWhole(design: ModelDesign): number {
  const weights = weightInputs(design);
  const slopes = gradientsOf(lossOf(design, weights).loss, weights);
  return ALIVE * numbersOf(upstream([...slopes.values()]));
}

/** What is kept of all blocks, and the largest of those worked on. */
function ofLayers(design: ModelDesign): number {
  const graphs = layerGraphs(design);
  if (graphs === null) throw new RangeError(`expected an aggregator of blocks, received ${design.aggregator.name}`);
  const pieces = graphs.down.map(({ outputs, below }) => {
    const ends = new Set(below.map((state) => plain(state).node));
    return numbersOf(upstream(Object.values(outputs), ({ node }) => ends.has(node)));
  });
  const kept = graphs.states.reduce((sum, { shape }) => sum + Number(shape[1]), 0);
  return kept + ALIVE * Math.max(...pieces);
}

/** Numbers a tile among the values that nodes read. */
function numbersOf(nodes: ReadonlySet<Tensor["node"]>): number {
  const widths = new Map<Tensor["node"], number>();
  for (const node of nodes) {
    for (const { node: from, shape } of node.inputs.map(plain)) {
      const [rows, width] = shape;
      if (from.kind !== "operator" || from.op === "Reshape" || typeof width !== "number" || shape.length > 2) continue;
      const axis = TILE_AXIS.exec(String(rows));
      if (axis !== null) widths.set(from, width * Number(axis[1] ?? 1));
    }
  }
  return [...widths.values()].reduce((sum, each) => sum + each, 0);
}

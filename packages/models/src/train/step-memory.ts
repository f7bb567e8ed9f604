/**
 * Whether a bag fits into the memory of one step, said before the fit and not by a machine that runs out of it. A bag whose
 * aggregator allows chunks always does. The estimate counts the numbers a tile that the graph of a step computes, of which about a
 * third is alive at one time (measured for gated attention: docs/methods/fit.md), and what the aggregator says of pairs of tiles.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Tensor } from "@nacre/graph";
import { chunkGraphs } from "./chunk-graph.ts";
import { plain, upstream } from "./cut-graph.ts";
import { gradientsOf, type ModelDesign, weightInputs } from "./program.ts";
import { lossOf } from "./step-graph.ts";

const LIMIT = 2 ** 33;
const ALIVE = 1 / 3;

/** Names of axes as long as the bag, give or take a class token and repeated tiles; or so many times that. */
const TILE_AXIS = /^(?:1\+)?n(?:\+\w+)?(?:\*(\d+))?$/;

/** The bag of a train part with the most tiles. */
export interface LargestBag {
  readonly id: string;
  readonly n: number;
}

/** Fails with `bad-study` where the largest bag of a step would take more than 8 GB. @param limit bytes */
export function suitsMemory(
  design: ModelDesign,
  { id, n }: LargestBag,
  { maxTiles, chunk }: { readonly maxTiles: number | null; readonly chunk: number },
  limit = LIMIT,
): Outcome<null> {
  const taken = Math.min(n, maxTiles ?? n);
  if (taken <= chunk) return ok(null);
  const most = mostTiles(bytesOfTile(design), 4 * (design.aggregator.pairs?.(design.options) ?? 0), limit);
  if (taken <= most || chunkGraphs(design, false) !== null) return ok(null);
  return fail("bad-study", {
    expected: `bags of at most ${most} tiles in one step of ${design.aggregator.name}`,
    received: `${taken} tiles in ${id}`,
    remedy: `set fit.maxTiles to ${most} or fewer: another choice of tiles in every epoch`,
  });
}

/** How many tiles fit: the whole number n at or below the root of tile n + pair n² = limit. */
function mostTiles(tile: number, pair: number, limit: number): number {
  return Math.floor((2 * limit) / (tile + Math.sqrt(tile ** 2 + 4 * pair * limit)));
}

/** Bytes that a tile takes while its bag goes through a step, about. */
export function bytesOfTile(design: ModelDesign): number {
  const weights = weightInputs(design);
  const slopes = gradientsOf(lossOf(design, weights).loss, weights);
  const widths = new Map<Tensor["node"], number>();
  for (const node of upstream([...slopes.values()])) {
    for (const { node: from, shape } of node.inputs.map(plain)) {
      const [rows, width] = shape;
      if (from.kind !== "operator" || from.op === "Reshape" || typeof width !== "number" || shape.length > 2) continue;
      const axis = TILE_AXIS.exec(String(rows));
      if (axis !== null) widths.set(from, width * Number(axis[1] ?? 1));
    }
  }
  const width = design.d + ALIVE * [...widths.values()].reduce((sum, each) => sum + each, 0);
  return 4 * width;
}

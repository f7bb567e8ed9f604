/**
 * A bag in chunks: the graphs by which tiles can be worked through a few at a time, with the gradients of the whole.
 *
 *   for each chunk    the logits of attention l and the instances h of its tiles; top t = max l, total e = sum exp(l - t), and
 *                     pooled p = sum exp(l - t) h
 *   once              all tops and totals joined (the usual shift of a sum of exponentials): attention of the whole bag, its
 *                     pooled instances P, the loss and its slope by P
 *   for each chunk    attention a = exp(l - t) / e, slope of h: a dP, slope of l: a (h . dP - P . dP), and from these the
 *                     gradients of the weights, added up
 *
 * What the way back needs of the way there is either kept (a few numbers a tile) or computed again. An aggregator is not asked
 * whether this can be done: its graph is searched for instances pooled by a softmax over the tiles beside which nothing else
 * sees the tiles. A further loss may see the tiles of highest and lowest attention: those are then a small bag of their own.
 */
import {
  div,
  encodeModel,
  exp,
  gemm,
  gradientSums,
  gradients,
  input,
  max,
  mul,
  reshape,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { fedWith, learnable, plain, seededBy, upstream } from "./cut-graph.ts";
import { keptTensors } from "./kept-tensors.ts";
import { type MaskSpec, type ModelDesign, weightInputs } from "./program.ts";
import { lossOf } from "./step-graph.ts";

/** A number of each tile that the way there leaves for the way back. */
export interface KeptSpec {
  readonly name: string;
  readonly width: number;
}

export interface ChunkGraphs {
  readonly masks: readonly MaskSpec[];
  /** Branches of attention b, and width h of what is pooled. */
  readonly sizes: { readonly branches: number; readonly width: number };
  readonly kept: readonly KeptSpec[];
  /** A further loss that sees so many tiles of each end of the attention: these tiles as a bag in, sums with `.next` and `loss` out. */
  readonly ends: { readonly count: number; onnx(): Uint8Array } | null;
  /** Tiles and weights in; `chunk.top` [1, b], `chunk.total` [1, b], `chunk.pooled` [b, h] and what is kept out. */
  there(): Uint8Array;
  /** `pooled`, `target` (and `slopes`) in; `slope` [b, h], sums of the weights above with `.next`, and `loss` where there is one. */
  above(): Uint8Array;
  /** `pooled` in, `scores` [1, k] out. */
  scores(): Uint8Array;
  /** Tiles, what was kept, `pooled`, `top`, `total`, `slope`, weights and sums in; sums of the weights below with `.next` out. */
  back(): Uint8Array;
}

/** Prefix of the names of what is kept. */
const KEPT = "kept.";

/** Attention logits, which say where the ends of a bag are. */
export const LOGITS = "chunk.logits";

/** The graphs, or null where the aggregator does not allow it. With `keeps` nothing costly is computed twice. */
export function chunkGraphs(design: ModelDesign, keeps: boolean): ChunkGraphs | null {
  const weights = weightInputs(design);
  const bag = lossOf(design, weights);
  const { scores, masks, further } = bag;
  const ends = further === null ? null : bag.ends;
  const [loss, own] = ends === null ? [bag.loss, bag.own] : [bag.task, bag.ownTask];
  const found = findPooling(loss);
  if (found === null) return null;
  const { pooled, logits, instances } = found;
  const isPooled = (x: Tensor): boolean => x.node === pooled.node;
  const names = [...weights.keys()];
  const isIn = (nodes: ReadonlySet<Tensor["node"]>) => (name: string) => nodes.has((weights.get(name) as Tensor).node);
  const upper = names.filter(isIn(learnable([loss], isPooled)));
  const lower = names.filter(isIn(learnable([logits, instances])));
  if (upper.some((name) => lower.includes(name)) || seesTiles(upstream([loss], isPooled))) return null;
  const [branches, width] = pooled.shape.map(Number) as [number, number];
  const slopesOf = (scalar: Tensor, wanted: readonly string[]): Readonly<Record<string, Tensor>> => {
    const own = wanted.map((name) => weights.get(name) as Tensor);
    const slopes = gradients(scalar, own);
    const trained = wanted.map((name, i) => ({ name, weight: own[i] as Tensor, gradient: slopes[i] as Tensor }));
    return gradientSums(trained).outputs;
  };
  const endsGraph = (further: Tensor): Uint8Array => {
    const seen = names.filter(isIn(learnable([further])));
    return encodeModel({ outputs: { ...slopesOf(further, seen), loss: further }, name: "ends" });
  };
  const way = wayBack(found, [branches, width]);
  const sums = slopesOf(way, lower);
  const kept = keeps ? keptTensors(Object.values(sums), upstream([logits, instances])) : [];
  const keptNames = Object.fromEntries(kept.map((tensor, i) => [`${KEPT}${i}`, tensor]));
  const noted = ends === null ? {} : { [LOGITS]: logits };
  return {
    masks,
    sizes: { branches, width },
    kept: Object.entries({ ...keptNames, ...noted }).map(([name, { shape }]) => ({ name, width: shape[1] as number })),
    ends: ends === null || further === null ? null : { count: ends, onnx: () => endsGraph(further) },
    there: () => encodeModel({ outputs: { ...chunkTotals(found), ...keptNames, ...noted }, name: "there" }),
    above() {
      const [slope] = gradients(loss, [pooled]) as [Tensor];
      const outputs = { ...slopesOf(loss, upper), slope, ...(own === null ? {} : { loss: own }) };
      return encodeModel({ outputs: fedWith(outputs, { pooled }), name: "above" });
    },
    scores: () => encodeModel({ outputs: fedWith({ scores }, { pooled }), name: "scores" }),
    back: () => encodeModel({ outputs: fedWith(sums, keptNames), name: "back" }),
  };
}

interface Pooling {
  /** [b, h] */
  readonly pooled: Tensor;
  /** [n, b] */
  readonly logits: Tensor;
  /** [n, h] */
  readonly instances: Tensor;
}

/** The one place where instances are summed by a softmax over the tiles. */
function findPooling(loss: Tensor): Pooling | null {
  const nodes = upstream([loss]);
  const read = new Set([...nodes].flatMap((node) => node.inputs.map(plain)));
  const found: Pooling[] = [];
  for (const pooled of read) {
    const { node } = pooled;
    if (node.kind !== "operator" || node.op !== "Gemm" || node.attributes.transA !== 1) continue;
    const [shares, instances, third] = node.inputs as [Tensor, Tensor, Tensor | undefined];
    const { node: from } = plain(shares);
    const isAttention = from.kind === "operator" && from.op === "Softmax" && from.attributes.axis === 0;
    if (!isAttention || third !== undefined || node.attributes.transB === 1 || instances.shape[0] !== "n") continue;
    found.push({ pooled, instances, logits: from.inputs[0] as Tensor });
  }
  return found.length === 1 ? (found[0] as Pooling) : null;
}

/** Whether any value among nodes has as many rows as there are tiles. */
function seesTiles(nodes: ReadonlySet<Tensor["node"]>): boolean {
  return [...nodes].some((node) => node.kind === "input" && node.shape.includes("n"));
}

function chunkTotals({ logits, instances }: Pooling): Record<string, Tensor> {
  const top = max(logits, { axes: [0], keep: true });
  const powers = exp(sub(logits, top));
  return {
    "chunk.top": top,
    "chunk.total": sum(powers, { axes: [0], keep: true }),
    "chunk.pooled": gemm(powers, instances, { transA: true }),
  };
}

/** A scalar whose gradients are those of the loss by whatever the logits and instances of a chunk are made of. */
function wayBack({ logits, instances }: Pooling, sizes: readonly [number, number]): Tensor {
  const [pooled, slope] = [input("pooled", sizes), input("slope", sizes)];
  const [top, total] = [input("top", [1, sizes[0]]), input("total", [1, sizes[0]])];
  const [l, h] = [stopGradient(logits), stopGradient(instances)];
  const shares = div(exp(sub(l, top)), total);
  const level = reshape(sum(mul(pooled, slope), { axes: [1], keep: true }), [1, sizes[0]]);
  const ofLogits = mul(shares, sub(gemm(h, slope, { transB: true }), level));
  return seededBy([instances, logits], [gemm(shares, slope), ofLogits]);
}

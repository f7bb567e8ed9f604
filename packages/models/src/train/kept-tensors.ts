/**
 * What to keep of a way there for the way back: of the values that the way back reads, those that cost a product or a function to
 * compute again. What is only added, scaled or masked from kept values is computed again.
 */
import type { Tensor } from "@nacre/graph";
import { plain, TensorMap, upstream } from "./cut-graph.ts";

type Node = Tensor["node"];

/** Cheap enough to be done twice. */
const PASSES: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div", "Neg", "Cast", "HardSigmoid", "Squeeze"]);

/** Tensors [n, w] of float32 among `there` that `back` is to be handed. */
export function keptTensors(back: readonly Tensor[], there: ReadonlySet<Node>): Tensor[] {
  const read = new TensorMap<Tensor>();
  const all: Tensor[] = [];
  for (const node of upstream(back, (x) => there.has(x.node))) {
    for (const tensor of node.inputs.map(plain)) {
      if (!there.has(tensor.node) || read.get(tensor) !== undefined || !isOfTiles(tensor)) continue;
      read.set(tensor, tensor);
      all.push(tensor);
    }
  }
  const isCostly = (x: Tensor): boolean => x.node.kind === "operator" && !PASSES.has(x.node.op);
  const kept = new TensorMap<Tensor>();
  const chosen = all.filter(isCostly);
  for (const tensor of chosen) kept.set(tensor, tensor);
  const isAtHand = (x: Tensor): boolean => {
    const { node } = plain(x);
    if (node.kind !== "operator" || kept.get(x) !== undefined || !isOfTiles(plain(x))) return true;
    return !isCostly(plain(x)) && node.inputs.every(isAtHand);
  };
  return [...chosen, ...all.filter((x) => !isCostly(x) && !isAtHand(x))];
}

/** Whether a tensor is computed, and has a row of numbers for each tile. */
function isOfTiles({ node, shape, dtype }: Tensor): boolean {
  return node.kind === "operator" && dtype === "float32" && shape.length === 2 && shape[0] === "n";
}

/** The order in which reachable nodes can be computed: inputs before what uses them. Iterative, so depth is no limit. */
import type { Node, Tensor } from "./tensor.ts";

/** Nodes reachable from `outputs`, each after all of its inputs, in the order in which they are first met. */
export function topologicalOrder(outputs: readonly Tensor[], inputsOf: (node: Node) => readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const met = new Set<Node>();
  for (const output of outputs) {
    if (met.has(output.node)) continue;
    met.add(output.node);
    const stack = [{ node: output.node, inputs: inputsOf(output.node), next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.inputs[top.next++]?.node;
      if (child === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!met.has(child)) {
        met.add(child);
        stack.push({ node: child, inputs: inputsOf(child), next: 0 });
      }
    }
  }
  return order;
}

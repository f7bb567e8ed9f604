/**
 * Reverse-mode differentiation: the gradient of a scalar with respect to any tensors, as more nodes.
 * The nodes between the two are visited once, last first; each hands its gradient to its inputs through its pullbacks.
 * Where a tensor is used several times the gradients are added, each in a pass of its own: summing inside a matrix product
 * (the third operand of Gemm) looks cheaper, but the runtime first copies that operand on a single thread, and a step on
 * two threads came out 2 to 5 % slower.
 */

import { add } from "./op/elementwise.ts";
import { topologicalOrder } from "./order.ts";
import { knownSize, sameShape } from "./shape.ts";
import { type AliasNode, constant, type Node, type OperatorNode, shapeText, type Tensor } from "./tensor.ts";

/**
 * Gradients of `loss` with respect to each of `wrt` (inputs, parameters, or tensors in between), in their shapes.
 * @throws RangeError when the loss is not a single number or does not depend on one of them
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (knownSize(loss.shape) !== 1) {
    throw new RangeError(
      `expected a loss of one number, received shape ${shapeText(loss.shape)}; take its mean or sum`,
    );
  }
  const order = topologicalOrder([loss], (node) => node.inputs);
  const wanted = new Set(wrt);
  const leading = nodesLeadingTo(wanted, order);
  const found = new Map<Tensor, Tensor>();
  found.set(loss, constant(new Array(1).fill(1), loss.shape, loss.dtype));
  const outputs = firstOutputs(order, loss);
  for (const node of order.reverse()) {
    if (node.kind !== "operator" && node.kind !== "alias") continue;
    if (!leading.has(node)) continue;
    const y = outputs.get(node);
    const g = y && found.get(y);
    if (g !== undefined && y !== undefined) pull(node, y, g, found, (x) => wanted.has(x) || leading.has(x.node));
  }
  return wrt.map((x, i) => {
    const g = found.get(x);
    if (g !== undefined) return g;
    const name = x.node.kind === "input" ? x.node.name : `number ${i}`;
    throw new RangeError(
      `expected a loss that depends on ${name}, received one that does not; leave it out of the list`,
    );
  });
}

/** Hands the gradient `g` of the output `y` to the inputs of its node. */
function pull(
  node: OperatorNode | AliasNode,
  y: Tensor,
  g: Tensor,
  found: Map<Tensor, Tensor>,
  isNeeded: (x: Tensor) => boolean,
): void {
  node.inputs.forEach((x, i) => {
    const pullback = node.pullbacks[i];
    if (!pullback || !isNeeded(x)) return;
    const part = pullback(g, y);
    if (!sameShape(part.shape, x.shape)) {
      const name = node.kind === "operator" ? node.op : "alias";
      throw new RangeError(
        `expected a gradient of shape ${shapeText(x.shape)} from ${name}, received ${shapeText(part.shape)}`,
      );
    }
    const before = found.get(x);
    found.set(x, before === undefined ? part : add(before, part));
  });
}

/** Nodes through which a gradient can reach a wanted tensor. */
function nodesLeadingTo(wanted: ReadonlySet<Tensor>, order: readonly Node[]): Set<Node> {
  const leading = new Set<Node>();
  for (const node of order) {
    if (node.kind !== "operator" && node.kind !== "alias") continue;
    const leads = node.inputs.some((x, i) => node.pullbacks[i] && (wanted.has(x) || leading.has(x.node)));
    if (leads) leading.add(node);
  }
  return leading;
}

/** The output of each node through which gradients arrive. */
function firstOutputs(order: readonly Node[], loss: Tensor): Map<Node, Tensor> {
  const outputs = new Map<Node, Tensor>();
  for (const x of [loss, ...order.flatMap((node) => node.inputs)]) if (x.output === 0) outputs.set(x.node, x);
  return outputs;
}

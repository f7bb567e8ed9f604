/**
 * A computation cut in two: some of its values are handed in instead of being computed, so that one graph can be run as several.
 * Gradients are taken before the cut; what comes out of it is only good for encoding.
 */
import { input, type Tensor } from "@nacre/graph";

type Node = Tensor["node"];

/** Tensors by what they are, looked up through the names that aliases give them. */
export class TensorMap<T> {
  readonly #byNode = new Map<Node, Map<number, T>>();

  set(tensor: Tensor, value: T): void {
    const { node, output } = plain(tensor);
    const outputs = this.#byNode.get(node) ?? new Map<number, T>();
    this.#byNode.set(node, outputs.set(output, value));
  }

  get(tensor: Tensor): T | undefined {
    const { node, output } = plain(tensor);
    return this.#byNode.get(node)?.get(output);
  }
}

/** The tensor behind aliases. */
export function plain(tensor: Tensor): Tensor {
  let found = tensor;
  while (found.node.kind === "alias") found = found.node.inputs[0];
  return found;
}

/** Every node that a value is computed from, its own first; `isEnd` says where to look no further. */
export function upstream(values: readonly Tensor[], isEnd: (tensor: Tensor) => boolean = () => false): Set<Node> {
  const found = new Set<Node>();
  const waiting = values.map(plain);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isEnd(next) || found.has(next.node)) continue;
    found.add(next.node);
    waiting.push(...next.node.inputs.map(plain));
  }
  return found;
}

/** Every node that a gradient of these values can reach; `isEnd` says where to look no further. */
export function learnable(values: readonly Tensor[], isEnd: (tensor: Tensor) => boolean = () => false): Set<Node> {
  const found = new Set<Node>();
  const waiting = [...values];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    if (isEnd(next) || found.has(node)) continue;
    found.add(node);
    if (node.kind === "operator" || node.kind === "alias") {
      waiting.push(...node.inputs.filter((_, i) => (node.pullbacks[i] ?? null) !== null));
    }
  }
  return found;
}

/** The same outputs, with every tensor that `given` knows read from an input of that name and of the tensor's shape. */
export function fedWith(
  outputs: Readonly<Record<string, Tensor>>,
  given: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const known = new TensorMap<Tensor>();
  for (const [name, tensor] of Object.entries(given)) known.set(tensor, input(name, tensor.shape, tensor.dtype));
  return computedFrom(outputs, (tensor) => known.get(tensor));
}

/** The same outputs, computed from other tensors wherever `other` answers one. */
export function computedFrom(
  outputs: Readonly<Record<string, Tensor>>,
  other: (tensor: Tensor) => Tensor | undefined,
): Record<string, Tensor> {
  const copies = new Map<Node, Node>();
  const copyNode = (node: Node): Node => {
    if (node.kind !== "operator") return node;
    const found = copies.get(node) ?? { ...node, inputs: node.inputs.map(copy), pullbacks: [] };
    copies.set(node, found);
    return found;
  };
  const copy = (tensor: Tensor): Tensor => {
    const { node, output } = plain(tensor);
    return other(tensor) ?? { ...tensor, node: copyNode(node), output };
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, copy(tensor)]));
}

/** A scalar whose gradients by `values` are `slopes`: the way back through a graph begins there, whatever lies above. */
export function seededBy(values: readonly Tensor[], slopes: readonly Tensor[]): Tensor {
  const start = input("seed", []);
  const pullbacks = [null, ...slopes.map((slope) => () => slope)];
  return { node: { kind: "alias", inputs: [start, ...values], pullbacks }, output: 0, shape: [], dtype: "float32" };
}

/**
 * The straight list of steps that a set of outputs needs: aliases looked through, equal nodes and equal constants merged,
 * names given. Two nodes are equal where operator, attributes and (merged) inputs are; two constants where type, shape and
 * bytes are, compared byte by byte, so that large weights are never turned into text.
 */
import { topologicalOrder } from "../order.ts";
import type { ConstantNode, InputNode, Node, OperatorNode, Tensor } from "../tensor.ts";

export interface Step {
  readonly op: string;
  readonly attributes: OperatorNode["attributes"];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Program {
  readonly inputs: readonly InputNode[];
  readonly constants: readonly { readonly name: string; readonly node: ConstantNode }[];
  readonly steps: readonly Step[];
  readonly outputs: readonly { readonly name: string; readonly tensor: Tensor }[];
}

/** @throws RangeError where two different inputs, or an input and an output, have one name */
export function programOf(outputs: Readonly<Record<string, Tensor>>): Program {
  const named = Object.entries(outputs).map(([name, tensor]) => ({ name, tensor }));
  const roots = named.map(({ tensor }) => tensor);
  const order = topologicalOrder(roots, (node) => (node.kind === "alias" ? [node.inputs[0]] : node.inputs));
  const { merged, inputs, constants, operators } = merge(order);
  const source = (x: Tensor): string => key(merged, resolve(x));
  const names = new Map<string, string>();
  const fresh = freshNames(new Set([...inputs.map((n) => n.name), ...named.map((o) => o.name)]));
  for (const node of inputs) names.set(key(merged, { node, output: 0 }), node.name);
  for (const node of constants) names.set(key(merged, { node, output: 0 }), fresh("constant"));
  const copies = nameOutputs(named, names, source);
  for (const node of operators) {
    for (let output = 0; output < node.outputCount; output++) {
      const at = key(merged, { node, output });
      if (!names.has(at)) names.set(at, fresh(node.op));
    }
  }
  const nameOf = (x: Tensor): string => names.get(source(x)) as string;
  const outputNames = (node: OperatorNode): string[] =>
    Array.from({ length: node.outputCount }, (_, output) => names.get(key(merged, { node, output })) as string);
  const steps = operators.map((node) => ({
    op: node.op,
    attributes: node.attributes,
    inputs: node.inputs.map(nameOf),
    outputs: outputNames(node),
  }));
  const identities = copies.map(({ name, tensor }) => ({
    op: "Identity",
    attributes: {},
    inputs: [nameOf(tensor)],
    outputs: [name],
  }));
  return {
    inputs,
    constants: constants.map((node) => ({ name: names.get(key(merged, { node, output: 0 })) as string, node })),
    steps: [...steps, ...identities],
    outputs: named,
  };
}

/** Lets outputs name the tensors they are; returns those which need a copy: inputs, constants, and second names. */
function nameOutputs(
  named: Program["outputs"],
  names: Map<string, string>,
  source: (x: Tensor) => string,
): Program["outputs"] {
  const taken = new Set(names.values());
  return named.filter(({ name, tensor }) => {
    if (taken.has(name)) throw new RangeError(`expected a name for an output that no input has, received "${name}"`);
    const at = source(tensor);
    if (names.has(at)) return true;
    names.set(at, name);
    return false;
  });
}

interface Merged {
  /** Number of the node that stands for each node. */
  readonly merged: ReadonlyMap<Node, number>;
  readonly inputs: InputNode[];
  readonly constants: ConstantNode[];
  readonly operators: OperatorNode[];
}

function merge(order: readonly Node[]): Merged {
  const merged = new Map<Node, number>();
  const inputs: InputNode[] = [];
  const constants: ConstantNode[] = [];
  const operators: OperatorNode[] = [];
  const inputNames = new Set<string>();
  const alike = new Map<string, ConstantNode[]>();
  const known = new Map<string, number>();
  order.forEach((node, number) => {
    if (node.kind === "input") {
      if (inputNames.has(node.name)) {
        throw new RangeError(`expected one input called "${node.name}", received two; make it once and use it twice`);
      }
      inputNames.add(node.name);
      inputs.push(node);
      merged.set(node, number);
    } else if (node.kind === "constant") {
      const bucket = alike.get(`${node.dtype} ${node.shape}`) ?? [];
      alike.set(`${node.dtype} ${node.shape}`, bucket);
      const same = bucket.find((other) => sameBytes(other.values, node.values));
      if (same === undefined) {
        bucket.push(node);
        constants.push(node);
      }
      merged.set(node, same === undefined ? number : (merged.get(same) as number));
    } else if (node.kind === "operator") {
      const from = node.inputs.map((x) => key(merged, resolve(x)));
      const text = JSON.stringify([node.op, node.outputCount, from, Object.entries(node.attributes).sort()]);
      const same = known.get(text);
      if (same === undefined) {
        known.set(text, number);
        operators.push(node);
      }
      merged.set(node, same ?? number);
    }
  });
  return { merged, inputs, constants, operators };
}

/** The tensor behind aliases. */
function resolve(x: Tensor): Tensor {
  let t = x;
  while (t.node.kind === "alias") t = t.node.inputs[0];
  return t;
}

function key(merged: ReadonlyMap<Node, number>, { node, output }: { node: Node; output: number }): string {
  return `${merged.get(node)}:${output}`;
}

function sameBytes(a: ConstantNode["values"], b: ConstantNode["values"]): boolean {
  if (a === b) return true;
  const p = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const q = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  return p.length === q.length && p.every((v, i) => v === q[i]);
}

/** Names "Op_0", "Op_1", ... counted together, skipping those already in use. */
function freshNames(used: ReadonlySet<string>): (op: string) => string {
  let count = 0;
  return (op) => {
    let name = `${op}_${count++}`;
    while (used.has(name)) name = `${op}_${count++}`;
    return name;
  };
}

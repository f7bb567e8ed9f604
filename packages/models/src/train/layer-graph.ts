/**
 * A bag in blocks: the graphs by which the blocks of a deep aggregator can be worked through one at a time, with the gradients of the
 * whole (Chen et al. 2016, Training deep nets with sublinear memory cost; one state kept a block, each block computed twice).
 *
 *   up      for each block what enters the next one; only that is kept
 *   top     the last block, scores and loss; the slope of the loss by what enters that block
 *   down    for each block, the last first: the block again, the slope by what enters it, and the gradients of its weights
 *
 * An aggregator only says what enters its blocks (`Scope.block`). Whether they can be worked through apart is found in the graph:
 * every weight is learned in one block alone, and no block learns of what lies below but through what enters it.
 */
import { encodeModel, gradientSums, gradients, input, type Tensor } from "@nacre/graph";
import { fedWith, learnable, seededBy } from "./cut-graph.ts";
import { type MaskSpec, type ModelDesign, weightInputs } from "./program.ts";
import { lossOf } from "./step-graph.ts";

export interface LayerGraphs {
  readonly masks: readonly MaskSpec[];
  /** From the tiles up, the block at the top left out. */
  readonly blocks: readonly BlockGraphs[];
  /** All states in; `slope` of the last one, sums of the weights above with `.next`, and `loss` where there is one, out. */
  top(): Uint8Array;
  /** All states in, `scores` [1, k] out. */
  scores(): Uint8Array;
  /** What each graph of the way down computes, and where it ends; for those who count. */
  readonly down: readonly Piece[];
  /** What is kept. */
  readonly states: readonly Tensor[];
}

/** States below, a bag and weights in. */
export interface BlockGraphs {
  /** Name of the state that leaves the block. */
  readonly state: string;
  /** That state out. */
  up(): Uint8Array;
  /** `above`, the slope of that state, in; `slope` of the state below (the lowest block has none) and sums of the weights with `.next` out. */
  down(): Uint8Array;
}

export interface Piece {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** States that are handed in. */
  readonly below: readonly Tensor[];
}

/** The graphs, or null where the aggregator has no blocks that can be worked through apart. */
export function layerGraphs(design: ModelDesign): LayerGraphs | null {
  const weights = weightInputs(design);
  const { loss, own, scores, masks, blocks: states } = lossOf(design, weights);
  const cuts = states.length === 0 ? null : cutsOf([...states, loss], weights);
  if (cuts === null) return null;
  const known = (at: number): Record<string, Tensor> =>
    Object.fromEntries(states.slice(0, at).map((state, i) => [nameOf(i), state]));
  const encode = (name: string, outputs: Readonly<Record<string, Tensor>>, at: number): Uint8Array =>
    encodeModel({ outputs: fedWith(outputs, known(at)), name });
  const down = cuts.map((names, at): Piece => {
    const to = states[at];
    const scalar = to === undefined ? loss : seededBy([to], [input("above", to.shape)]);
    const outputs = slopesOf(scalar, names, weights, states[at - 1] ?? null);
    return {
      outputs: to === undefined && own !== null ? { ...outputs, loss: own } : outputs,
      below: states.slice(0, at),
    };
  });
  const encodeDown = (at: number): Uint8Array => encode("down", down[at]?.outputs ?? {}, at);
  return {
    masks,
    states,
    down,
    blocks: states.map((state, at) => ({
      state: nameOf(at),
      up: () => encode("up", { [nameOf(at)]: state }, at),
      down: () => encodeDown(at),
    })),
    top: () => encodeDown(states.length),
    scores: () => encode("scores", { scores }, states.length),
  };
}

function nameOf(at: number): string {
  return `state.${at}`;
}

/** Names of the weights that are learned between each end and the one below; null where they cannot be told apart. */
function cutsOf(ends: readonly Tensor[], weights: ReadonlyMap<string, Tensor>): string[][] | null {
  const cuts: string[][] = [];
  for (const [at, end] of ends.entries()) {
    const from = ends[at - 1]?.node;
    let isMet = from === undefined;
    const seen = learnable([end], (x) => {
      isMet ||= x.node === from;
      return x.node === from;
    });
    if (!isMet || ends.slice(0, Math.max(0, at - 1)).some(({ node }) => seen.has(node))) return null;
    cuts.push([...weights].filter(([, { node }]) => seen.has(node)).map(([name]) => name));
  }
  const all = cuts.flat();
  return new Set(all).size === all.length ? cuts : null;
}

/** Running sums of the gradients of some weights, and the slope of a state where one is asked for. */
function slopesOf(
  scalar: Tensor,
  names: readonly string[],
  weights: ReadonlyMap<string, Tensor>,
  state: Tensor | null,
): Record<string, Tensor> {
  const own = names.map((name) => weights.get(name) as Tensor);
  const found = gradients(scalar, state === null ? own : [...own, state]);
  const trained = names.map((name, i) => ({ name, weight: own[i] as Tensor, gradient: found[i] as Tensor }));
  const { outputs } = gradientSums(trained);
  return state === null ? { ...outputs } : { ...outputs, slope: found[names.length] as Tensor };
}

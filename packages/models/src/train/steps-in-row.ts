/**
 * Several steps of one small bag each, one after the other in one graph: the weights of a step are those that the step before made, so
 * the numbers are those of single steps to the last bit. A run of a graph costs a small bag more than its arithmetic: the native runtime hands
 * every output back as a copy in new memory, whatever array it was given to write to, and what is copied must be cleared away.
 * In a row that is paid once.
 */
import type { Random } from "@nacre/core";
import { concat, encodeModel, input, reshape, type Session, type SessionOptions, type Tensor } from "@nacre/graph";
import { computedFrom, plain, upstream } from "./cut-graph.ts";
import { maskMaker } from "./masks.ts";
import type { MaskSpec, ModelDesign } from "./program.ts";
import { type Feeds, NEXT, type Turns } from "./state.ts";
import { type StepOptions, stepOutputs } from "./step-graph.ts";

/** Steps of one run. */
const IN_ROW = 8;
/** Bytes of features of a bag, at most: what a row saves of a larger one is lost in its arithmetic. */
const ROW_BYTES = 2 ** 23;
/** Fewer steps do not earn back the time in which the runtime opens the graph of a row. */
const LEAST_STEPS = 500;
/** Operators of a step, at most: that time grows faster than the graph. */
const MOST_NODES = 500;

export interface PlannedFit {
  /** Of the features of its largest bag. */
  readonly bytes: number;
  /** Of one bag each; 0 where steps take several. */
  readonly steps: number;
}

/** How many steps of a fit are taken together. */
export function inRowOf(design: ModelDesign, options: StepOptions, { bytes, steps }: PlannedFit): number {
  if (bytes > ROW_BYTES || steps < LEAST_STEPS) return 1;
  const nodes = [...upstream(Object.values(stepOutputs(design, options).outputs))];
  return nodes.filter(({ kind }) => kind === "operator").length <= MOST_NODES ? IN_ROW : 1;
}

/** What one step is fed beside weights and masks. */
export interface RowStep {
  readonly tiles: number;
  readonly feeds: Feeds;
}

export type StepsInRow = (steps: readonly RowStep[], random: Random) => Promise<number[]>;

type Open = (onnx: Uint8Array, options?: Pick<SessionOptions, "keep" | "plansMemory">) => Promise<Session>;

/** Runs `count` steps at a time; answers their losses. The state is left before its turn, as after a single step. */
export async function openRow(
  design: ModelDesign,
  options: StepOptions & { readonly count: number },
  state: Turns,
  open: Open,
): Promise<StepsInRow> {
  const { count } = options;
  const { onnx, masks } = rowOfSteps(design, options, state.now);
  // A memory plan is kept for each shape of a run, and here these are as many as there are orders of bags.
  const session = await open(onnx, { keep: Object.keys(state.spare), plansMemory: false });
  const makers = Array.from({ length: count }, () => maskMaker(masks));
  const loss = { data: new Float32Array(count), dims: [count] };
  return async (steps, random) => {
    if (steps.length !== count) throw new RangeError(`expected ${count} steps, received ${steps.length}`);
    const feeds: Record<string, Feeds[string]> = { ...state.now };
    for (const [i, { tiles, feeds: own }] of steps.entries()) {
      const masked = (makers[i] as (n: number, random: Random) => Feeds)(tiles, random);
      for (const each of [own, masked]) for (const name in each) feeds[nameIn(i, name)] = each[name] as Feeds[string];
    }
    await session.run(feeds, { loss, ...state.spare });
    return [...loss.data];
  };
}

/** `state` names what goes from step to step; all else is fed for each step under its own name. */
function rowOfSteps(
  design: ModelDesign,
  options: StepOptions & { readonly count: number },
  state: Feeds,
): { readonly onnx: Uint8Array; readonly masks: readonly MaskSpec[] } {
  const { outputs, masks } = stepOutputs(design, options);
  const losses: Tensor[] = [];
  let made: Readonly<Record<string, Tensor>> = {};
  for (let i = 0; i < options.count; i++) {
    const before = made;
    const own = new Map<string, Tensor>();
    const { loss, ...next } = computedFrom(outputs, (tensor) => {
      const { node } = plain(tensor);
      if (node.kind !== "input") return undefined;
      if (node.name in state) return before[node.name + NEXT];
      const shape = node.shape.map((dim) => (typeof dim === "string" ? nameIn(i, dim) : dim));
      const fed = own.get(node.name) ?? input(nameIn(i, node.name), shape, node.dtype);
      own.set(node.name, fed);
      return fed;
    });
    losses.push(reshape(loss as Tensor, [1]));
    made = next;
  }
  return { onnx: encodeModel({ outputs: { loss: concat(losses, 0), ...made }, name: "learn-row" }), masks };
}

function nameIn(step: number, name: string): string {
  return `${step}.${name}`;
}

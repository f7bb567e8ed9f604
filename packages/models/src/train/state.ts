/** What a fit carries from step to step: weights and what the optimiser keeps beside them, in two sets of arrays that take turns as fed and as filled. */
import type { Device, StateSpec, TensorData } from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import { initialise, type Weights } from "./initialise.ts";

/** Suffix of what a graph makes of an input. */
export const NEXT = ".next";

export type Feeds = Readonly<Record<string, TensorData>>;

/** Two sets of arrays; `swap` after spare ones were filled. */
export interface Turns {
  readonly now: Feeds;
  /** Named for what fills them: with `.next`. */
  readonly spare: Feeds;
  /** Lets the spare arrays of these names (with `.next`) become those of now; all of them by default. */
  swap(filled?: readonly string[]): void;
  /** Moves both sets to a device, where they stay; nothing where they are there. */
  hold(device: Device): Promise<void>;
}

export function takeTurns(first: Feeds): Turns {
  const now: Record<string, TensorData> = { ...first };
  const spare = Object.fromEntries(Object.entries(emptyLike(first)).map(([name, value]) => [name + NEXT, value]));
  const names = Object.keys(spare);
  return {
    now,
    spare,
    swap(filled = names) {
      for (const name of filled) {
        const own = name.slice(0, -NEXT.length);
        const before = now[own] as TensorData; // both sets hold the same names
        now[own] = spare[name] as TensorData;
        spare[name] = before;
      }
    },
    async hold(device) {
      for (const set of [now, spare]) {
        for (const [name, value] of Object.entries(set)) {
          if (!device.isHeld(value)) set[name] = await device.hold(value);
        }
      }
    },
  };
}

/** Fresh weights, or those given, and beside them what the optimiser keeps of each. */
export function firstState(
  specs: readonly WeightSpec[],
  kept: readonly StateSpec[],
  seed: number,
  from: Weights | null = null,
): Feeds {
  const weights = { ...initialise(specs, seed), ...from };
  const state: Record<string, TensorData> = {};
  for (const { name, shape } of specs) {
    state[name] = { data: Float32Array.from(weights[name] as Float32Array), dims: shape }; // initialise() answers for every spec
  }
  for (const { name, shape, start, weight } of kept) {
    const own = state[weight]?.data as Float32Array;
    state[name] = { data: start === "weight" ? own.slice() : new Float32Array(own.length), dims: shape };
  }
  return state;
}

/** Copies of trained numbers that no later step touches, read from the device where they are held there. */
export async function copyWeightsFrom(feeds: Feeds, device: Device | undefined): Promise<Weights> {
  if (device === undefined) return copyWeights(feeds);
  const read: Record<string, TensorData> = {};
  for (const [name, value] of Object.entries(feeds)) read[name] = await device.read(value);
  return copyWeights(read);
}

/** Copies of trained numbers in ordinary memory that no later step touches. */
export function copyWeights(feeds: Feeds): Weights {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)]),
  );
}

function emptyLike(state: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(state).map(([name, { data, dims }]) => [name, { data: new Float32Array(data.length), dims }]),
  );
}

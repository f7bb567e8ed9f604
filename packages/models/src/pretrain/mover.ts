/**
 * Weights that many small graphs add gradients to and one graph then moves: Adam with decoupled decay on matrices, all gradients
 * together shortened where they are long. Beside each weight may stand its slow copy, the teacher:
 *
 *   teacher <- momentum teacher + (1 - momentum) weight        momentum fed at each step
 */
import {
  adamOptimiser,
  add,
  encodeModel,
  gradientSums,
  gradients,
  mul,
  type OpenSession,
  type Optimiser,
  parameter,
  type Session,
  sub,
  type Tensor,
  type TensorData,
  updateWeights,
} from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import { learnable } from "../train/cut-graph.ts";
import type { Weights } from "../train/initialise.ts";
import { type Feeds, firstState, NEXT, type Turns, takeTurns } from "../train/state.ts";
import type { AskedWeight } from "./bare-scope.ts";
import { scalarFeed, scalarFeeds } from "./scalars.ts";

const SUM = ".sum";
const TEACHER = ".teacher";

export interface MoverOptions {
  readonly weightDecay: number;
  /** Length that all gradients together are shortened to. */
  readonly clipNorm: number;
  readonly seed: number;
  readonly threads: number;
  /** Whether slow copies are kept. */
  readonly hasTeacher: boolean;
  /** Weights to begin with in place of fresh ones. */
  readonly from?: Weights | undefined;
}

export interface Move {
  /** Counted from 1. */
  readonly step: number;
  readonly lr: number;
  /** What the sums are multiplied by. */
  readonly share: number;
  /** Of the slow copies. Default 1: they stay. */
  readonly momentum?: number;
}

export interface Mover {
  /** The weights, by name. */
  weights(): Feeds;
  /** The slow copies, by the names of the weights. */
  teacher(): Feeds;
  /** Runs a graph of `gradientOutputs` over the given weights, adding to the sums; answers its other outputs. */
  add(session: Session, feeds: Feeds): Promise<Record<string, TensorData>>;
  /** The sums so far, by the names of the weights. */
  sums(): Feeds;
  /** Moves the weights by the sums, and empties these. */
  move(step: Move): Promise<void>;
  close(): Promise<void>;
}

/** Those of the weights that a loss depends on, and outputs that add its gradients to their sums. */
export function gradientOutputs(
  loss: Tensor,
  asked: readonly AskedWeight[],
): { readonly learned: readonly WeightSpec[]; readonly outputs: Readonly<Record<string, Tensor>> } {
  const reached = learnable([loss]);
  const own = asked.filter(({ weight }) => reached.has(weight.node));
  const slopes = gradients(
    loss,
    own.map(({ weight }) => weight),
  );
  const trained = own.map(({ spec, weight }, i) => ({
    name: spec.name,
    weight,
    gradient: slopes[i] as Tensor, // answered in the order of the question
  }));
  return { learned: own.map(({ spec }) => spec), outputs: gradientSums(trained).outputs };
}

export async function openMover(
  specs: readonly WeightSpec[],
  options: MoverOptions,
  open: OpenSession,
): Promise<Mover> {
  const adam = adamOptimiser({ isDecoupled: true, weightDecay: options.weightDecay });
  const optimiser = options.hasTeacher ? withTeacher(adam) : adam;
  const share = parameter("share", []);
  const { outputs, state } = updateWeights(
    optimiser,
    specs.map(({ name, shape }) => ({
      name,
      weight: parameter(name, shape),
      gradient: mul(parameter(name + SUM, shape), share),
      isDecayed: shape.length > 1,
    })),
    { clipNorm: options.clipNorm },
  );
  const session = await open(encodeModel({ outputs, name: "move" }), { threads: options.threads });
  const turns = takeTurns(firstState(specs, state, options.seed, options.from ?? null));
  const sums = takeTurns(zeros(specs));
  const named = (suffix: string): Feeds =>
    Object.fromEntries(specs.map(({ name }) => [name, turns.now[name + suffix] as TensorData]));
  return {
    weights: () => named(""),
    teacher: () => named(options.hasTeacher ? TEACHER : ""),
    sums: () => Object.fromEntries(specs.map(({ name }) => [name, sums.now[name + SUM] as TensorData])),
    add: (graph, feeds) => addTo(sums, graph, feeds),
    async move({ step, lr, share: scale, momentum = 1 }) {
      const numbers = { ...optimiser.scalars(step, lr), ...(options.hasTeacher ? { momentum } : {}) };
      await session.run({ ...turns.now, ...sums.now, ...scalarFeeds(numbers), share: scalarFeed(scale) }, turns.spare);
      turns.swap();
      for (const { data } of Object.values(sums.now)) (data as Float32Array).fill(0);
    },
    close: () => session.close(),
  };
}

async function addTo(sums: Turns, graph: Session, feeds: Feeds): Promise<Record<string, TensorData>> {
  const filled = graph.outputs.filter((name) => name.endsWith(SUM + NEXT));
  const own = Object.fromEntries(
    filled.map((name) => [name.slice(0, -NEXT.length), sums.now[name.slice(0, -NEXT.length)] as TensorData]),
  );
  const spare = Object.fromEntries(filled.map((name) => [name, sums.spare[name] as TensorData]));
  const out = await graph.run({ ...feeds, ...own }, spare);
  sums.swap(filled);
  return out;
}

function zeros(specs: readonly WeightSpec[]): Feeds {
  return Object.fromEntries(
    specs.map(({ name, shape }) => [
      name + SUM,
      { data: new Float32Array(shape.reduce((product, size) => product * size, 1)), dims: shape },
    ]),
  );
}

function withTeacher(optimiser: Optimiser): Optimiser {
  return {
    slots: [...optimiser.slots, { name: "teacher", start: "weight" }],
    scalars: (step, lr) => ({ ...optimiser.scalars(step, lr), momentum: 1 }),
    move(moving) {
      const moved = optimiser.move(moving);
      const momentum = moving.scalars.momentum as Tensor;
      const kept = mul(moving.kept.teacher as Tensor, momentum);
      const teacher = add(kept, mul(moved.weight, sub(1, momentum)));
      return { weight: moved.weight, kept: { ...moved.kept, teacher } };
    },
  };
}

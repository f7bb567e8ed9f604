import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type AdamSettings,
  adamOptimiser,
  add,
  clipByNorm,
  type DescentSettings,
  descentOptimiser,
  encodeModel,
  gemm,
  gradientSums,
  gradients,
  input,
  meanSquaredError,
  type Optimiser,
  parameter,
  type Session,
  type Tensor,
  type TensorData,
  type Trained,
  type Update,
  updateWeights,
  withAverage,
} from "../src/index.ts";
import { openSession } from "../src/node.ts";
import { dataOf, evaluate, type Numbers, worst } from "./evaluate.ts";

type Settings = { readonly kind: "adam" | "descent" } & AdamSettings &
  DescentSettings & {
    readonly offsetScale?: number;
    readonly clipNorm?: number;
    readonly bags?: number;
    readonly average?: number;
  };
interface Golden {
  readonly lr: number;
  readonly start: { readonly w: Numbers; readonly b: Numbers; readonly x: Numbers[]; readonly y: Numbers[] };
  readonly cases: Readonly<Record<string, { settings: Settings; path: readonly [number[], number[]][] }>>;
}
const golden: Golden = JSON.parse(readFileSync(new URL("./golden/optimisers.json", import.meta.url), "utf8"));
type State = Record<string, TensorData>;

function optimiserOf({ kind, average, ...settings }: Settings): Optimiser {
  const plain = kind === "adam" ? adamOptimiser(settings) : descentOptimiser(settings);
  return average === undefined ? plain : withAverage(plain, average);
}

/** The linear map with an offset, the offset moving slower and without decay. */
function trainedOf(offsetScale: number): Trained[] {
  const [w, b] = [parameter("w", [3, 2]), parameter("b", [2])];
  const loss = meanSquaredError(add(gemm(input("x", [5, 3]), w), b), input("y", [5, 2]));
  const [toW, toB] = gradients(loss, [w, b]) as [Tensor, Tensor];
  return [
    { name: "w", weight: w, gradient: toW },
    { name: "b", weight: b, gradient: toB, rateScale: offsetScale, isDecayed: false },
  ];
}

function startOf({ state }: Update): State {
  const { w, b } = golden.start;
  const first = { w: dataOf(w), b: dataOf(b) };
  const zeros = (shape: readonly number[]): TensorData =>
    dataOf({ shape, values: new Array(shape.reduce((a, n) => a * n, 1)).fill(0) });
  const kept = state.map(({ name, shape, start, weight }) => [
    name,
    start === "zeros" ? zeros(shape) : structuredClone(first[weight as "w" | "b"]),
  ]);
  return { ...first, ...Object.fromEntries(kept) };
}

/** What came out under "name.next", under its name. */
async function advance(session: Session, feeds: State): Promise<State> {
  const fed = Object.fromEntries(session.inputs.map((name) => [name, feeds[name] as TensorData]));
  const out = await session.run(fed);
  return { ...feeds, ...Object.fromEntries(Object.entries(out).map(([name, v]) => [name.replace(/\.next$/, ""), v])) };
}

async function walk(settings: Settings): Promise<[number[], number[]][]> {
  const { bags = 1, clipNorm, average, offsetScale = 1 } = settings;
  const optimiser = optimiserOf(settings);
  const trained = trainedOf(offsetScale);
  const sums = gradientSums(trained);
  const clipping = clipNorm === undefined ? {} : { clipNorm };
  const update = updateWeights(optimiser, trained, { ...clipping, isAccumulated: bags > 1 });
  const gathering = await openSession(encodeModel({ outputs: sums.outputs }));
  const moving = await openSession(encodeModel({ outputs: update.outputs }));
  let state = startOf(update);
  const path: [number[], number[]][] = [];
  const bagOf = (i: number): State => {
    const [x, y] = [golden.start.x[i % 4], golden.start.y[i % 4]] as [Numbers, Numbers];
    return { x: dataOf(x), y: dataOf(y) };
  };
  for (let step = 0; step < 20; step++) {
    const scalars = { ...optimiser.scalars(step + 1, golden.lr), share: 1 / bags };
    const numbers = Object.entries(scalars).map(([name, v]) => [name, dataOf({ shape: [], values: [v] })]);
    const { state: zeroed } = sums;
    const empty = Object.fromEntries(
      zeroed.map(({ name, weight }) => [
        name,
        { ...startOf(sums)[name], dims: state[weight]?.dims ?? [] } as TensorData,
      ]),
    );
    state = { ...state, ...empty, ...Object.fromEntries(numbers) };
    for (let bag = 0; bag < bags - 1; bag++) {
      state = await advance(gathering, { ...state, ...bagOf(step * bags + bag) });
    }
    state = await advance(moving, { ...state, ...bagOf(step * bags + bags - 1) });
    const seen = (name: string): number[] =>
      Array.from(state[average === undefined ? name : `${name}.average`]?.data ?? [], Number);
    path.push([seen("w"), seen("b")]);
  }
  await gathering.close();
  await moving.close();
  return path;
}

describe("an optimiser", () => {
  it.each(Object.entries(golden.cases))("walks twenty steps beside PyTorch's (%s)", async (_, { settings, path }) => {
    const ours = await walk(settings);
    path.forEach(([w, b], i) => {
      const here = ours[i] as [number[], number[]];
      expect(worst(here[0], w), `w at step ${i + 1}`).toBeLessThan(3e-6);
      expect(worst(here[1], b), `b at step ${i + 1}`).toBeLessThan(3e-6);
    });
  });

  it("names its state after the weights", () => {
    const update = updateWeights(withAverage(adamOptimiser(), 0.99), trainedOf(1));
    expect(update.state.map(({ name, start }) => `${name}: ${start}`)).toEqual([
      "w.m: zeros",
      "w.v: zeros",
      "w.average: weight",
      "b.m: zeros",
      "b.v: zeros",
      "b.average: weight",
    ]);
    expect(update.scalars).toEqual(["rate", "correction"]);
    expect(Object.keys(update.outputs)).toContain("w.average.next");
  });

  it("refuses an average that forgets nothing or everything twice, and gradients clipped to nothing", () => {
    expect(() => withAverage(adamOptimiser(), 1)).toThrow(/\[0, 1\), received 1/);
    expect(() => clipByNorm([parameter("g", [2])], 0)).toThrow(/above 0/);
  });
});

describe("clipping by length", () => {
  it("leaves short gradients, and those of zeros, as they are", async () => {
    const [g, h] = [input("g", [2]), input("h", [1])];
    const [a, b] = clipByNorm([g, h], 5) as [Tensor, Tensor];
    const run = (values: number[]) =>
      evaluate(
        { a, b },
        { g: dataOf({ shape: [2], values: values.slice(0, 2) }), h: dataOf({ shape: [1], values: values.slice(2) }) },
      );
    expect(await run([1, 2, 2])).toEqual({ a: [1, 2], b: [2] });
    expect(await run([0, 0, 0])).toEqual({ a: [0, 0], b: [0] });
    const long = await run([20, 40, 40]);
    expect(Math.hypot(...(long.a ?? []), ...(long.b ?? []))).toBeCloseTo(5, 5);
  });
});

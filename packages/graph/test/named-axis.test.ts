import { describe, expect, it } from "vitest";
import {
  add,
  and,
  argMax,
  batchNorm,
  cast,
  channelStatistics,
  constant,
  conv,
  cumSum,
  type Dim,
  exp,
  expm1,
  gatherElements,
  gradients,
  greater,
  input,
  isNotANumber,
  l2Normalise,
  less,
  linear,
  log1p,
  logCumSumExp,
  logSumExp,
  maxPool,
  meanPool,
  mergeAxes,
  mul,
  oneHot,
  or,
  pad,
  reflect,
  repeat,
  reverse,
  type Shape,
  scatterAdd,
  sizeOf,
  softmax,
  splitAxis,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  topK,
  where,
} from "../src/index.ts";
import { dataOf, evaluate, sizeOfShape, worst } from "./evaluate.ts";

interface NamedCase {
  /** Shape of the input where its named axis has length n. */
  readonly shape: (n: Dim) => Shape;
  readonly build: (x: Tensor) => Tensor;
}

const wave = (shape: Shape, phase = 0.3): Tensor =>
  constant(
    Array.from({ length: sizeOfShape(shape) }, (_, i) => Math.sin(phase + 1.7 * i)),
    shape,
  );

const tokens = (build: (x: Tensor) => Tensor): NamedCase => ({ shape: (n) => [2, 6, n], build });
const image = (build: (x: Tensor) => Tensor): NamedCase => ({ shape: (n) => [1, 4, n, 8], build });
const rows = (build: (x: Tensor) => Tensor): NamedCase => ({ shape: (n) => [n, 4], build });

const cases: Readonly<Record<string, NamedCase>> = {
  "conv over tokens": tokens((x) => conv(x, wave([3, 6, 3]), { padding: 1 })),
  "conv that shortens": tokens((x) => conv(x, wave([4, 3, 3]), { dilation: 2, groups: 2 })),
  "conv with strides": tokens((x) => conv(x, wave([6, 1, 3]), { stride: 2, padding: 1, groups: 6 })),
  "conv over an image": image((x) => conv(x, wave([4, 1, 3, 3]), { padding: 1, groups: 4 })),
  "conv of long windows": image((x) => conv(x, wave([4, 1, 5, 1]), { padding: [2, 0], groups: 4 })),
  "largest of windows": image((x) => maxPool(x, { window: 2 })),
  "mean of windows": image((x) => meanPool(x, { window: [3, 2], stride: 2, padding: [1, 0] })),
  "linear map of stacks": { shape: (n) => [2, n, 4], build: (x) => linear(x, wave([4, 3])) },
  "axes merged": tokens((x) => mergeAxes(x, 1, 2)),
  "axes merged before another": { shape: (n) => [3, 2, n], build: (x) => mergeAxes(x, 0, 2) },
  "an axis split": { shape: (n) => [n, 6], build: (x) => splitAxis(x, 1, [2, 3]) },
  "padding up to a multiple": rows((x) => {
    const missing = sub(constant([16], [1], "int64"), sizeOf(x, 0));
    return pad(x, { axis: 0, after: missing, dim: "sixteen" });
  }),
  reflection: rows((x) => reflect(x, { axis: 0, before: 2, after: 1 })),
  repetition: rows((x) => repeat(x, 3, 0)),
  reversal: rows((x) => reverse(x, 0)),
  stacking: rows((x) => stack([x, x], 1)),
  "running sums": rows((x) => cumSum(x, { axis: 0, reverse: true })),
  "log of running sums": { shape: (n) => [n], build: (x) => logCumSumExp(x) },
  "masked shares": rows((x) => softmax(x, 0, { mask: greater(x, 0) })),
  "masked log of a sum": rows((x) => logSumExp(x, [0, 1], { mask: or(less(x, -0.5), greater(x, 0.5)) })),
  "rows of length one": rows((x) => l2Normalise(x)),
  "normalised columns": rows((x) => batchNorm(x, channelStatistics(x), { gain: wave([4]), bias: wave([4], 2) })),
  "values by place": rows((x) => gatherElements(x, topK(x, 2, { axis: 1 }).indices, 1)),
  "parts added back": rows((x) => {
    const { values, indices } = topK(x, 2, { axis: 1 });
    return scatterAdd(values, indices, x, 1);
  }),
};

describe("an axis whose length is known at run time only", () => {
  it.each(Object.entries(cases))("changes neither values nor gradients: %s", async (_, { shape, build }) => {
    const outputsOf = (x: Tensor): Record<string, Tensor> => {
      const y = build(x);
      return { y, g: gradients(sum(exp(mul(y, 0.5))), [x])[0] as Tensor };
    };
    for (const n of [5, 6, 9]) {
      const values = Array.from({ length: sizeOfShape(shape(n)) }, (_, i) => Math.sin(0.7 + i * i));
      const feeds = { x: dataOf({ shape: shape(n).map(Number), values }) };
      const named = await evaluate(outputsOf(input("x", shape("n"))), feeds);
      const known = await evaluate(outputsOf(input("x", shape(n))), feeds);
      for (const name of ["y", "g"]) expect(worst(named[name] ?? [], known[name] ?? [])).toBeLessThan(5e-6);
    }
  });
});

describe("gradients of convolutions", () => {
  it("have the same bits on 1, 2 and 4 threads", async () => {
    const x = input("x", [1, 8, "n", 16]);
    const [grid, band] = [input("grid", [8, 1, 5, 5]), input("band", [8, 1, 33, 1])];
    const y = add(conv(x, grid, { padding: 2, groups: 8 }), conv(x, band, { padding: [16, 0], groups: 8 }));
    const [toX, toGrid, toBand] = gradients(sum(mul(y, square(y))), [x, grid, band]) as [Tensor, Tensor, Tensor];
    const numbers = (shape: readonly number[]) =>
      dataOf({ shape, values: Array.from({ length: sizeOfShape(shape) }, (_, i) => Math.sin(i * 12.9898)) });
    const feeds = { x: numbers([1, 8, 500, 16]), grid: numbers([8, 1, 5, 5]), band: numbers([8, 1, 33, 1]) };
    const one = await evaluate({ toX, toGrid, toBand }, feeds, 1);
    for (const threads of [2, 4]) expect(await evaluate({ toX, toGrid, toBand }, feeds, threads)).toEqual(one);
  });
});

describe("operators at the edge of numbers", () => {
  const run = async (values: number[], build: (x: Tensor) => Tensor): Promise<{ y: number[]; g: number[] }> => {
    const x = input("x", [values.length]);
    const y = build(x);
    const [g] = gradients(sum(y), [x]) as [Tensor];
    const results = await evaluate({ y, g }, { x: dataOf({ shape: [values.length], values }) });
    return { y: results.y ?? [], g: results.g ?? [] };
  };

  it("keep the digits of small numbers in log1p and expm1, and of large ones", async () => {
    const small = [1e-10, -3e-8, 2e-4];
    const [logs, minusOne] = [(await run(small, log1p)).y, (await run(small, expm1)).y];
    for (const [i, v] of small.entries()) {
      expect((logs[i] as number) / Math.log1p(v)).toBeCloseTo(1, 6);
      expect((minusOne[i] as number) / Math.expm1(v)).toBeCloseTo(1, 6);
    }
    expect((await run([-200, 200], expm1)).y).toEqual([-1, Number.POSITIVE_INFINITY]);
    expect((await run([-1, 1e30], log1p)).y).toEqual([Number.NEGATIVE_INFINITY, expect.closeTo(69.0776, 3)]);
  });

  it("sum exponentials that lie far apart without losing the small ones", async () => {
    const { y, g } = await run([-500, 0, 500, -500], (x) => logCumSumExp(x));
    expect(y).toEqual([-500, 0, 500, 500]);
    expect(g).toEqual([1, 1, 2, 0]);
  });

  it("leave a row of zeros zero when its length is made one", async () => {
    expect(await run([0, 0, 0], (x) => l2Normalise(x))).toEqual({
      y: [0, 0, 0],
      g: [1e12, 1e12, 1e12].map(Math.fround),
    });
  });

  it("give no share to anything where the mask leaves nothing", async () => {
    const { y, g } = await run([5, -7], (x) => softmax(x, 0, { mask: and(greater(x, 9), less(x, 9)) }));
    expect([...y, ...g]).toEqual([0, 0, 0, 0]);
  });

  it("find what is not a number, and the largest value", async () => {
    const x = input("x", [3]);
    const y = where(isNotANumber(x), 7, exp(x));
    const place = argMax(x);
    const results = await evaluate(
      { y, place, hot: oneHot(place, 3), missing: cast(isNotANumber(x), "float32") },
      { x: dataOf({ shape: [3], values: [0, Number.NaN, Number.NEGATIVE_INFINITY] }) },
    );
    expect(results.y).toEqual([1, 7, 0]);
    expect(results.missing).toEqual([0, 1, 0]);
  });
});

describe("operators refuse", () => {
  const x = input("x", [2, 6, 9]);

  it("kernels that do not fit the channels, and groups that do not divide the outputs", () => {
    expect(() => conv(x, wave([3, 5, 3]))).toThrow(/x \[b, c, \.\.\.space\] and kernels/);
    expect(() => conv(x, wave([3, 3, 3]), { groups: 2 })).toThrow(/3 outputs that 2 groups divide/);
    expect(() => conv(x, wave([3, 6, 3]), { padding: [1, 1] })).toThrow(/1 whole numbers, one for each axis of space/);
  });

  it("places of another shape, reflections longer than the axis, and lengths that cannot be known", () => {
    expect(() => gatherElements(x, constant([0], [1], "int64"))).toThrow(/places of the shape/);
    expect(() => reflect(x, { axis: 2, before: 9, after: 0 })).toThrow(/at most 8 places/);
    expect(() => pad(x, { axis: 2, after: sizeOf(x, 0) })).toThrow(/expected `dim`/);
    expect(() => logCumSumExp(x)).toThrow(/one axis/);
    expect(() => repeat(x, 0, 1)).toThrow(/1, 2, \.\.\. times/);
  });
});

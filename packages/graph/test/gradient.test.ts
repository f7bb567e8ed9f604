import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  add,
  constant,
  encodeModel,
  exp,
  gemm,
  gradients,
  input,
  mul,
  readModelMetadata,
  relu,
  sigmoid,
  softmax,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  transpose,
} from "../src/index.ts";
import { openSession } from "../src/node.ts";
import { dataOf, evaluate, type Floats, type Numbers, worst } from "./evaluate.ts";
import { operatorCases, weighted } from "./operator-cases.ts";

interface Recorded {
  readonly inputs: readonly Numbers[];
  readonly weight: Numbers;
  readonly output: Numbers;
  readonly gradients: readonly Numbers[];
}
const golden: { readonly cases: Readonly<Record<string, Recorded>> } = JSON.parse(
  readFileSync(new URL("./golden/ops.json", import.meta.url), "utf8"),
);

/** Value, gradients and, where asked, the differences of a case. */
function program(name: string, recorded: Recorded, dtype: Floats) {
  const inputs = recorded.inputs.map(({ shape }, i) => input(`x${i}`, shape, dtype));
  const output = operatorCases[name]?.build(...inputs) as Tensor;
  const loss = weighted(output, recorded.weight.values);
  const slopes = Object.fromEntries(gradients(loss, inputs).map((g, i) => [`g${i}`, g]));
  const feeds = Object.fromEntries(recorded.inputs.map((x, i) => [`x${i}`, dataOf(x, dtype)]));
  return { outputs: { output, loss, ...slopes }, feeds };
}

/** Central differences of a loss. */
async function differences(
  loss: Tensor,
  feeds: ReturnType<typeof program>["feeds"],
  name: string,
  step = 1e-5,
): Promise<number[]> {
  const session = await openSession(encodeModel({ outputs: { loss } }));
  const { data, dims } = feeds[name] as ReturnType<typeof dataOf>;
  const slopes: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const at = async (shift: number): Promise<number> => {
      const moved = data.slice() as Float64Array;
      moved[i] = (moved[i] as number) + shift;
      const { loss: value } = await session.run({ ...feeds, [name]: { data: moved, dims } });
      return Number(value?.data[0]);
    };
    slopes.push(((await at(step)) - (await at(-step))) / (2 * step));
  }
  await session.close();
  return slopes;
}

describe("every operator", () => {
  it("has a recorded case, and every recorded case an operator", () => {
    expect(Object.keys(operatorCases).sort()).toEqual(Object.keys(golden.cases).sort());
  });

  it.each(Object.entries(golden.cases))(
    "%s has the value and the gradients of PyTorch in float64",
    async (name, recorded) => {
      const { outputs, feeds } = program(name, recorded, "float32");
      const results = await evaluate(outputs, feeds);
      expect(worst(results.output ?? [], recorded.output.values)).toBeLessThan(1e-6);
      recorded.gradients.forEach((g, i) => {
        expect(worst(results[`g${i}`] ?? [], g.values), `gradient ${i}`).toBeLessThan(5e-6);
      });
    },
  );

  const smooth = Object.entries(golden.cases).filter(([name]) => !operatorCases[name]?.hasKink);
  it.each(smooth)(
    "%s has the gradients that its values show when its inputs are moved a little",
    async (name, recorded) => {
      const [dtype, step, tolerance] = operatorCases[name]?.floatOnly
        ? (["float32", 1e-2, 2e-3] as const)
        : (["float64", 1e-5, 1e-7] as const);
      const { outputs, feeds } = program(name, recorded, dtype);
      const results = await evaluate(outputs, feeds);
      for (let i = 0; i < recorded.inputs.length; i++) {
        const expected = await differences(outputs.loss, feeds, `x${i}`, step);
        expect(worst(results[`g${i}`] ?? [], expected), `gradient ${i}`).toBeLessThan(tolerance);
      }
    },
  );
});

describe("gradients", () => {
  const square = (x: Tensor): Tensor => mul(x, x);
  const unary = [tanh, sigmoid, exp, softmax, square, (x: Tensor): Tensor => transpose(x)];
  const binary = [add, sub, mul, (a: Tensor, b: Tensor): Tensor => gemm(a, b)];
  const recipe = fc.array(fc.record({ op: fc.nat(), a: fc.nat(), b: fc.nat() }), { minLength: 1, maxLength: 7 });

  it("agree with differences for any small expression of 3 x 3 matrices", async () => {
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 18, maxLength: 18 });
    const law = fc.asyncProperty(recipe, numbers, async (steps, values) => {
      const inputs = [input("x0", [3, 3], "float64"), input("x1", [3, 3], "float64")];
      const made: Tensor[] = [...inputs];
      for (const { op, a, b } of steps) {
        const [p, q] = [made[a % made.length], made[b % made.length]] as [Tensor, Tensor];
        const which = op % (unary.length + binary.length);
        // A tanh keeps towers of exponentials in a range where differences mean something.
        made.push(
          tanh(which < unary.length ? (unary[which]?.(p) as Tensor) : (binary[which - unary.length]?.(p, q) as Tensor)),
        );
      }
      const loss = sum(add(made.at(-1) as Tensor, mul(add(...(inputs as [Tensor, Tensor])), 0.1)));
      const [g0, g1] = gradients(loss, inputs) as [Tensor, Tensor];
      const feeds = {
        x0: dataOf({ shape: [3, 3], values: values.slice(0, 9) }, "float64"),
        x1: dataOf({ shape: [3, 3], values: values.slice(9) }, "float64"),
      };
      const results = await evaluate({ g0, g1 }, feeds);
      expect(worst(results.g0 ?? [], await differences(loss, feeds, "x0"))).toBeLessThan(1e-6);
      expect(worst(results.g1 ?? [], await differences(loss, feeds, "x1"))).toBeLessThan(1e-6);
    });
    await fc.assert(law, { numRuns: 40, seed: 20240117 });
  });

  it("of relu are exactly 0 or 1 for numbers of any size", async () => {
    const values = [-1e30, -1e-37, 0, 1e-37, 0.5, 1e30, Number.POSITIVE_INFINITY];
    const x = input("x", [values.length]);
    const [g] = gradients(sum(relu(x)), [x]) as [Tensor];
    const results = await evaluate({ g }, { x: dataOf({ shape: [values.length], values }) });
    expect(results.g).toEqual([0, 0, 0, 1, 1, 1, 1]);
  });

  it("stop where they are told to", async () => {
    const x = input("x", [2]);
    const [g] = gradients(sum(mul(x, stopGradient(x))), [x]) as [Tensor];
    const feeds = { x: dataOf({ shape: [2], values: [3, 5] }) };
    expect(await evaluate({ g }, feeds)).toEqual({ g: [3, 5] });
  });

  it("can be asked of a tensor in the middle of the computation", async () => {
    const x = input("x", [2]);
    const middle = mul(x, 3);
    const [g] = gradients(sum(mul(middle, middle)), [middle]) as [Tensor];
    expect(await evaluate({ g }, { x: dataOf({ shape: [2], values: [1, 2] }) })).toEqual({ g: [6, 12] });
  });

  it("of a number of tiles known only at run time are those of that number", async () => {
    const x = input("x", ["n", 2]);
    const w = input("w", [2, 1]);
    const attention = softmax(gemm(x, w), 0);
    const [g] = gradients(sum(gemm(attention, x, { transA: true })), [w]) as [Tensor];
    const session = await openSession(encodeModel({ outputs: { g } }));
    for (const n of [1, 2, 7, 3]) {
      const values = Array.from({ length: 2 * n }, (_, i) => Math.sin(i));
      const xs = { shape: [n, 2], values };
      const fixed = input("x", [n, 2], "float64");
      const score = input("w", [2, 1], "float64");
      const loss = sum(gemm(softmax(gemm(fixed, score), 0), fixed, { transA: true }));
      const w0 = { shape: [2, 1], values: [0.3, -0.7] };
      const expected = await differences(loss, { x: dataOf(xs, "float64"), w: dataOf(w0, "float64") }, "w");
      const result = await session.run({ x: dataOf(xs), w: dataOf(w0) });
      expect(Array.from((result.g?.data as Float32Array) ?? [])).toEqual(expected.map((v) => expect.closeTo(v, 5)));
    }
    await session.close();
  });

  it("reach through ten thousand steps", () => {
    const x = input("x", [1]);
    let y = x;
    for (let i = 0; i < 10_000; i++) y = add(y, x);
    expect(gradients(sum(y), [x])[0]?.shape).toEqual([1]);
  });

  it("leave out of the model what they do not need", () => {
    const x = input("x", [2]);
    const unused = input("unused", [2]);
    const loss = sum(mul(x, unused));
    const [g] = gradients(loss, [unused]) as [Tensor];
    const metadata = readModelMetadata(encodeModel({ outputs: { g } }));
    expect(metadata.ok && metadata.value.inputs.map((v) => v.name)).toEqual(["x"]);
  });

  it("refuse a loss of many numbers, and one that does not depend on what is asked", () => {
    const x = input("x", [2]);
    expect(() => gradients(x, [x])).toThrow(/loss of one number, received shape \[2\]/);
    expect(() => gradients(sum(x), [input("y", [2])])).toThrow(/depends on y/);
    expect(() => gradients(sum(constant([1, 2])), [x])).toThrow(RangeError);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  adam,
  adamScalars,
  encodeModel,
  gemm,
  gradients,
  input,
  meanSquaredError,
  parameter,
  settleMoments,
  type Tensor,
  type TensorData,
} from "../src/index.ts";
import { openSession } from "../src/node.ts";
import { dataOf, type Numbers, worst } from "./evaluate.ts";

interface Path {
  readonly x: Numbers;
  readonly y: Numbers;
  readonly start: Numbers;
  readonly lr: number;
  readonly weightDecay: number;
  readonly path: readonly (readonly number[])[];
}
const { adam: golden }: { readonly adam: Readonly<Record<string, Path>> } = JSON.parse(
  readFileSync(new URL("./golden/ops.json", import.meta.url), "utf8"),
);

describe("adam", () => {
  it.each(Object.entries(golden))(
    "walks twenty steps beside PyTorch's (%s)",
    async (_, { x, y, start, lr, weightDecay, path }) => {
      const w = parameter("w", [3, 2]);
      const loss = meanSquaredError(gemm(input("x", [7, 3]), w), input("y", [7, 2]));
      const [slope] = gradients(loss, [w]) as [Tensor];
      const scalars = { rate: input("rate", []), correction: input("correction", []), weightDecay };
      const next = adam(w, slope, parameter("m", [3, 2]), parameter("v", [3, 2]), scalars);
      const session = await openSession(encodeModel({ outputs: { w2: next.parameter, m2: next.m, v2: next.v } }));
      const zeros = { shape: [3, 2], values: [0, 0, 0, 0, 0, 0] };
      let state = { w: dataOf(start), m: dataOf(zeros), v: dataOf(zeros) };
      for (const [i, expected] of path.entries()) {
        const { rate, correction } = adamScalars(i + 1, lr);
        const { w2, m2, v2 } = (await session.run({
          x: dataOf(x),
          y: dataOf(y),
          rate: dataOf({ shape: [], values: [rate] }),
          correction: dataOf({ shape: [], values: [correction] }),
          ...state,
        })) as Record<"w2" | "m2" | "v2", typeof state.w>;
        state = { w: w2, m: m2, v: v2 };
        expect(worst(Array.from(state.w.data, Number), expected), `step ${i + 1}`).toBeLessThan(2e-6);
      }
      await session.close();
    },
  );

  it("leaves a weight without gradient where it is", async () => {
    const shape = [2];
    const w = parameter("w", shape);
    const next = adam(w, parameter("g", shape), parameter("m", shape), parameter("v", shape), {
      rate: 0.1,
      correction: 1,
    });
    const session = await openSession(encodeModel({ outputs: { next: next.parameter } }));
    const none = dataOf({ shape, values: [0, 0] });
    const result = await session.run({ w: dataOf({ shape, values: [1, -2] }), g: none, m: none, v: none });
    expect([...(result.next?.data ?? [])]).toEqual([1, -2]);
    await session.close();
  });

  it("counts its steps from one and learns at a rate above zero", () => {
    expect(adamScalars(1, 0.1)).toEqual({
      rate: expect.closeTo(1, 9),
      correction: expect.closeTo(1 / Math.sqrt(0.001), 6),
    });
    expect(() => adamScalars(0, 0.1)).toThrow(/counted from 1/);
    expect(() => adamScalars(1, 0)).toThrow(/above 0/);
  });

  it("may write new moments over the old ones", async () => {
    const shape = [200, 100];
    const wave = (phase: number): TensorData => ({
      data: Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(phase + i)),
      dims: shape,
    });
    const [w, m, v] = ["w", "m", "v"].map((name) => parameter(name, shape)) as [Tensor, Tensor, Tensor];
    const [slope] = gradients(meanSquaredError(gemm(input("x", [9, 200]), w), input("y", [9, 100])), [w]) as [Tensor];
    const next = adam(w, slope, m, v, { rate: 0.01, correction: 1.5 });
    const model = encodeModel({ outputs: { w2: next.parameter, m2: next.m, v2: next.v } });
    const session = await openSession(model, { threads: 2 });
    const fixed = {
      x: { data: (wave(5).data as Float32Array).slice(0, 1800), dims: [9, 200] },
      y: { data: (wave(6).data as Float32Array).slice(0, 900), dims: [9, 100] },
    };
    let apart = { w: wave(0), m: wave(1), v: { data: (wave(2).data as Float32Array).map(Math.abs), dims: shape } };
    let inPlace = structuredClone(apart);
    for (let i = 0; i < 5; i++) {
      const fresh = await session.run({ ...fixed, ...apart });
      apart = { w: fresh.w2, m: fresh.m2, v: fresh.v2 } as typeof apart;
      const over = await session.run({ ...fixed, ...inPlace }, { m2: inPlace.m, v2: inPlace.v });
      inPlace = { ...inPlace, w: over.w2 as TensorData };
      expect(inPlace).toEqual(apart);
    }
    await session.close();
  });

  it("forgets moments that are too small to matter, and no others", () => {
    const moments = Float32Array.of(0, 1e-40, -1e-31, 1e-29, -3, Number.NaN);
    settleMoments(moments);
    expect(moments).toEqual(Float32Array.of(0, 0, 0, 1e-29, -3, Number.NaN));
  });
});

import { isFailureError, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import {
  cast,
  crossEntropy,
  dropout,
  encodeModel,
  gather,
  gemm,
  gradients,
  greater,
  input,
  linear,
  max,
  mean,
  mul,
  parameter,
  relu,
  sigmoid,
  softmax,
  sum,
  type Tensor,
  type TensorData,
  tanh,
  topK,
} from "../src/index.ts";
import { openSession } from "../src/node.ts";

const random = randomStream(7, "session");
const noise = (...dims: number[]): TensorData => ({
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.normal()),
  dims,
});

/** A step with every kind of operator that more than one thread could do in another order. */
function threadedModel(): Uint8Array {
  const x = input("x", ["n", 96]);
  const mask = input("mask", ["n", 64], "uint8");
  const places = input("places", ["m"], "int64");
  const weights = {
    w: parameter("w", [96, 64]),
    b: parameter("b", [64]),
    v: parameter("v", [64, 32]),
    s: parameter("s", [1, 32]),
  };
  const h = dropout(relu(linear(x, weights.w, weights.b)), mask, 0.75);
  const gated = mul(tanh(gemm(h, weights.v)), sigmoid(gemm(h, weights.v)));
  const attention = softmax(gemm(weights.s, gated, { transB: true }), 1);
  const best = topK(attention, 5, { axis: 1 }).values;
  const pooled = gemm(attention, h);
  const chosen = mean(gather(h, places), { axes: [0], keep: true });
  const label = input("label", [1, 64]);
  const loss = sum(mul(crossEntropy(mul(pooled, chosen), label), mul(sum(best), sum(max(h, { axes: [0] })))));
  const named = Object.entries(weights);
  const slopes = gradients(
    loss,
    named.map(([, w]) => w),
  );
  return encodeModel({
    outputs: { loss, ...Object.fromEntries(named.map(([name], i) => [`slope.${name}`, slopes[i] as Tensor])) },
  });
}

describe("a session", () => {
  it("gives the same bits on one, two and four threads, and when asked again", async () => {
    const model = threadedModel();
    const n = 3000;
    const feeds: Record<string, TensorData> = {
      x: noise(n, 96),
      mask: { data: Uint8Array.from({ length: n * 64 }, () => (random.uniform() < 0.75 ? 1 : 0)), dims: [n, 64] },
      places: { data: BigInt64Array.from({ length: 4000 }, () => BigInt(random.below(40))), dims: [4000] },
      w: noise(96, 64),
      b: noise(64),
      v: noise(64, 32),
      s: noise(1, 32),
      label: { data: Float32Array.from({ length: 64 }, (_, i) => (i === 3 ? 1 : 0)), dims: [1, 64] },
    };
    const seen: Record<string, TensorData>[] = [];
    for (const threads of [1, 2, 4]) {
      const session = await openSession(model, { threads });
      for (let i = 0; i < 3; i++) seen.push(await session.run(feeds));
      await session.close();
    }
    for (const result of seen) expect(result).toEqual(seen[0]);
    expect(Number.isFinite(seen[0]?.loss?.data[0])).toBe(true);
  });

  it("takes bags of any number of tiles", async () => {
    const x = input("x", ["n", 3]);
    const session = await openSession(encodeModel({ outputs: { y: mean(x, { axes: [0] }) } }));
    for (const n of [1, 5, 1000, 2]) {
      const { y } = await session.run({ x: { data: new Float32Array(3 * n).fill(2), dims: [n, 3] } });
      expect(y).toEqual({ data: Float32Array.of(2, 2, 2), dims: [3] });
    }
    await session.close();
  });

  it("writes results into the arrays it is given", async () => {
    const x = input("x", [4]);
    const session = await openSession(encodeModel({ outputs: { y: mul(x, 2), z: mul(x, 3) } }));
    const place = { data: new Float32Array(4), dims: [4] };
    const { y, z } = await session.run({ x: { data: Float32Array.of(1, 2, 3, 4), dims: [4] } }, { y: place });
    expect(y).toBe(place);
    expect([...place.data]).toEqual([2, 4, 6, 8]);
    expect(z).toEqual({ data: Float32Array.of(3, 6, 9, 12), dims: [4] });
    await session.close();
  });

  it("feeds and returns truth values as bytes", async () => {
    const x = input("x", [3], "bool");
    const session = await openSession(encodeModel({ outputs: { y: greater(cast(x, "float32"), 0.5) } }));
    const { y } = await session.run({ x: { data: Uint8Array.of(1, 0, 1), dims: [3] } });
    expect(y).toEqual({ data: Uint8Array.of(1, 0, 1), dims: [3] });
    await session.close();
  });

  it("refuses feeds that are missing, of the wrong type or size, or in shared memory", async () => {
    const x = input("x", ["n", 2]);
    const session = await openSession(encodeModel({ outputs: { y: mul(x, 2) } }));
    await expect(session.run({})).rejects.toThrow(/expected feeds x, received none called x/);
    await expect(session.run({ x: { data: new Float32Array(3), dims: [2, 2] } })).rejects.toThrow(/expected 4 numbers/);
    await expect(session.run({ x: { data: new Float64Array(4), dims: [2, 2] } })).rejects.toThrow(
      /expected float32 for x/,
    );
    const shared = new Float32Array(new SharedArrayBuffer(16));
    await expect(session.run({ x: { data: shared, dims: [2, 2] } })).rejects.toThrow(/shared memory/);
    await expect(session.run({ x: { data: new Float32Array(4), dims: [4] } })).rejects.toSatisfy((e) =>
      isFailureError(e, "bad-model"),
    );
    await session.close();
  });

  it("says of bytes that are no model that they are none", async () => {
    const failed = openSession(new TextEncoder().encode("not a model"));
    await expect(failed).rejects.toSatisfy((e) => isFailureError(e, "bad-model"));
  });
});

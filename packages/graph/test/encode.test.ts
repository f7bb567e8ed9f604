import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  add,
  assumeShape,
  constant,
  encodeModel,
  exp,
  gemm,
  gradients,
  input,
  mul,
  parameter,
  readModelMetadata,
  readModelWeights,
  stopGradient,
  sum,
  type Tensor,
  tanh,
} from "../src/index.ts";
import { fields } from "../src/model/protobuf.ts";
import { GRAPH, MODEL } from "../src/model/schema.ts";
import { dataOf, evaluate } from "./evaluate.ts";

/** How many nodes and constants lie in a model. */
function countOf(model: Uint8Array): { nodes: number; constants: number } {
  const graph = [...fields(model)].find((f) => f.field === MODEL.graph);
  const parts = [...fields(graph?.bytes ?? new Uint8Array())];
  return {
    nodes: parts.filter((f) => f.field === GRAPH.node).length,
    constants: parts.filter((f) => f.field === GRAPH.initializer).length,
  };
}

function step(): Uint8Array {
  const x = input("x", ["n", 3]);
  const w = parameter("w", [3, 2]);
  const loss = sum(tanh(gemm(x, w)));
  const [slope] = gradients(loss, [w]) as [Tensor];
  return encodeModel({ outputs: { loss, slope }, metadata: { b: "2", a: "1" } });
}

describe("encodeModel", () => {
  it("writes the same program as the same bytes, today and later", () => {
    const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    expect(hash(step())).toBe(hash(step()));
    expect(hash(step())).toMatchInlineSnapshot(`"d9385b0ddae117c9"`);
  });

  it("writes equal nodes and equal constants once", () => {
    const x = input("x", [2]);
    const twice = (): Tensor => exp(mul(x, constant([2, 3])));
    expect(countOf(encodeModel({ outputs: { y: add(twice(), twice()) } }))).toEqual({ nodes: 3, constants: 1 });
    const other = exp(mul(x, constant([2, 4])));
    expect(countOf(encodeModel({ outputs: { y: add(twice(), other) } }))).toEqual({ nodes: 5, constants: 2 });
  });

  it("tells constants of equal bytes and different shapes or types apart", () => {
    const y = add(constant([1, 2], [1, 2]), constant([1, 2], [2]));
    expect(countOf(encodeModel({ outputs: { y } })).constants).toBe(2);
  });

  it("leaves out aliases and what no output needs", () => {
    const x = input("x", ["n"]);
    const y = assumeShape(stopGradient(exp(x)), ["m"]);
    exp(exp(x));
    const model = encodeModel({ outputs: { y } });
    expect(countOf(model).nodes).toBe(1);
    const metadata = readModelMetadata(model);
    expect(metadata.ok && metadata.value.outputs).toEqual([{ name: "y", dtype: "float32", shape: ["m"] }]);
  });

  it("lets an input, a constant or one tensor under two names be outputs", async () => {
    const x = input("x", [2]);
    const y = exp(x);
    const results = await evaluate(
      { same: x, fixed: constant([7]), y, again: y },
      { x: dataOf({ shape: [2], values: [0, 0] }) },
    );
    expect(results).toEqual({ same: [0, 0], fixed: [7], y: [1, 1], again: [1, 1] });
  });

  it("gives its own nodes names that nobody else uses", async () => {
    const x = input("Exp_0", [1]);
    const results = await evaluate({ Exp_1: exp(exp(x)) }, { Exp_0: dataOf({ shape: [1], values: [0] }) });
    expect(results.Exp_1?.[0]).toBeCloseTo(Math.E, 6);
  });

  it("refuses names that clash and models without outputs", () => {
    const x = input("x", [1]);
    expect(() => encodeModel({ outputs: { y: add(x, input("x", [1])) } })).toThrow(/one input called "x"/);
    expect(() => encodeModel({ outputs: { x: exp(x) } })).toThrow(/name for an output that no input has/);
    expect(() => encodeModel({ outputs: {} })).toThrow(/at least one output/);
  });

  it("carries megabytes of weights, bit for bit and quickly", () => {
    const values = Float32Array.from({ length: 2_000_000 }, (_, i) => Math.sin(i));
    const x = input("x", [1, 1000]);
    const start = performance.now();
    const model = encodeModel({ outputs: { y: gemm(x, constant(values, [1000, 2000])) } });
    expect(performance.now() - start).toBeLessThan(500);
    const weights = readModelWeights(model);
    const [weight] = weights.ok ? [...weights.value.values()] : [];
    expect(weight?.shape).toEqual([1000, 2000]);
    const found = weight?.values as Float32Array;
    expect(found.length).toBe(values.length);
    expect(found.every((v, i) => v === values[i])).toBe(true);
  });
});

describe("constants", () => {
  it("of every type come back as they were written", () => {
    const outputs = {
      a: constant([0.1, -2, 3], [3]),
      b: constant([0.1, -2, 3], [3], "float64"),
      c: constant([1, -2, 2 ** 40], [3], "int64"),
      d: constant([1, -2], [2, 1], "int32"),
      e: constant(Uint8Array.of(0, 255)),
      f: constant([1, 0], [2], "bool"),
    };
    const weights = readModelWeights(encodeModel({ outputs }));
    const found = weights.ok ? [...weights.value.values()] : [];
    expect(found.map(({ dtype, shape, values }) => ({ dtype, shape, values }))).toEqual([
      { dtype: "float32", shape: [3], values: Float32Array.of(0.1, -2, 3) },
      { dtype: "float64", shape: [3], values: Float64Array.of(0.1, -2, 3) },
      { dtype: "int64", shape: [3], values: BigInt64Array.of(1n, -2n, 2n ** 40n) },
      { dtype: "int32", shape: [2, 1], values: Int32Array.of(1, -2) },
      { dtype: "uint8", shape: [2], values: Uint8Array.of(0, 255) },
      { dtype: "bool", shape: [2], values: Uint8Array.of(1, 0) },
    ]);
  });

  it("refuse a number of values that does not fill their shape, and an array of another type", () => {
    expect(() => constant([1, 2, 3], [2])).toThrow(/expected 2 values/);
    expect(() => constant([1], ["n"])).toThrow(RangeError);
    expect(() => constant(Float64Array.of(1), [1], "float32")).toThrow(
      /expected an array of float32, received float64/,
    );
  });
});

describe("readModelMetadata", () => {
  it("tells texts, inputs and outputs", () => {
    const metadata = readModelMetadata(step());
    expect(metadata.ok && metadata.value).toEqual({
      irVersion: 8,
      opset: 17,
      producer: "nacre",
      metadata: { a: "1", b: "2" },
      inputs: [
        { name: "x", dtype: "float32", shape: ["n", 3] },
        { name: "w", dtype: "float32", shape: [3, 2] },
      ],
      outputs: [
        { name: "loss", dtype: "float32", shape: [] },
        { name: "slope", dtype: "float32", shape: [3, 2] },
      ],
    });
  });

  it("names as bad-model what is no model, at whatever byte a model is cut off", () => {
    const model = step();
    expect(readModelMetadata(new Uint8Array())).toMatchObject({ ok: false, failure: { kind: "bad-model" } });
    expect(readModelMetadata(new TextEncoder().encode("<html>"))).toMatchObject({ ok: false });
    for (let end = 0; end < model.length; end += 7) {
      const cut = readModelMetadata(model.subarray(0, end));
      // A cut between two fields of the outermost message leaves a shorter message that is whole.
      if (cut.ok) expect(cut.value.outputs.length).toBe(2);
      else expect(cut.failure.kind).toBe("bad-model");
    }
  });
});

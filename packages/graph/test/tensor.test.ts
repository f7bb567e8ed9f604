import { describe, expect, it } from "vitest";
import {
  add,
  cast,
  concat,
  constant,
  countOf,
  div,
  dropout,
  equal,
  expand,
  gather,
  gemm,
  greater,
  input,
  less,
  linear,
  matmul,
  max,
  maximum,
  minimum,
  mul,
  not,
  reshape,
  sizeOf,
  slice,
  squeeze,
  sub,
  sum,
  topK,
  transpose,
  unsqueeze,
  where,
  zerosLike,
} from "../src/index.ts";
import { dataOf, evaluate } from "./evaluate.ts";

const bag = input("bag", ["n", 4]);
const square = input("square", [3, 3]);

describe("shapes", () => {
  it("broadcast from the last axis, and named axes match by name", () => {
    expect(add(bag, input("row", [4])).shape).toEqual(["n", 4]);
    expect(add(bag, input("column", ["n", 1])).shape).toEqual(["n", 4]);
    expect(() => add(bag, input("other", ["m", 4]))).toThrow(/shapes that broadcast, received \[n, 4\] and \[m, 4\]/);
  });

  it("follow every operator", () => {
    expect(gemm(bag, input("w", [4, 2])).shape).toEqual(["n", 2]);
    expect(linear(input("x", ["b", "n", 4]), input("w", [4, 2])).shape).toEqual(["b", "n", 2]);
    expect(transpose(bag).shape).toEqual([4, "n"]);
    expect(reshape(bag, ["n", 2, 2]).shape).toEqual(["n", 2, 2]);
    expect(concat([bag, input("more", ["m", 4])], 0).shape).toEqual(["n+m", 4]);
    expect(slice(bag, { axis: 1, start: 1 }).shape).toEqual(["n", 3]);
    expect(slice(bag, { axis: 0, end: 2, dim: 2 }).shape).toEqual([2, 4]);
    expect(gather(bag, constant([0], [], "int64")).shape).toEqual([4]);
    expect(topK(bag, 2, { axis: 0 }).indices).toMatchObject({ shape: [2, 4], dtype: "int64" });
    expect(max(bag, { axes: [0] }).shape).toEqual([4]);
    expect(sum(bag, { axes: [-1], keep: true }).shape).toEqual(["n", 1]);
    expect(squeeze(unsqueeze(bag, [0, -1]), [0, 3]).shape).toEqual(["n", 4]);
    expect(expand(constant([1, 2]), [3, 2]).shape).toEqual([3, 2]);
    expect(greater(bag, 0)).toMatchObject({ shape: ["n", 4], dtype: "bool" });
  });

  it("that do not fit are refused where they are written, with what to do", () => {
    expect(() => gemm(bag, square)).toThrow(/share an inner axis, received \[n, 4\] and \[3, 3\]/);
    expect(() => gemm(input("x", [2, 3, 4]), square)).toThrow(/use matmul/);
    expect(() => gemm(square, square, { c: input("c", [2]) })).toThrow(/broadcast/);
    expect(() => matmul(input("v", [3]), square)).toThrow(/matrix or a stack/);
    expect(() => reshape(square, [2, 4])).toThrow(/shape of 9 numbers/);
    expect(() => reshape(bag, ["p", "q"])).toThrow(/at most one axis to infer/);
    expect(() => transpose(square, [0, 0])).toThrow(/each axis/);
    expect(() => squeeze(square, [0])).toThrow(/axes of length 1/);
    expect(() => concat([square, input("x", [3, 2])], 0)).toThrow(/equal but for axis 0/);
    expect(() => concat([], 0)).toThrow(/at least one/);
    expect(() => slice(bag, { axis: 0, start: 1 })).toThrow(/`dim`/);
    expect(() => sum(square, { axes: [2] })).toThrow(/axis between -2 and 1/);
    expect(() => expand(square, [3, 2])).toThrow(/broadcast/);
    expect(() => gather(square, constant([0, 1], [1, 2], "int64"))).toThrow(/one axis or none/);
    expect(() => input("x", [1.5])).toThrow(/whole numbers or names/);
    expect(() => input("", [1])).toThrow(/a name for an input/);
  });

  it("and element types that do not fit are refused too", () => {
    expect(() => add(square, input("x", [3, 3], "int64"))).toThrow(/one element type in Add/);
    expect(() => where(square, square, 0)).toThrow(/condition of bool/);
    expect(() => dropout(square, square, 0.5)).toThrow(/mask of uint8/);
    expect(() => dropout(square, input("mask", [3, 3], "uint8"), 0)).toThrow(/share in \(0, 1\]/);
  });
});

describe("values", () => {
  it("of numbers known only at run time", async () => {
    const feeds = { bag: dataOf({ shape: [3, 4], values: Array.from({ length: 12 }, (_, i) => i) }) };
    const half = div(sizeOf(bag, 0), 2);
    const k = maximum(minimum(half, 8), 1);
    const results = await evaluate(
      {
        size: sizeOf(bag, 0),
        half,
        top: topK(sum(bag, { axes: [1] }), k).values,
        tail: slice(bag, { axis: 0, start: half, dim: "rest" }),
        count: countOf(bag, [0, 1]),
        zeros: zerosLike(bag),
      },
      feeds,
    );
    expect(results).toEqual({
      size: [3],
      half: [1],
      top: [38],
      tail: [4, 5, 6, 7, 8, 9, 10, 11],
      count: [12],
      zeros: new Array(12).fill(0),
    });
  });

  it("of comparisons are 0 and 1", async () => {
    const x = constant([1, 2, 3]);
    const results = await evaluate({
      less: less(x, 2),
      equal: equal(x, 2),
      not: not(equal(x, 2)),
      cast: cast(greater(x, 1), "float32"),
    });
    expect(results).toEqual({ less: [1, 0, 0], equal: [0, 1, 0], not: [1, 0, 1], cast: [0, 1, 1] });
  });

  it("of arithmetic with numbers on either side", async () => {
    const x = constant([1, 2]);
    const results = await evaluate({ a: sub(1, x), b: mul(2, x), c: div(1, x), d: add(3, x), e: add(0.5, 0.25) });
    expect(results).toEqual({ a: [0, -1], b: [2, 4], c: [1, 0.5], d: [4, 5], e: [0.75] });
    expect(add(x, 0)).toBe(x);
    expect(mul(x, 1)).toBe(x);
  });
});

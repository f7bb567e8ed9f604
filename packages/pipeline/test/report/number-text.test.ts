import { describe, expect, it } from "vitest";
import {
  count,
  counted,
  decimal,
  digitsFor,
  estimateText,
  listed,
  percent,
  sentence,
  signed,
} from "../../src/report/number-text.ts";

describe("numbers as text", () => {
  it("are written with fixed decimals and a real minus sign, and zero has none", () => {
    expect([decimal(0.9344), decimal(-0.5, 1), decimal(-0.0001), decimal(0)]).toEqual([
      "0.934",
      "−0.5",
      "0.000",
      "0.000",
    ]);
  });

  it("carry a sign where the direction matters", () => {
    expect([signed(0.314), signed(-0.2), signed(0.0001), signed(-0.0001)]).toEqual(["+0.31", "−0.20", "0.00", "0.00"]);
  });

  it("are counted with thousands apart and a noun that agrees", () => {
    expect([count(12224), counted(1, "slide"), counted(0, "slide"), counted(2, "study", "studies")]).toEqual([
      "12,224",
      "1 slide",
      "0 slides",
      "2 studies",
    ]);
  });

  it("show two to three figures of a small scale", () => {
    expect([1.5, 0.3, 0.012, 0.00002, 0, Number.NaN].map(digitsFor)).toEqual([2, 3, 4, 7, 2, 2]);
  });

  it("that are not finite are refused", () => {
    expect(() => decimal(Number.NaN)).toThrow(TypeError);
    expect(() => percent(Number.POSITIVE_INFINITY)).toThrow(TypeError);
  });
});

describe("estimateText", () => {
  const e = { value: 0.9, low: 0.8, high: 0.95, n: 20, method: "m" };

  it("never gives a value without its interval and n", () => {
    expect(estimateText(e)).toBe("0.900 (95 % interval 0.800 to 0.950, n = 20)");
    expect(estimateText({ ...e, low: null, high: null })).toBe("0.900 (no interval, n = 20)");
  });

  it("says why a value is undefined", () => {
    expect(estimateText({ ...e, value: null, low: null, high: null, reason: "one class only" })).toBe(
      "undefined (one class only; n = 20)",
    );
  });
});

describe("words", () => {
  it("are listed with an and", () => {
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual(["none", "a", "a and b", "a, b and c"]);
  });

  it("become one sentence, once", () => {
    expect([sentence("do it"), sentence("Done."), sentence("")]).toEqual(["Do it.", "Done.", ""]);
  });
});

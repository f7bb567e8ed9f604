import { describe, expect, it } from "vitest";
import { writeAnswer, writeHeld, writeNumber, writeProbability, writeThreshold } from "../src/index.ts";

describe("a model's number", () => {
  it("never reads as a certainty that it is not", () => {
    expect([0, 1e-9, 0.0049, 0.0051, 0.5, 0.994, 0.996, 0.99999, 1].map((p) => writeProbability(p))).toEqual([
      "0.00",
      "<0.01",
      "<0.01",
      "0.01",
      "0.50",
      "0.99",
      ">0.99",
      ">0.99",
      "1.00",
    ]);
  });

  it("has three digits that count where it is no probability, and is never cut to fewer than the whole", () => {
    expect([0.012345, 12.345, 1234.5, 98765, -0.4, -1e-9, 0].map(writeNumber)).toEqual([
      "0.0123",
      "12.3",
      "1,235",
      "98,765",
      "−0.4",
      "−0.000000001",
      "0",
    ]);
    expect([writeAnswer(0.996, "probability"), writeAnswer(1.2345, "risk"), writeAnswer(70.26, "number")]).toEqual([
      ">0.99",
      "1.23",
      "70.3",
    ]);
  });

  it("is held against a threshold that can be told from 0 and 1", () => {
    expect([0, 0.0042, 0.013, 0.1, 0.5, 0.98, 0.996, 1].map(writeThreshold)).toEqual([
      "0.00",
      "0.0042",
      "0.013",
      "0.10",
      "0.50",
      "0.98",
      "0.996",
      "1.00",
    ]);
    expect(writeHeld(0.05, [0.1])).toEqual(["0.05", "0.10"]);
    expect(writeHeld(0.003, [0.0042])).toEqual(["0.003", "0.0042"]);
    expect(writeHeld(0.0128, [0.0131])).toEqual(["0.01", "0.013"]);
    // At or above it, which 0.013 is.
    expect(writeHeld(0.0133, [0.0131])).toEqual(["0.013", "0.013"]);
    expect(writeHeld(0.5, [0.1, 0.9])).toEqual(["0.50", "0.10", "0.90"]);
  });

  it("stands in words on the side of the threshold on which it lies", () => {
    const bound = (text: string): number => Number(text.replace(/^[<>]/, ""));
    for (let i = 0; i < 4000; i++) {
      const threshold = ((i * 7919) % 3989) / 3989;
      // Near the threshold as well as far from it.
      const value = Math.min(1, Math.max(0, threshold + (((i * 104729) % 2003) / 1001.5 - 1) ** 5));
      const [own, at] = writeHeld(value, [threshold]);
      if (Math.abs(value - threshold) < 1e-6) continue;
      if (value < threshold)
        expect([own, at, own.startsWith("<") ? bound(own) <= Number(at) : bound(own) < Number(at)]).toEqual([
          own,
          at,
          true,
        ]);
      else expect([own, at, bound(own) >= Number(at) && !own.startsWith("<")]).toEqual([own, at, true]);
    }
  });
});

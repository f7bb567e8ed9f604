import { describe, expect, it } from "vitest";
import { areSwapped } from "../../src/cohort/swapped-column.ts";

const rows = (...pairs: readonly (readonly [slide: string, patient: string])[]) =>
  pairs.map(([slide, patient]) => ({ slide, patient }));

describe("areSwapped", () => {
  it("is true where every row has a patient of its own and slides repeat", () => {
    expect(areSwapped(rows(["P0", "S0"], ["P0", "S1"], ["P1", "S2"]))).toBe(true);
  });
  it("is false for a cohort as it should be, with one slide or several a patient", () => {
    expect(areSwapped(rows(["S0", "P0"], ["S1", "P0"], ["S2", "P1"]))).toBe(false);
    expect(areSwapped(rows(["S0", "P0"], ["S1", "P1"]))).toBe(false);
  });
  it("is false for a row listed twice, for a missing patient, and for one slip in many rows", () => {
    expect(areSwapped(rows(["S0", "P0"], ["S0", "P0"]))).toBe(false);
    expect(areSwapped(rows(["S0", "P0"], ["S0", ""]))).toBe(false);
    const many = Array.from({ length: 40 }, (_, i) => ({ slide: `S${Math.max(1, i)}`, patient: `P${i}` }));
    expect(areSwapped(many)).toBe(false);
  });
});

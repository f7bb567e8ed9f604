import { slideIdOf } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { downsampleOf } from "../../src/explain/draw-slide.ts";
import { joinFoldsOfSlides, rankTiles, type SlideEvidence, settleScales } from "../../src/explain/evidence.ts";

function evidence(slide: string, fold: number, values: number[]): SlideEvidence {
  // Only what these functions read: which slide, and the two arrays.
  return {
    slide: slideIdOf(slide),
    predicted: { fold } as SlideEvidence["predicted"],
    extracted: {} as SlideEvidence["extracted"],
    attention: Float32Array.from(values, () => 1 / values.length),
    evidence: Float32Array.from(values),
  };
}

describe("a slide that several folds tested", () => {
  it("has one account, the mean of what the folds said", () => {
    const joined = joinFoldsOfSlides([evidence("a", 0, [1, 3]), evidence("b", 0, [5]), evidence("a", 1, [3, -1])]);
    expect(joined.map((s) => [s.slide, ...s.evidence])).toEqual([
      ["a", 2, 1],
      ["b", 5],
    ]);
  });
});

describe("the scales of a run", () => {
  it("do not follow one wild tile", () => {
    const usual = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0.5 : -0.5));
    expect(settleScales([evidence("a", 0, usual), evidence("b", 0, [900])]).contribution).toBe(0.5);
  });

  it("are 1 where nothing was said at all", () => {
    expect(settleScales([evidence("a", 0, [0, 0])]).contribution).toBe(1);
  });
});

describe("the downsample of a thumbnail", () => {
  it("follows the longer side, since the shorter one is rounded", () => {
    expect(downsampleOf({ width: 825, height: 10_000 }, { width: 35, height: 420 })).toBeCloseTo(10_000 / 420, 12);
    expect(downsampleOf({ width: 10_000, height: 825 }, { width: 420, height: 35 })).toBeCloseTo(10_000 / 420, 12);
  });
});

describe("the strongest tiles", () => {
  it("come best first, equal ones in their order", () => {
    expect(rankTiles(Float32Array.of(1, 3, 3, -2), 3, true)).toEqual([1, 2, 0]);
    expect(rankTiles(Float32Array.of(1, 3, 3, -2), 2, false)).toEqual([3, 0]);
  });
});

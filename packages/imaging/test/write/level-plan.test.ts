import { describe, expect, it } from "vitest";
import type { Level } from "../../src/index.ts";
import { planLevels } from "../../src/write/level-plan.ts";

const level = (index: number, width: number, height: number, downsample: number): Level => {
  return { index, width, height, downsample, blockWidth: 256, blockHeight: 256 };
};

describe("the levels of a written slide", () => {
  it("halve until one tile holds the last, rounded down, or to one pixel, rounded up", () => {
    const sizes = (until: number, rounding: "down" | "up"): number[][] =>
      planLevels([level(0, 1001, 700, 1)], { step: 2, until, rounding }).map(({ width, height }) => [width, height]);
    expect(sizes(256, "down")).toEqual([
      [1001, 700],
      [500, 350],
      [250, 175],
    ]);
    expect(sizes(1, "up").slice(0, 3)).toEqual([
      [1001, 700],
      [501, 350],
      [251, 175],
    ]);
    expect(sizes(1, "up").at(-1)).toEqual([1, 1]);
  });

  it("are the source's where it holds them, by a pixel more or less, and made elsewhere", () => {
    const levels = [level(0, 4003, 3001, 1), level(1, 1001, 750, 3.9995), level(2, 125, 94, 32)];
    const plan = planLevels(levels, { step: 2, until: 128, rounding: "down" });
    expect(plan.map(({ downsample, source }) => [downsample, source?.index ?? null])).toEqual([
      [1, 0],
      [2, null],
      [4, 1],
      [8, null],
      [16, null],
      [32, 2],
    ]);
    expect(plan[2]).toMatchObject({ width: 1001, height: 750 });
  });

  it("are not the source's where the format fixes another size", () => {
    const plan = planLevels([level(0, 1001, 700, 1), level(1, 500, 350, 2)], { step: 2, until: 300, rounding: "up" });
    expect(plan[1]).toMatchObject({ width: 501, source: null });
  });

  it("end with level 0 where it is small already", () => {
    expect(planLevels([level(0, 90, 20, 1)], { step: 2, until: 256, rounding: "down" }).length).toBe(1);
  });
});

import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { tileGroups } from "../../src/explain/tile-groups.ts";

const random = randomStream(3, "groups");

function scattered(n: number, side: number | null) {
  const along = () => Int32Array.from({ length: n }, () => 512 * random.below(60));
  return { n, x: along(), y: along(), side };
}

describe("groups of tiles", () => {
  it.each([
    [10, 512, 100],
    [900, 512, 64],
    [900, null, 64],
    [257, 512, 256],
    [1000, 512, 2],
  ])("hold each of %i tiles (side %s) once, within a budget of %i", (n, side, budget) => {
    const { groups } = tileGroups(scattered(n, side), budget);
    expect(groups.length).toBeLessThanOrEqual(budget);
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("tiles of a group lie in one square", () => {
    const bag = scattered(800, 512);
    const { groups, rule } = tileGroups(bag, 100);
    const m = Number(/of (\d+) x/.exec(rule)?.[1]);
    for (const group of groups) {
      const cells = new Set(
        group.map(
          (i) => `${Math.floor((bag.x[i] as number) / (m * 512))},${Math.floor((bag.y[i] as number) / (m * 512))}`,
        ),
      );
      expect(cells.size).toBe(1);
    }
  });

  it("tiles that all lie in one place are taken in runs of the bag", () => {
    const bag = { n: 10, x: new Int32Array(10), y: new Int32Array(10), side: 256 };
    expect(tileGroups(bag, 4).groups.map((g) => g.length)).toEqual([3, 3, 3, 1]);
  });

  it("one group would leave nothing out", () => {
    expect(() => tileGroups(scattered(5, 512), 1)).toThrow(RangeError);
  });
});

import { expect, it } from "vitest";
import { logRank } from "../../src/survival/log-rank.ts";
import { golden, synthetic } from "./cohort.ts";

const { time, event } = synthetic;
const groups: string[] = golden.synthetic.group;

it("expects as many events as came", () => {
  const { groups: shown } = logRank({ time, event, groups });
  const sum = (of: "observed" | "expected") => shown.reduce((total, g) => total + g[of], 0);
  expect(sum("expected")).toBeCloseTo(sum("observed"), 10);
  expect(shown.reduce((total, g) => total + g.n, 0)).toBe(90);
});

it("does not depend on the names or the order of the groups", () => {
  const renamed = groups.map((g) => ({ a: "z", b: "y", c: "x" })[g] as string);
  const back = (values: ArrayLike<number>) => Array.from(values).reverse();
  const turned = logRank({ time: back(time), event: back(event), groups: [...renamed].reverse() });
  expect(turned.chiSquared).toBeCloseTo(logRank({ time, event, groups }).chiSquared as number, 12);
});

it("finds no difference between a group and its copy", () => {
  const twice = (values: ArrayLike<number>) => [...Array.from(values), ...Array.from(values)];
  const copy = Array.from({ length: 180 }, (_, i) => (i < 90 ? 1 : 2));
  const test = logRank({ time: twice(time), event: twice(event), groups: copy });
  expect(test.chiSquared).toBeCloseTo(0, 12);
  expect(test.p).toBeCloseTo(1, 6);
});

it("compares within strata alone", () => {
  const within = logRank({
    time: [1, 2, 3, 4],
    event: [1, 1, 1, 1],
    groups: ["a", "a", "b", "b"],
    strata: [1, 1, 2, 2],
  });
  expect(within).toMatchObject({ chiSquared: null, reason: expect.stringMatching(/never at risk together/) });
});

it("judges groups that meet only in part on the comparisons that exist", () => {
  const pair = (names: string[]) => ({ time: [1, 2, 3, 4], event: [1, 1, 1, 1], groups: names });
  const one = logRank(pair(["a", "b", "a", "b"]));
  const two = logRank(pair(["c", "c", "d", "d"]));
  const both = logRank({
    time: [1, 2, 3, 4, 1, 2, 3, 4],
    event: [1, 1, 1, 1, 1, 1, 1, 1],
    groups: ["a", "b", "a", "b", "c", "c", "d", "d"],
    strata: [1, 1, 1, 1, 2, 2, 2, 2],
  });
  expect(both.df).toBe(2);
  expect(both.chiSquared).toBeCloseTo((one.chiSquared as number) + (two.chiSquared as number), 12);
});

it("gives the square of the one comparison there is: two groups", () => {
  // At times 1 to 4 at risk of a: 2, 1, 1, 0 of 4, 3, 2, 1; expected 0.5 + 1/3 + 0.5, variance 1/4 + 2/9 + 1/4.
  const { chiSquared } = logRank({ time: [1, 2, 3, 4], event: [1, 1, 1, 1], groups: ["a", "b", "a", "b"] });
  expect(chiSquared).toBeCloseTo((2 - 4 / 3) ** 2 / (1 / 4 + 2 / 9 + 1 / 4), 14);
});

it("does not count a group in which no event can come", () => {
  const early = logRank({ time: [0.5, 1, 2, 3, 4], event: [0, 1, 1, 1, 1], groups: ["gone", "a", "b", "a", "b"] });
  expect(early.df).toBe(1);
  expect(early.groups[0]).toEqual({ group: "gone", n: 1, observed: 0, expected: 0 });
  expect(early.chiSquared).toBeCloseTo(
    logRank({ time: [1, 2, 3, 4], event: [1, 1, 1, 1], groups: ["a", "b", "a", "b"] }).chiSquared as number,
    14,
  );
});

it("is undefined, with the reason, without events, without patients, with one group", () => {
  expect(logRank({ time: [1, 2], event: [0, 0], groups: ["a", "b"] }).reason).toBe("no event");
  expect(logRank({ time: [], event: [], groups: [] })).toMatchObject({ chiSquared: null, p: null, n: 0 });
  expect(logRank({ time: [1, 2], event: [1, 1], groups: ["a", "a"] }).reason).toMatch(/fewer than two groups/);
  expect(logRank({ time: [5, 5], event: [1, 1], groups: ["a", "b"] })).toMatchObject({ chiSquared: null, p: null });
});

it("refuses columns of different length", () => {
  expect(() => logRank({ time: [1, 2], event: [1, 1], groups: ["a"] })).toThrow(/2 groups/);
  expect(() => logRank({ time: [1], event: [1], groups: ["a"], strata: [] })).toThrow(/1 strata/);
});

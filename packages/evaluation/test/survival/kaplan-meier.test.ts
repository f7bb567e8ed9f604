import { describe, expect, it } from "vitest";
import { kaplanMeier, medianSurvival, survivalAt } from "../../src/survival/kaplan-meier.ts";
import { restrictedMean } from "../../src/survival/restricted-mean.ts";
import { synthetic } from "./cohort.ts";

describe("the Kaplan-Meier curve", () => {
  it("is the plain share still without the event when nobody is censored", () => {
    const time = [1, 2, 2, 5, 7, 9];
    const curve = kaplanMeier(time, [1, 1, 1, 1, 1, 1]);
    for (const t of [0, 1, 1.5, 2, 6, 9, 40]) {
      expect(survivalAt(curve, t).value).toBeCloseTo(time.filter((s) => s > t).length / 6, 14);
    }
  });
  it("keeps every patient: events, censored and those left add up at each step", () => {
    const { n, steps } = kaplanMeier(synthetic.time, synthetic.event);
    let left = n;
    for (const s of steps) {
      expect(s.atRisk).toBe(left);
      left -= s.events + s.censored;
    }
    expect(left).toBe(0);
  });
  it("counts whoever is censored at the time of an event as still at risk of it", () => {
    const [step] = kaplanMeier([3, 3, 4], [1, 0, 1]).steps;
    expect(step).toMatchObject({ atRisk: 3, events: 1, censored: 1 });
    expect(step?.survival).toBeCloseTo(2 / 3, 14);
  });
  it("comes down to exactly 0 for fractional weights", () => {
    const curve = kaplanMeier([1, 2, 3], [1, 1, 1], [0.1, 0.7, 1 / 3]);
    expect(curve.steps.at(-1)?.survival).toBe(0);
  });
  it("leaves patients of weight zero out, of follow-up too", () => {
    expect(kaplanMeier([1, 2, 30], [1, 0, 0], [1, 1, 0]).followUp).toBe(2);
  });
  it("stays at 1 without an interval when no event comes", () => {
    const curve = kaplanMeier([1, 2, 3], [0, 0, 0]);
    expect(survivalAt(curve, 2)).toMatchObject({
      value: 1,
      low: null,
      high: null,
      reason: expect.stringMatching(/no event/),
    });
    expect(medianSurvival(curve)).toMatchObject({ value: null, reason: expect.stringMatching(/does not fall/) });
    expect(restrictedMean(curve, 3)).toMatchObject({ value: 3, low: null, standardError: 0 });
  });
  it("says nothing beyond the follow-up, unless nobody is left without the event", () => {
    expect(survivalAt(kaplanMeier([1, 4], [1, 0]), 5)).toMatchObject({
      value: null,
      reason: "nobody was followed to 5; the longest follow-up is 4",
    });
    expect(survivalAt(kaplanMeier([1, 4], [1, 1]), 5)).toMatchObject({ value: 0, low: null });
    expect(restrictedMean(kaplanMeier([1, 4], [1, 0]), 5).value).toBeNull();
    expect(restrictedMean(kaplanMeier([1, 4], [1, 1]), 5).value).toBeCloseTo(2.5, 14);
  });
  it("serves one patient, and nobody", () => {
    expect(medianSurvival(kaplanMeier([5], [1]))).toMatchObject({ value: 5, low: null, high: null });
    expect(kaplanMeier([], [])).toEqual({ n: 0, events: 0, followUp: 0, steps: [] });
    expect(survivalAt(kaplanMeier([], []), 1)).toMatchObject({ value: null, reason: "no patient" });
    expect(medianSurvival(kaplanMeier([], []))).toMatchObject({ value: null, reason: "no patient" });
  });
  it("has its median in the middle of a flat at one half", () => {
    expect(medianSurvival(kaplanMeier([1, 2, 3, 4], [1, 1, 1, 1]))).toMatchObject({
      value: 2.5,
      low: 1,
      high: null,
      reason: "the interval has no upper end: the limit does not fall to one half within the follow-up",
    });
  });
  it("has its median interval where one half lies within the limits, whatever the rounding of the curve", () => {
    // One of ten is censored first, so the curve falls by ninths and passes one half between the fourth and the fifth.
    const curve = kaplanMeier([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const { value, low, high } = medianSurvival(curve);
    const holds = curve.steps.filter((s) => s.low !== null && s.low <= 0.5 && (s.high as number) >= 0.5);
    expect([value, low]).toEqual([6, holds[0]?.time]);
    expect(high).toBe(curve.steps.find((s) => s.high !== null && s.high < 0.5)?.time ?? null);
    for (const n of [6, 10, 14, 22, 30, 46, 100]) {
      const times = Array.from({ length: n }, (_, i) => i + 1);
      expect(
        medianSurvival(
          kaplanMeier(
            times,
            times.map(() => 1),
          ),
        ).value,
      ).toBe((n + 1) / 2);
    }
  });
  it("the restricted mean of whole follow-up is the mean time, its variance that of a mean over n", () => {
    const time = [2, 3, 5, 7, 11];
    const mean = restrictedMean(kaplanMeier(time, [1, 1, 1, 1, 1]), 11);
    expect(mean.value).toBeCloseTo(28 / 5, 13);
    const squares = time.reduce((sum, t) => sum + (t - 28 / 5) ** 2, 0);
    expect(mean.standardError).toBeCloseTo(Math.sqrt(squares) / 5, 13);
  });
  it("refuses bad times, events, weights and lengths", () => {
    expect(() => kaplanMeier([1, -2], [1, 1])).toThrow(/finite time of 0 or more, received -2 for patient 1/);
    expect(() => kaplanMeier([1, Number.NaN], [1, 1])).toThrow(RangeError);
    expect(() => kaplanMeier([1, 2], [1, 2])).toThrow(/event of 0 or 1/);
    expect(() => kaplanMeier([1, 2], [1])).toThrow(/2 events/);
    expect(() => kaplanMeier([1, 2], [1, 1], [1, -1])).toThrow(/weight/);
    expect(() => restrictedMean(kaplanMeier([1, 2], [1, 1]), 0)).toThrow(RangeError);
    expect(() => survivalAt(kaplanMeier([1, 2], [1, 1]), -1)).toThrow(RangeError);
  });
});

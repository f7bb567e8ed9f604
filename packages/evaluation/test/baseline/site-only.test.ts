import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { columnBaseline } from "../../src/baseline/column-baseline.ts";
import { siteOnlyBaseline } from "../../src/baseline/site-only.ts";
import { newcombe } from "../../src/interval/wilson.ts";
import { cohortOf, row, TASK } from "../../testing/make.ts";

describe("columnBaseline", () => {
  it("is near one half for a column of noise with many values, with an interval that holds it", () => {
    let sum = 0;
    for (let s = 0; s < 20; s++) {
      const random = randomStream(s, "noise");
      const cases = Array.from({ length: 300 }, (_, i) => ({ value: String(random.below(30)), label: i % 2 }));
      sum += columnBaseline(cases, 2, { seed: 1 }).value as number;
    }
    expect(sum / 20).toBeGreaterThan(0.47);
    expect(sum / 20).toBeLessThan(0.52);
  });
  it("is one when the column is the label under another name", () => {
    const cases = Array.from({ length: 40 }, (_, i) => ({ value: i % 2 === 0 ? "p" : "q", label: i % 2 }));
    expect(columnBaseline(cases, 2, { seed: 1 }).value).toBe(1);
  });
  it("claims no certainty from a perfect column: Newcombe's interval stands where DeLong's variance is 0", () => {
    const cases = Array.from({ length: 40 }, (_, i) => ({ value: i % 2 === 0 ? "p" : "q", label: i % 2 }));
    const { low, high, method } = columnBaseline(cases, 2, { seed: 1 });
    expect([low, high]).toEqual(newcombe(1, 20, 20));
    expect(low).toBeLessThan(0.95);
    expect(method).toMatch(/Newcombe/);
    const three = Array.from({ length: 60 }, (_, i) => ({ value: `v${i % 3}`, label: i % 3 }));
    expect(columnBaseline(three, 3, { seed: 1 })).toMatchObject({ value: 1, low: newcombe(1, 20, 40)[0], high: 1 });
  });
  it("does not depend on the names of the values", () => {
    const cases = Array.from({ length: 90 }, (_, i) => ({ value: String(i % 7), label: i % 3 === 0 ? 1 : 0 }));
    const renamed = cases.map((c) => ({ ...c, value: `site ${c.value}` }));
    expect(columnBaseline(renamed, 2, { seed: 1 })).toEqual(columnBaseline(cases, 2, { seed: 1 }));
  });
  it("is undefined with a reason for one label, or for a label of one patient", () => {
    const one = [
      { value: "a", label: 0 },
      { value: "b", label: 0 },
    ];
    expect(columnBaseline(one, 2, { seed: 1 })).toMatchObject({ value: null, reason: expect.any(String) });
    expect(columnBaseline([...one, { value: "a", label: 1 }], 2, { seed: 1 }).value).toBeNull();
  });
});

describe("siteOnlyBaseline", () => {
  it("is high where a hospital sees mostly one label", () => {
    const cohort = cohortOf({ patients: 120, sites: 3, positiveEvery: 3 });
    expect(siteOnlyBaseline(cohort, TASK, { seed: 1 }).value).toBeGreaterThan(0.95);
  });
  it("counts a patient once, however many slides", () => {
    const cohort = cohortOf({ patients: 60, slidesEach: 5 });
    expect(siteOnlyBaseline(cohort, TASK, { seed: 1 }).n).toBe(60);
  });
  it("is undefined with a reason where one site, or none, is known", () => {
    expect(siteOnlyBaseline([row({ slide: "a" })], TASK, { seed: 1 }).reason).toBe("no site is known");
    expect(siteOnlyBaseline(cohortOf({ patients: 20, sites: 1 }), TASK, { seed: 1 }).reason).toMatch(/one site/);
  });
});

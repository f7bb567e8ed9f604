/** Sizes of pROC's power.roc.test, recorded by tools/oracles/compare.R; the rest is held against simulation. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { binomialTail } from "../../src/distribution/tail.ts";
import { clopperPearson } from "../../src/interval/clopper-pearson.ts";
import { delong, pairedDelong } from "../../src/metric/delong.ts";
import { patientsForAuroc, patientsForAurocAbove } from "../../src/power/patients-for-auroc.ts";
import { detectableDifference, patientsForDifference } from "../../src/power/patients-for-difference.ts";
import { patientsForShare } from "../../src/power/patients-for-share.ts";

const r = JSON.parse(readFileSync(new URL("../golden/compare-r.json", import.meta.url), "utf8"));

/** Distance of two unit normals with this AUROC, for 0.75, 0.8 and 0.85. */
const DISTANCE: Readonly<Record<string, number>> = { "0.75": 0.95387255, "0.8": 1.1902322, "0.85": 1.46576085 };

describe("patients for an AUROC", () => {
  it("the interval of a simulated study is about as wide as planned", () => {
    const { positives, negatives, patients } = patientsForAuroc({ auroc: 0.8, halfWidth: 0.06, prevalence: 0.3 });
    expect(positives + negatives).toBe(patients);
    expect(positives / patients).toBeCloseTo(0.3, 2);
    const random = randomStream(1, "power");
    let width = 0;
    for (let s = 0; s < 60; s++) {
      const y = Array.from({ length: patients }, (_, i) => (i < positives ? 1 : 0));
      const d = delong(
        y.map((v) => random.normal() + v * (DISTANCE["0.8"] as number)),
        y,
      );
      width += ((d.high as number) - (d.low as number)) / 2 / 60;
    }
    expect(width / 0.06).toBeGreaterThan(0.9);
    expect(width / 0.06).toBeLessThan(1.05);
  });
  it("one patient fewer would not do, and a finer interval needs more", () => {
    const coarse = patientsForAuroc({ auroc: 0.8, halfWidth: 0.1, prevalence: 0.5 });
    const fine = patientsForAuroc({ auroc: 0.8, halfWidth: 0.05, prevalence: 0.5 });
    expect(fine.patients / coarse.patients).toBeGreaterThan(3.5);
    expect(fine.patients / coarse.patients).toBeLessThan(4.5);
  });
  it("is pROC's number of cases rounded up, under the binormal variance", () => {
    for (const { auroc, power, cases } of r.power) {
      const plan = patientsForAurocAbove({ auroc, power, prevalence: 0.5, variance: "binormal" });
      expect(plan.positives).toBe(Math.ceil(cases));
    }
  });
  it("a simulated study shows an AUROC above 0.6 about as often as planned", () => {
    const { positives, patients } = patientsForAurocAbove({ auroc: 0.75, nullAuroc: 0.6, prevalence: 0.4 });
    const random = randomStream(2, "power");
    let shown = 0;
    for (let s = 0; s < 400; s++) {
      const y = Array.from({ length: patients }, (_, i) => (i < positives ? 1 : 0));
      const d = delong(
        y.map((v) => random.normal() + v * (DISTANCE["0.75"] as number)),
        y,
      );
      if ((d.low as number) > 0.6) shown++;
    }
    expect(shown / 400).toBeGreaterThan(0.72);
    expect(shown / 400).toBeLessThan(0.9);
  });
  it("refuses what cannot be planned", () => {
    expect(() => patientsForAuroc({ auroc: 1, halfWidth: 0.1, prevalence: 0.5 })).toThrow(RangeError);
    expect(() => patientsForAuroc({ auroc: 0.8, halfWidth: 0.1, prevalence: 0 })).toThrow(/prevalence/);
    expect(() => patientsForAurocAbove({ auroc: 0.6, nullAuroc: 0.7, prevalence: 0.5 })).toThrow(/above the null/);
    expect(() => patientsForAuroc({ auroc: 0.8, halfWidth: 1e-7, prevalence: 0.5 })).toThrow(/billion/);
  });
});

describe("patients for a share", () => {
  it("a test that never misses needs 72 patients for a lower bound of 0.95, and 59 one-sided", () => {
    expect(patientsForShare({ share: 1, lowerBound: 0.95 })).toMatchObject({ patients: 72, hits: 72, power: 1 });
    expect(patientsForShare({ share: 1, lowerBound: 0.95, level: 0.1 }).patients).toBe(59);
  });
  it.each([
    [0.95, 0.9, 0.8],
    [0.8, 0.7, 0.9],
    [0.92, 0.88, 0.8],
    [0.6, 0.3, 0.8],
  ])(
    "share %d above %d with power %d: the power never falls again, and the hits are the fewest",
    (share, lowerBound, power) => {
      const plan = patientsForShare({ share, lowerBound, power });
      const powerAt = (n: number): number => {
        let hits = 0;
        while (hits <= n && binomialTail(hits, n, lowerBound) > 0.025) hits++;
        return hits > n ? 0 : binomialTail(hits, n, share);
      };
      for (let n = plan.patients; n < 2 * plan.patients; n++) expect(powerAt(n)).toBeGreaterThanOrEqual(power);
      expect(powerAt(plan.patients - 1)).toBeLessThan(power);
      expect(powerAt(plan.patients)).toBeCloseTo(plan.power, 12);
      for (let n = 1; n < plan.first; n++) expect(powerAt(n)).toBeLessThan(power);
      expect(clopperPearson(plan.hits, plan.patients)[0]).toBeGreaterThanOrEqual(lowerBound);
      expect(clopperPearson(plan.hits - 1, plan.patients)[0]).toBeLessThan(lowerBound);
    },
  );
  it("refuses a share at its bound", () => {
    expect(() => patientsForShare({ share: 0.9, lowerBound: 0.9 })).toThrow(RangeError);
    expect(() => patientsForShare({ share: 1.1, lowerBound: 0.9 })).toThrow(RangeError);
  });
});

describe("patients for a difference", () => {
  it("a simulated paired study shows the difference about as often as planned", () => {
    const shared = 0.5;
    const [a, b] = [DISTANCE["0.85"] as number, DISTANCE["0.75"] as number];
    const random = randomStream(3, "paired");
    const draw = (n: number) => {
      const y = Array.from({ length: n }, (_, i) => i % 2);
      const own = () => Math.sqrt(1 - shared) * random.normal();
      const common = y.map(() => Math.sqrt(shared) * random.normal());
      return {
        y,
        a: y.map((v, i) => v * a + (common[i] as number) + own()),
        b: y.map((v, i) => v * b + (common[i] as number) + own()),
      };
    };
    // The correlation of the estimates, from one large sample: var(a - b) = va + vb - 2 r sqrt(va vb).
    const large = draw(20_000);
    const va = delong(large.a, large.y).variance as number;
    const vb = delong(large.b, large.y).variance as number;
    const both = pairedDelong(large.a, large.b, large.y).difference;
    const vd = (((both.high as number) - (both.low as number)) / (2 * 1.959963984540054)) ** 2;
    const correlation = (va + vb - vd) / (2 * Math.sqrt(va * vb));
    expect(correlation).toBeGreaterThan(0.35);
    expect(correlation).toBeLessThan(shared);
    const { patients } = patientsForDifference({ aurocA: 0.85, aurocB: 0.75, correlation, prevalence: 0.5 });
    let shown = 0;
    for (let s = 0; s < 400; s++) {
      const study = draw(patients);
      if ((pairedDelong(study.a, study.b, study.y).p as number) < 0.05) shown++;
    }
    expect(shown / 400).toBeGreaterThan(0.72);
    expect(shown / 400).toBeLessThan(0.9);
  });
  it("the detectable difference of the patients planned for is the difference planned", () => {
    const { patients } = patientsForDifference({ aurocA: 0.86, aurocB: 0.8, correlation: 0.6, prevalence: 0.3 });
    const { difference } = detectableDifference({ patients, auroc: 0.8, correlation: 0.6, prevalence: 0.3 });
    expect(difference).toBeCloseTo(0.06, 3);
    expect(difference).toBeLessThanOrEqual(0.06);
  });
  it("more correlation needs fewer patients; too few patients show nothing", () => {
    const plan = (correlation: number) =>
      patientsForDifference({ aurocA: 0.85, aurocB: 0.8, correlation, prevalence: 0.5 }).patients;
    expect(plan(0.8)).toBeLessThan(plan(0.2));
    expect(detectableDifference({ patients: 10, auroc: 0.9, prevalence: 0.2 }).difference).toBeNull();
    expect(() => patientsForDifference({ aurocA: 0.8, aurocB: 0.8, prevalence: 0.5 })).toThrow(/twice/);
    expect(() => patientsForDifference({ aurocA: 0.8, aurocB: 0.7, correlation: 1, prevalence: 0.5 })).toThrow(
      /correlation/,
    );
  });
});

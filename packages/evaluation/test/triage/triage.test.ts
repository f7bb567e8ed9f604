/** Thresholds and rates by brute force, intervals from scipy, recorded by tools/oracles/calibration_more.py; and laws. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { clopperPearson } from "../../src/interval/clopper-pearson.ts";
import { percent } from "../../src/triage/sentence.ts";
import { neededWithoutError } from "../../src/triage/share.ts";
import { type RuleIn, type RuleOut, type Triage, triage } from "../../src/triage/triage.ts";
import { binary } from "../../testing/make.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/calibration-more.json", import.meta.url), "utf8"));
const tune = binary(golden.tune.label, golden.tune.probability);
const test = binary(golden.test.label, golden.test.probability);
const out = (t: Triage): RuleOut => {
  if (t.ruleOut.kind === "undefined") throw new Error(t.ruleOut.reason);
  return t.ruleOut;
};
const into = (t: Triage): RuleIn => {
  if (t.ruleIn === null || t.ruleIn.kind === "undefined") throw new Error(t.ruleIn?.reason ?? "not asked for");
  return t.ruleIn;
};

/** The threshold of a single fold. */
const thresholdOf = (zone: RuleOut | RuleIn): number => {
  if (zone.threshold === null) throw new Error("expected one threshold, received one for each fold");
  return zone.threshold;
};

describe("thresholds agree with trying every one", () => {
  for (const row of golden.thresholds) {
    const { rate, least, by } = row;
    const isOut = rate === "sensitivity" || rate === "npv";
    it(`${rate} at least ${least} by ${by}`, () => {
      // With sensitivity 1 nobody above the lowest positive patient is ruled out, so rule-in may start anywhere.
      const t = triage(tune, test, isOut ? { [rate]: least, by } : { sensitivity: 1, [rate]: least, by });
      if (row.threshold === null) {
        expect(t.ruleOut).toMatchObject({ kind: "undefined", needed: 183 });
        return;
      }
      const zone = isOut ? out(t) : into(t);
      expect(zone.threshold).toBe(row.threshold);
      expect(zone.reached.value).toBeCloseTo(row.tune[0] / row.tune[1], 12);
      expect(zone.patients).toBe(row.patients);
      const judged = isOut ? out(t)[rate as "sensitivity" | "npv"] : into(t)[rate as "specificity" | "ppv"];
      expect(judged.value).toBeCloseTo(row.test[0] / row.test[1], 12);
      expect(judged.n).toBe(row.test[1]);
      expect(judged.low).toBeCloseTo(row.interval[0], 10);
      expect(judged.high).toBeCloseTo(row.interval[1], 10);
    });
  }
  it("Clopper-Pearson intervals agree with scipy to 1e-10", () => {
    for (const [hits, n, low, high] of golden.pearson) {
      const interval = clopperPearson(hits, n);
      expect(interval[0]).toBeCloseTo(low, 10);
      expect(interval[1]).toBeCloseTo(high, 10);
    }
  });
});

describe("triage", () => {
  const t = triage(tune, test, { sensitivity: 0.95, specificity: 0.95 });
  it("puts every test patient in exactly one zone", () => {
    expect(out(t).patients + into(t).patients + t.grey.patients).toBe(test.n);
    const positives = out(t).missed + into(t).patients - into(t).falseAlarms + t.grey.positives;
    expect(positives).toBe(t.test.positives);
    const shares = [out(t), into(t), t.grey].map((zone) => zone.share.value as number);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
  it("says it in a sentence with the counts of the test part", () => {
    expect(out(t).sentence).toBe(
      "at sensitivity at least 0.95 on the tune part (79 of 83 positive patients), 26 % of test patients need no second look; " +
        "on test the sensitivity was 0.892 (0.819 to 0.943), 12 of 111 positive patients missed",
    );
    expect(t.grey.sentence).toMatch(
      /^60 % of test patients \(181 of 300, \d+ of them positive\) are left to a person$/,
    );
    expect(out(t).verdict).toBe("missed");
  });
  it("says where the tune part is too small for the target whatever the model", () => {
    const few = (n: number): string =>
      out(triage(binary([0, ...new Array(n).fill(1)], [0.1, ...new Array(n).fill(0.7)]), test)).sentence;
    expect(few(4)).toMatch(
      /too few to promise it: a threshold from 4 positive patients keeps a sensitivity of 0\.80 on average at best$/,
    );
    expect(few(48)).toContain("too few");
    expect(few(49)).not.toContain("too few");
  });
  it("chooses on tune alone: other labels in test leave the thresholds as they were", () => {
    const other = triage(
      tune,
      { ...test, labels: test.labels.map((y) => 1 - y) },
      { sensitivity: 0.95, specificity: 0.95 },
    );
    expect([out(other).threshold, into(other).threshold]).toEqual([out(t).threshold, into(t).threshold]);
    expect(t.optimistic).toBe(false);
  });
  it("without a tune part every result says that it is optimistic, and why", () => {
    const same = triage(null, test, { sensitivity: 0.95, specificity: 0.95 });
    for (const result of [same, out(same), into(same), same.grey]) {
      expect(result.optimistic).toBe(true);
      expect(result.optimisticBecause).toContain("chosen on the patients they are judged on");
    }
    expect(out(same).reached.value).toBe(out(same).sensitivity.value);
    expect(out(same).sentence).toContain("on these same patients");
    expect(same.tune).toBeNull();
  });
  it("reaches its target on the patients it chose on, and the next higher threshold would not", () => {
    const p = golden.tune.probability as number[];
    for (const least of [0.5, 0.8, 0.9, 0.98, 1]) {
      const threshold = thresholdOf(out(triage(tune, test, { sensitivity: least })));
      const positives = p.filter((_, i) => golden.tune.label[i] === 1);
      const reached = (at: number): number => positives.filter((v) => v >= at).length / positives.length;
      const next = Math.min(...p.filter((v) => v > threshold));
      expect(reached(threshold)).toBeGreaterThanOrEqual(least);
      expect(reached(next)).toBeLessThan(least);
    }
  });
  it("nobody is both ruled out and ruled in, however good the model", () => {
    const perfect = binary([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9]);
    const both = triage(null, perfect, { sensitivity: 0.9, specificity: 0.5 });
    expect(thresholdOf(into(both))).toBeGreaterThanOrEqual(thresholdOf(out(both)));
    expect(both.grey).toMatchObject({ patients: 0, positives: 0, low: 0.7, high: 0.7 });
    expect(into(both).specificity.value).toBe(1);
  });
  it("counts a positive patient at the threshold itself as seen", () => {
    const ties = binary([0, 1, 1, 0, 1], [0.4, 0.4, 0.4, 0.2, 0.9]);
    const zone = out(triage(null, ties, { sensitivity: 0.98 }));
    expect(zone).toMatchObject({ threshold: 0.4, missed: 0, patients: 1 });
  });
});

describe("a target that cannot be met", () => {
  it("says how many positive patients it takes with none missed", () => {
    const zone = triage(tune, test, { sensitivity: 0.98, by: "bound" }).ruleOut;
    expect(zone).toMatchObject({ kind: "undefined", needed: 183, optimistic: false });
    expect(zone.kind === "undefined" && zone.reason).toContain("83 of 83 positive patients");
    expect(zone.kind === "undefined" && zone.reason).toContain("it takes 183");
  });
  it("the number is the least for which the interval reaches the target", () => {
    for (const least of [0.5, 0.8, 0.9, 0.95, 0.975, 0.98, 0.99, 0.995]) {
      const n = neededWithoutError(least) as number;
      expect(clopperPearson(n, n)[0]).toBeGreaterThanOrEqual(least - 1e-12);
      expect(clopperPearson(n - 1, n - 1)[0]).toBeLessThan(least);
    }
    expect(neededWithoutError(1)).toBeNull();
  });
  it("exactly that many are enough", () => {
    const labels = [...new Array(183).fill(1), ...new Array(50).fill(0)];
    const p = labels.map((y, i) => (y === 1 ? 0.6 + i / 1000 : 0.1));
    const ask = { sensitivity: 0.98, by: "bound" } as const;
    expect(triage(null, binary(labels, p), ask).ruleOut).toMatchObject({ kind: "ready", patients: 50 });
    expect(triage(null, binary(labels.slice(1), p.slice(1)), ask).ruleOut.kind).toBe("undefined");
  });
  it("names a missing class, nobody at all, more than two classes and a highest score that is wrong", () => {
    const reasonOf = (t: Triage): string => (t.ruleOut.kind === "undefined" ? t.ruleOut.reason : "");
    expect(reasonOf(triage(binary([0, 0], [0.1, 0.3]), test))).toContain("no positive patients");
    expect(reasonOf(triage(null, binary([], [])))).toContain("no positive patients");
    const three = {
      ...test,
      n: 1,
      k: 3,
      labels: Int32Array.of(0),
      probabilities: Float64Array.of(0.2, 0.3, 0.5),
      classes: ["a", "b", "c"],
    };
    expect(reasonOf(triage(null, three))).toContain("two classes");
    const wrong = triage(null, binary([0, 1, 0, 1], [0.9, 0.5, 0.4, 0.6]), { specificity: 0.9 }).ruleIn;
    expect(wrong).toMatchObject({ kind: "undefined", reason: expect.stringContaining("1 of 2 negative patients") });
  });
  it("a test part of one class has a share but no sensitivity, with the reason", () => {
    const zone = out(triage(tune, binary([0, 0], [0.001, 0.4])));
    expect(zone.share.value).toBe(0.5);
    expect(zone.sensitivity).toMatchObject({ value: null, reason: "no positive patients" });
    expect(zone.sentence).toContain("could not be judged: no positive patients");
    expect(zone.verdict).toBe("open");
  });
  it("two targets for one side, or one outside 0 to 1, are the caller's mistake", () => {
    expect(() => triage(null, test, { sensitivity: 0.9, npv: 0.9 })).toThrow(/one target/);
    expect(() => triage(null, test, { sensitivity: 98 })).toThrow(/0\.98/);
    expect(() => triage(test, test)).toThrow(/null/);
    expect(() => triage({ ...tune, positive: 0 }, test)).toThrow(/same classes/);
  });
});

describe("what the two bases are worth", () => {
  it("by the bound the true sensitivity is below the target in at most 2.5 % of studies, by the point in more than half", () => {
    // Scores of positive patients uniform in 0 to 1: the true sensitivity at threshold t is 1 - t.
    const random = randomStream(8, "wilks");
    const below = { bound: 0, point: 0 };
    const studies = 700;
    const cases = 100;
    for (let s = 0; s < studies; s++) {
      const scores = Array.from({ length: cases }, () => random.uniform());
      const sample = binary([...new Array(cases).fill(1), 0], [...scores, 0]);
      for (const by of ["bound", "point"] as const) {
        if (1 - thresholdOf(out(triage(null, sample, { sensitivity: 0.9, by }))) < 0.9) below[by]++;
      }
    }
    expect(below.bound / studies).toBeLessThan(0.025 + 3 * Math.sqrt(0.025 / studies));
    expect(below.point / studies).toBeGreaterThan(0.5);
  });
});

describe("percent", () => {
  it("rounds, but never to 0 % or 100 % what is not", () => {
    expect([0.412, 0, 1, 0.004, 0.9999, 0.0001, 0.995].map(percent)).toEqual([
      "41 %",
      "0 %",
      "100 %",
      "0.4 %",
      "over 99.9 %",
      "under 0.1 %",
      "99.5 %",
    ]);
  });
});

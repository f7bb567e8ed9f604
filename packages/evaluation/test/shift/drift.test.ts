import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { cusum, threshold } from "../../src/shift/cusum.ts";
import { driftOverTime } from "../../src/shift/drift.ts";
import type { DatedPrediction } from "../../src/shift/period.ts";

interface Spec {
  readonly seed: number;
  readonly n?: number;
  /** Logits by which the truth lies above the model, from the start and from the 251st patient on. */
  readonly wrong?: number;
  readonly change?: number;
  /** Logits by which scores rise from the 251st patient on, the truth with them. */
  readonly rise?: number;
  readonly isLabelled?: boolean;
}

/** 50 patients a month, two a day. */
function series({ seed, n = 500, wrong = 0, change = 0, rise = 0, isLabelled = true }: Spec): DatedPrediction[] {
  const random = randomStream(seed, "series");
  return Array.from({ length: n }, (_, i) => {
    const month = Math.floor(i / 50);
    const logit = 1.5 * random.normal() + (i >= 250 ? rise : 0);
    const truth = logit + wrong + (i >= 250 ? change : 0);
    const label = random.uniform() < 1 / (1 + Math.exp(-truth)) ? 1 : 0;
    const date = `20${10 + Math.floor(month / 12)}-${`${(month % 12) + 1}`.padStart(2, "0")}-${`${1 + Math.floor((i % 50) / 2)}`.padStart(2, "0")}`;
    return { date, probability: 1 / (1 + Math.exp(-logit)), label: isLabelled ? label : null };
  });
}

const options = { baseline: 2, simulations: 100, seed: 1 } as const;
const report = (spec: Spec) => unwrap(driftOverTime(series(spec), { ...options, seed: spec.seed }));

describe("drift over time", () => {
  it("cuts into months with n, mean score, observed rate and Brier score, the baseline first", () => {
    const { periods } = report({ seed: 1 });
    expect(periods.map((p) => p.name)).toEqual(
      Array.from({ length: 10 }, (_, i) => `2010-${`${i + 1}`.padStart(2, "0")}`),
    );
    expect(periods.map((p) => p.isBaseline)).toEqual([true, true, ...new Array<boolean>(8).fill(false)]);
    const own = series({ seed: 1 }).slice(100, 150);
    const mean = own.reduce((sum, p) => sum + p.probability, 0) / 50;
    expect(periods[2]).toMatchObject({ n: 50, labelled: 50 });
    expect(periods[2]?.meanScore.value).toBeCloseTo(mean, 12);
    expect(periods[2]?.observedRate.value).toBeCloseTo(own.filter((p) => p.label === 1).length / 50, 12);
    expect(periods[0]?.stability).toBeNull();
    expect(periods[2]?.stability?.psi.value).toBeGreaterThan(0);
  });
  it("sounds the outcome alarm after outcomes change, not the score alarm", () => {
    const { outcomes, scores } = report({ seed: 2, change: 2 });
    expect(outcomes.firstAlarm?.direction).toBe("up");
    expect(outcomes.firstAlarm?.date.slice(0, 7)).toMatch(/^2010-0[67]$/);
    expect(outcomes.firstAlarm?.after).toBeGreaterThan(150);
    expect(scores.firstAlarm).toBeNull();
  });
  it("sounds the score alarm where scores move and labels are absent", () => {
    const { outcomes, scores, periods } = report({ seed: 3, rise: 2, isLabelled: false });
    expect(scores.firstAlarm).toMatchObject({ direction: "up" });
    expect(scores.firstAlarm?.after).toBeGreaterThan(150);
    expect(outcomes).toMatchObject({
      threshold: null,
      firstAlarm: null,
      reason: expect.stringContaining("0 labelled"),
    });
    expect(periods[4]?.brier).toMatchObject({ value: null, reason: "no labelled patient" });
    expect(periods[4]?.n).toBe(50);
  });
  it("a model that was wrong from the start does not drift", () => {
    let alarms = 0;
    for (let seed = 0; seed < 20; seed++) if (report({ seed, wrong: 0.8 }).outcomes.firstAlarm !== null) alarms++;
    expect(alarms).toBeLessThanOrEqual(4);
  });
  it("false alarms are about as rare as asked for", () => {
    let outcomes = 0;
    let scores = 0;
    for (let seed = 100; seed < 140; seed++) {
      const made = report({ seed });
      if (made.outcomes.firstAlarm !== null) outcomes++;
      if (made.scores.firstAlarm !== null) scores++;
    }
    expect(outcomes).toBeLessThanOrEqual(7);
    expect(scores).toBeLessThanOrEqual(7);
  });
  it("does not depend on the order of the rows of different dates", () => {
    const points = series({ seed: 4, n: 200 }).filter((_, i) => i % 2 === 0);
    const back = driftOverTime([...points].reverse(), options);
    expect(back).toEqual(driftOverTime(points, options));
  });
  it("cuts into quarters, years and blocks of patients who keep their date together", () => {
    const points = series({ seed: 5 });
    const names = (window: "quarter" | "year" | { patients: number }) =>
      unwrap(driftOverTime(points, { window, simulations: 10 })).periods.map((p) => p.name);
    expect(names("quarter")).toEqual(["2010-Q1", "2010-Q2", "2010-Q3", "2010-Q4"]);
    expect(names("year")).toEqual(["2010"]);
    const blocks = unwrap(driftOverTime(points, { window: { patients: 99 }, simulations: 10 })).periods;
    expect(blocks.map((p) => p.n)).toEqual([100, 100, 100, 100, 100]);
  });
  it("names the row of a date it will not guess, a probability outside 0 to 1 and an odd label", () => {
    const good = series({ seed: 6, n: 60 });
    const withRow = (row: object) => driftOverTime([...good, { ...good[0], ...row } as DatedPrediction]);
    expect(withRow({ date: "03/04/2021" })).toMatchObject({
      ok: false,
      failure: { kind: "bad-value", expected: expect.stringContaining("row 61") },
    });
    expect(withRow({ date: "2021" })).toMatchObject({
      ok: false,
      failure: { expected: expect.stringContaining("2021-03") },
    });
    expect(withRow({ probability: Number.NaN })).toMatchObject({ ok: false, failure: { received: '"NaN"' } });
    expect(withRow({ label: 2 })).toMatchObject({ ok: false, failure: { received: "2" } });
    expect(driftOverTime([])).toMatchObject({ ok: false, failure: { kind: "too-few" } });
    expect(() => driftOverTime(good, { baseline: 0 })).toThrow(RangeError);
  });
  it("watches nothing where the baseline is all, too small, or of one outcome, and says so", () => {
    const points = series({ seed: 7, n: 120 });
    const reason = (p: DatedPrediction[], baseline: number) =>
      unwrap(driftOverTime(p, { baseline, simulations: 10 })).outcomes.reason;
    expect(reason(points, 3)).toContain("after the baseline");
    expect(reason(points.slice(40), 1)).toContain("fewer than 20");
    expect(
      reason(
        points.map((p) => ({ ...p, label: 1 as const })),
        1,
      ),
    ).toContain("one outcome");
  });
  it("a single patient foretold with certainty who turns out otherwise does not sound the alarm", () => {
    const points = series({ seed: 8, n: 200 });
    points[150] = { ...(points[150] as DatedPrediction), probability: 0, label: 1 };
    expect(unwrap(driftOverTime(points, options)).outcomes.firstAlarm).toBeNull();
  });
});

describe("CUSUM", () => {
  it("adds what exceeds the allowance and forgets the rest", () => {
    const { up, down } = cusum([1, 1, -3, 0.5], 0.5);
    expect([...up]).toEqual([0.5, 1, 0, 0]);
    expect([...down]).toEqual([0, 0, 2.5, 1.5]);
  });
  it("the threshold is passed by the share asked for", () => {
    const peaks = Float64Array.from({ length: 99 }, (_, i) => 99 - i);
    expect(threshold(peaks, 0.05)).toBe(95);
    expect(threshold(Float64Array.from([3, 1]), 0.05)).toBe(3);
  });
});

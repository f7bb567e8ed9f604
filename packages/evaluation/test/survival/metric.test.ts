/** Laws of the survival metrics, each held against plain double loops or against itself. */
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { type Metric, measure } from "../../src/metric/metric.ts";
import { brierAt, integratedBrier, nullBrierAt, nullIntegratedBrier } from "../../src/survival/brier.ts";
import { harrell, harrellMetric } from "../../src/survival/harrell.ts";
import { type SurvivalSample, survivalSubsample } from "../../src/survival/sample.ts";
import { timeAuroc } from "../../src/survival/time-auroc.ts";
import { unoMetric } from "../../src/survival/uno.ts";
import { survivalSample, synthetic } from "./cohort.ts";

const METRICS = [
  harrellMetric,
  unoMetric(null),
  unoMetric(40),
  timeAuroc(30),
  brierAt(30),
  nullBrierAt(30),
  integratedBrier([10, 25, 60]),
  nullIntegratedBrier([10, 25, 60]),
];
const RANKING = METRICS.slice(0, 4);
const at = (metric: Metric<SurvivalSample>, sample: SurvivalSample, weights: ArrayLike<number>) => {
  const prepared = metric.prepare(sample);
  if (prepared.kind === "undefined") throw new Error(prepared.reason);
  return prepared.at(Float64Array.from(weights));
};
const reason = (metric: Metric<SurvivalSample>, sample: SurvivalSample) => {
  const prepared = metric.prepare(sample);
  return prepared.kind === "undefined" ? prepared.reason : null;
};

describe.each(METRICS.map((m) => [m.name, m] as const))("%s", (_, metric) => {
  it("lies in its range", () => {
    const value = measure(metric, synthetic) as number;
    expect(value).toBeGreaterThanOrEqual(metric.range[0]);
    expect(value).toBeLessThanOrEqual(metric.range[1]);
  });
  it("is unchanged when the patients are shuffled", () => {
    const rows = randomStream(3, "survival").shuffled(Array.from({ length: synthetic.n }, (_, i) => i));
    expect(measure(metric, survivalSubsample(synthetic, rows))).toBeCloseTo(measure(metric, synthetic) as number, 12);
  });
  it("counts a patient of weight two as two patients, of weight zero as none", () => {
    const weights = Array.from({ length: synthetic.n }, (_, i) => i % 3);
    const rows = weights.flatMap((w, i) => new Array<number>(w).fill(i));
    expect(at(metric, synthetic, weights)).toBeCloseTo(
      measure(metric, survivalSubsample(synthetic, rows)) as number,
      12,
    );
  });
  it("is unchanged when all weights are a third", () => {
    const thirds = new Array<number>(synthetic.n).fill(1 / 3);
    expect(at(metric, synthetic, thirds)).toBeCloseTo(measure(metric, synthetic) as number, 12);
  });
  it("is null when all weights are zero", () => {
    expect(at(metric, synthetic, new Float64Array(synthetic.n))).toBeNull();
  });
  it("is undefined with a reason when nobody is there", () => {
    expect(reason(metric, survivalSubsample(synthetic, []))).toBe("no patient");
  });
  it("refuses follow-up and predictions that no patient can have", () => {
    const broken = (change: Partial<SurvivalSample>) => () => metric.prepare({ ...synthetic, ...change });
    const filled = (values: Float64Array, value: number) => Float64Array.from(values, (v, i) => (i === 4 ? value : v));
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(broken({ time: filled(synthetic.time, value) })).toThrow(
        /expected a finite time of 0 or more, received .* 4/,
      );
    expect(broken({ event: synthetic.event.map((e, i) => (i === 4 ? 2 : e)) })).toThrow(/event of 0 or 1, received 2/);
    expect(broken({ risk: filled(synthetic.risk, Number.NaN) })).toThrow(/finite risk, received NaN for patient 4/);
    expect(broken({ risk: synthetic.risk.slice(1) })).toThrow(/expected 90 risks, .* received 89/);
    const curves = synthetic.curves as NonNullable<typeof synthetic.curves>;
    const above = { ...curves, survival: filled(curves.survival, 1.1) };
    expect(broken({ curves: above })).toThrow(/survival probability from 0 to 1, received 1.1 for patient 0/);
    expect(broken({ curves: { ...curves, times: [10, 10, 30, 40, 55, 70] } })).toThrow(/ascending times/);
    expect(broken({ curves: { ...curves, times: [10] } })).toThrow(/expected 90 survival values/);
  });
});

describe.each(RANKING.map((m) => [m.name, m] as const))("%s", (_, metric) => {
  const set = (time: number[], event: number[], risk: number[]) => survivalSample(time, event, risk);
  it("is 1 when the risks follow the times and 0 when they run against them", () => {
    const right = survivalSample([...synthetic.time], [...synthetic.event].fill(1), [...synthetic.time.map((t) => -t)]);
    expect(measure(metric, right)).toBe(1);
    expect(measure(metric, { ...right, risk: right.time })).toBe(0);
  });
  it("turns into 1 minus itself when the risks are turned round", () => {
    const turned = measure(metric, { ...synthetic, risk: synthetic.risk.map((r) => -r) });
    expect(turned).toBeCloseTo(1 - (measure(metric, synthetic) as number), 12);
  });
  it("depends on the order of the risks alone", () => {
    const stretched = { ...synthetic, risk: synthetic.risk.map((r) => Math.exp(3 * r)) };
    expect(measure(metric, stretched)).toBe(measure(metric, synthetic));
  });
  it("is undefined, with the reason, where nothing can be ordered", () => {
    expect(reason(metric, set([1, 30, 50], [0, 0, 0], [1, 2, 3]))).toMatch(/no patient had the event/);
    expect(reason(metric, set([30], [1], [1]))).toMatch(/one patient|nobody was followed beyond/);
    expect(reason(metric, set([20, 20, 20], [1, 0, 1], [1, 2, 3]))).toMatch(/same time|nobody was followed beyond/);
    expect(reason(metric, set([1, 30, 50], [1, 1, 1], [2, 2, 2]))).toBe("every patient has the same risk");
  });
  it("has a bootstrap interval around its value", () => {
    const [e] = bootstrap(synthetic, [metric], { replicates: 200, seed: 1 });
    expect(e?.low).toBeLessThan(e?.value as number);
    expect(e?.high).toBeGreaterThan(e?.value as number);
  });
});

describe("concordance", () => {
  it("counts what a double loop over the pairs counts", () => {
    const { time, event, risk, n } = synthetic;
    let concordant = 0;
    let pairs = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (event[i] !== 1 || !isFirst(i, j)) continue;
        pairs++;
        concordant += risk[i] === risk[j] ? 0.5 : (risk[i] as number) > (risk[j] as number) ? 1 : 0;
      }
    }
    expect(measure(harrellMetric, synthetic)).toBeCloseTo(concordant / pairs, 14);

    function isFirst(i: number, j: number): boolean {
      return (time[i] as number) < (time[j] as number) || (time[i] === time[j] && event[j] === 0);
    }
  });
  it("has no pair where every event comes at the last time, and says so", () => {
    const late = survivalSample([1, 2, 9, 9], [0, 0, 1, 1], [1, 2, 3, 4]);
    expect(reason(harrellMetric, late)).toMatch(/no two patients/);
    expect(harrell(late)).toMatchObject({ value: null, standardError: null, reason: expect.stringMatching(/no two/) });
    expect(reason(unoMetric(null), late)).toMatch(/no two patients/);
  });
  it("takes zero and minus zero for one risk", () => {
    expect(measure(harrellMetric, survivalSample([1, 2, 3], [1, 1, 1], [0, -0, -1]))).toBeCloseTo(2.5 / 3, 14);
  });
  it("gives no interval for a perfect order, and the reason", () => {
    const perfect = harrell(survivalSample([1, 2, 3, 4], [1, 1, 1, 0], [4, 3, 2, 1]));
    expect(perfect).toMatchObject({ value: 1, low: null, high: null, reason: expect.stringMatching(/no interval/) });
  });
  it("is Uno's index too when nobody is censored", () => {
    const whole = { ...synthetic, event: synthetic.event.map(() => 1) };
    expect(measure(unoMetric(null), whole)).toBeCloseTo(measure(harrellMetric, whole) as number, 14);
  });
  it("is undefined for a tau beyond the follow-up, and refuses one that is no time", () => {
    expect(reason(unoMetric(500), synthetic)).toBe("nobody was followed to 500; the longest follow-up is 116");
    expect(() => unoMetric(0)).toThrow(RangeError);
    expect(() => unoMetric(Number.NaN)).toThrow(RangeError);
  });
  it("counts events before tau and not at it", () => {
    const s = survivalSample([1, 2, 3, 4], [1, 1, 1, 1], [4, 1, 3, 2]);
    expect(measure(unoMetric(2), s)).toBe(1);
    expect(measure(unoMetric(2.5), s)).toBeCloseTo(3 / 5, 14);
  });
});

describe("errors over time", () => {
  const whole = { ...synthetic, event: synthetic.event.map(() => 1) };
  it("the Brier score is the plain mean of squares when nobody is censored", () => {
    const { times, survival } = synthetic.curves as NonNullable<typeof synthetic.curves>;
    const squares = Array.from(
      whole.time,
      (t, i) => ((survival[i * times.length + 2] as number) - (t > 30 ? 1 : 0)) ** 2,
    );
    const mean = squares.reduce((a, b) => a + b, 0) / whole.n;
    expect(measure(brierAt(30), whole)).toBeCloseTo(mean, 14);
    expect(measure(brierAt(39.9), whole)).not.toBeCloseTo(mean, 3);
  });
  it("the curves are steps, and 1 before their first time", () => {
    const early = measure(brierAt(5), whole);
    expect(early).toBeCloseTo(whole.time.filter((t) => t <= 5).length / whole.n, 14);
  });
  it("the score of Kaplan-Meier is S (1 - S)", () => {
    const s = whole.time.filter((t) => t > 30).length / whole.n;
    expect(measure(nullBrierAt(30), whole)).toBeCloseTo(s * (1 - s), 14);
  });
  it("of curves that are Kaplan-Meier's is the score of Kaplan-Meier", () => {
    const s = whole.time.filter((t) => t > 30).length / whole.n;
    const same = { ...whole, curves: { times: [30], survival: new Float64Array(whole.n).fill(s) } };
    expect(measure(brierAt(30), same)).toBeCloseTo(measure(nullBrierAt(30), same) as number, 14);
  });
  it("a perfect foresight scores 0", () => {
    const curves = { times: [30], survival: Float64Array.from(synthetic.time, (t) => (t > 30 ? 1 : 0)) };
    expect(measure(brierAt(30), { ...synthetic, curves })).toBe(0);
  });
  it("is undefined, with the reason, without curves, beyond them and beyond the follow-up", () => {
    expect(reason(brierAt(30), { ...synthetic, curves: null })).toMatch(/no survival curves/);
    expect(reason(nullBrierAt(30), { ...synthetic, curves: null })).toBeNull();
    expect(reason(brierAt(80), synthetic)).toBe("the survival curves end at 70, before 80");
    expect(reason(integratedBrier([10, 500]), synthetic)).toMatch(/nobody was followed to 500/);
    expect(reason(timeAuroc(500), synthetic)).toMatch(/nobody was followed beyond 500/);
    expect(reason(timeAuroc(0), synthetic)).toMatch(/no patient had the event by 0/);
  });
  it("refuses times that do not ascend", () => {
    expect(() => integratedBrier([10])).toThrow(/at least 2 times, received 1/);
    expect(() => integratedBrier([10, 10])).toThrow(/ascending times/);
    expect(() => brierAt(-1)).toThrow(RangeError);
    expect(() => timeAuroc(Number.NaN)).toThrow(RangeError);
  });
});

it("standard errors of Harrell's index agree with the bootstrap", () => {
  const [e] = bootstrap(synthetic, [harrellMetric], { replicates: 1000, seed: 2 });
  const width = (e?.high as number) - (e?.low as number);
  const closed = 2 * 1.96 * (harrell(synthetic).standardError as number);
  expect(width / closed).toBeGreaterThan(0.85);
  expect(width / closed).toBeLessThan(1.15);
});

it("two thousand replicates of three thousand patients take seconds", () => {
  const random = randomStream(5, "speed");
  const draw = () => Array.from({ length: 3000 }, () => random.uniform());
  const large = survivalSample(draw(), draw().map(Math.round), draw());
  const start = performance.now();
  bootstrap(large, [harrellMetric], { replicates: 2000, seed: 1 });
  expect(performance.now() - start).toBeLessThan(5000);
});

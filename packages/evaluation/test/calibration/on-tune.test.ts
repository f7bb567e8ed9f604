import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CalibratedOnTune, calibrateOnTune } from "../../src/calibration/on-tune.ts";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { brierMetric } from "../../src/metric/brier.ts";
import { calibrationInterceptMetric, calibrationSlopeMetric } from "../../src/metric/calibration.ts";
import { eceMetric } from "../../src/metric/ece.ts";
import { eceMassMetric } from "../../src/metric/ece-mass.ts";
import { logLossMetric } from "../../src/metric/log-loss.ts";
import { subsample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/calibration-more.json", import.meta.url), "utf8"));
const tune = binary(golden.tune.label, golden.tune.probability);
const test = binary(golden.test.label, golden.test.probability);
const chance = { replicates: 200, seed: 4 };
const result = calibrateOnTune(tune, test, chance);
const by = (method: string): CalibratedOnTune => {
  const found = result.methods.find((m) => m.method === method);
  if (found === undefined) throw new Error(method);
  return found;
};

describe("calibrateOnTune", () => {
  it("Brier and log loss before and after agree with scikit-learn to 1e-9", () => {
    expect(result.before.brier.value).toBeCloseTo(golden.before.brier, 10);
    expect(result.before.logLoss.value).toBeCloseTo(golden.before.logLoss, 10);
    for (const { method, after } of result.methods) {
      expect(after?.brier.value).toBeCloseTo(golden.after[method].brier, 9);
      expect(after?.logLoss.value).toBeCloseTo(golden.after[method].logLoss, 9);
    }
  });
  it("says how many patients it was fitted on and judged on", () => {
    expect(result.refused).toBeNull();
    expect(result.tune).toEqual({ n: 240, classes: { no: 157, yes: 83 } });
    expect(result.test.n).toBe(300);
    expect(by("platt").fits.map((f) => f.calibration.n)).toEqual([240]);
    expect(result.rule).toBe("fitted on 240 tune patients, judged on 300 others");
  });
  it("moves the slope of a model that is too sure towards 1", () => {
    const before = result.before.slope.value as number;
    expect(before).toBeLessThan(0.7);
    for (const method of ["temperature", "platt"]) {
      expect(Math.abs((by(method).after?.slope.value as number) - 1)).toBeLessThan(Math.abs(before - 1));
    }
  });
  it("gives the change on the same patients: its value is the difference, its interval narrower than two apart", () => {
    for (const { after, change } of result.methods) {
      for (const name of ["ece", "eceMass", "brier", "logLoss"] as const) {
        const difference = (after?.[name].value as number) - (result.before[name].value as number);
        expect(change?.[name].value).toBeCloseTo(difference, 12);
      }
    }
    const change = by("temperature").change?.brier;
    expect(change?.high).toBeLessThan(0);
    const { low, high } = result.before.brier;
    expect((change?.high as number) - (change?.low as number)).toBeLessThan((high as number) - (low as number));
  });
  it("gives each number as a bootstrap of its own would", () => {
    const metrics = [
      eceMetric,
      eceMassMetric,
      brierMetric,
      logLossMetric,
      calibrationSlopeMetric,
      calibrationInterceptMetric,
    ];
    const alone = bootstrap(test, metrics, chance);
    const { ece, eceMass, brier, logLoss, slope, intercept } = result.before;
    expect([ece, eceMass, brier, logLoss, slope, intercept]).toEqual(alone);
  });
  it("never fits on test: other labels in test leave every calibration as it was", () => {
    const other = calibrateOnTune(tune, { ...test, labels: test.labels.map((y) => 1 - y) }, chance);
    expect(other.methods.map((m) => m.fits)).toEqual(result.methods.map((m) => m.fits));
    expect(other.folds.map((f) => f.choice)).toEqual(result.folds.map((f) => f.choice));
    expect(() => calibrateOnTune(test, test)).toThrow(/tune/);
  });
  it("gives reliability bins that hold every patient of test", () => {
    for (const measures of [result.before, ...result.methods.map((m) => m.after)]) {
      expect(measures?.reliability.reduce((sum, bin) => sum + bin.n, 0)).toBe(test.n);
    }
  });
  it("refuses a tune part of fewer than 20 patients, and gives the numbers before all the same", () => {
    const few = calibrateOnTune(subsample(tune, [...Array(19).keys()]), test, { replicates: 0 });
    expect(few.refused).toContain("19 tune patients");
    expect(few.before.brier.value).toBeCloseTo(golden.before.brier, 10);
    for (const m of few.methods) {
      const fits = [{ fold: null, calibration: { kind: "undefined", reason: few.refused } }];
      expect(m).toMatchObject({ after: null, change: null, fits });
    }
  });
  it("refuses a tune part of one class or of nobody", () => {
    const one = binary(new Array(30).fill(1), golden.tune.probability.slice(0, 30));
    expect(calibrateOnTune(one, test, { replicates: 0 }).refused).toContain("label yes");
    expect(calibrateOnTune(binary([], []), test, { replicates: 0 }).refused).toContain("no labelled patient");
  });
  it("an empty test part gives undefined numbers with reasons", () => {
    const empty = calibrateOnTune(tune, binary([], []), { replicates: 10 });
    expect(empty.before.brier).toMatchObject({ value: null, reason: expect.any(String) });
    expect(by("platt").method).toBe("platt");
    expect(empty.methods[0]?.change?.brier.value).toBeNull();
  });
  it("counts the labels that isotonic regression calls impossible", () => {
    const steps = binary(
      [...new Array(15).fill(0), ...new Array(15).fill(1)],
      Array.from({ length: 30 }, (_, i) => 0.2 + i / 50),
    );
    const isotonic = calibrateOnTune(steps, test, { replicates: 0 }).methods.find((m) => m.method === "isotonic");
    expect(isotonic?.after?.impossibleLabels).toBeGreaterThan(0);
    expect(Number.isFinite(isotonic?.after?.logLoss.value)).toBe(true);
  });
});

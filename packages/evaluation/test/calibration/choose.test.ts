/** Which calibration a tune part chooses by itself. */
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { chooseCalibration } from "../../src/calibration/choose.ts";
import { calibrateOnTune } from "../../src/calibration/on-tune.ts";
import { type Sample, subsample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

/** True log-odds times `sureness` plus `shift`: 1 and 0 is a model that needs no calibration. */
function made(n: number, sureness: number, shift = 0, seed = 1): Sample {
  const random = randomStream(seed, "choose");
  const odds = Array.from({ length: n }, () => 1.5 * random.normal());
  const logistic = (z: number): number => 1 / (1 + Math.exp(-z));
  const labels = odds.map((z) => (random.uniform() < logistic(z) ? 1 : 0));
  return binary(
    labels,
    odds.map((z) => logistic(sureness * z + shift)),
  );
}

describe("chooseCalibration", () => {
  it("chooses a temperature for a model that is too sure, Platt for one that is also shifted", () => {
    expect(chooseCalibration(made(2000, 3)).method).toBe("temperature");
    expect(chooseCalibration(made(2000, 3, 2)).method).toBe("platt");
  });
  it("leaves well calibrated probabilities as they are more often than not", () => {
    const kept = Array.from({ length: 20 }, (_, s) => chooseCalibration(made(200, 1, 0, s)).method);
    expect(kept.filter((m) => m === "none").length).toBeGreaterThanOrEqual(10);
  });
  it("does not depend on the order of the rows", () => {
    const sample = made(150, 2);
    const turned = subsample(sample, [...Array(sample.n).keys()].reverse());
    const [a, b] = [chooseCalibration(sample), chooseCalibration(turned)];
    expect(b.method).toBe(a.method);
    for (const [name, score] of Object.entries(a.brier)) {
      expect(b.brier[name as keyof typeof b.brier]).toBeCloseTo(score as number, 8);
    }
  });
  it("gives null for what cannot be fitted, and chooses nothing that cannot", () => {
    const separated = binary(
      [...new Array(15).fill(0), ...new Array(15).fill(1)],
      Array.from({ length: 30 }, (_, i) => 0.2 + i / 50),
    );
    expect(chooseCalibration(separated).brier.platt).toBeNull();
    const backwards = binary(
      new Array(40).fill(0).map((_, i) => (i < 20 ? 1 : 0)),
      Array.from({ length: 40 }, (_, i) => 0.1 + i / 50),
    );
    expect(["none", "isotonic"]).toContain(chooseCalibration(backwards).method);
    expect(chooseCalibration(binary([], []))).toMatchObject({ method: "none", brier: { none: null } });
  });
  it("what was chosen is judged as the method itself is; none leaves the numbers as they were", () => {
    const test = made(300, 3, 0, 9);
    const sure = calibrateOnTune(made(400, 3), test, { replicates: 20 });
    const method = sure.methods.find((m) => m.method === sure.folds[0]?.choice?.method);
    expect(sure.chosen).toEqual({ after: method?.after, change: method?.change });
    const calm = made(
      200,
      1,
      0,
      [...Array(20).keys()].find((s) => chooseCalibration(made(200, 1, 0, s)).method === "none"),
    );
    const kept = calibrateOnTune(calm, test, { replicates: 20 });
    expect(kept.chosen).toEqual({ after: kept.before, change: null });
  });
});

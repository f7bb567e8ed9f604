import { describe, expect, it } from "vitest";
import { survivalCalibration } from "../../src/kind/survival-calibration.ts";
import { kaplanMeier, survivalAt } from "../../src/survival/kaplan-meier.ts";
import type { SurvivalSample } from "../../src/survival/sample.ts";

/** Events at 1, 2, ..., n, nobody censored; the model foretells `survival(i)` at time `t`. */
function sample(n: number, t: number, survival: (i: number) => number): SurvivalSample {
  return {
    n,
    time: Float64Array.from({ length: n }, (_, i) => i + 1),
    event: new Uint8Array(n).fill(1),
    risk: Float64Array.from({ length: n }, (_, i) => -i),
    curves: { times: [t], survival: Float64Array.from({ length: n }, (_, i) => survival(i)) },
  };
}

describe("calibration of foretold survival", () => {
  it("has a ratio of 1 where the mean foretold share is the share that had the event", () => {
    const found = survivalCalibration(
      sample(40, 10, () => 0.75),
      10,
    );
    expect(found.predicted).toBeCloseTo(0.25, 12);
    expect(found.observed.value).toBeCloseTo(0.25, 12);
    expect(found.ratio.value).toBeCloseTo(1, 12);
  });

  it("keeps equal foretold risks in one group, and every patient in exactly one", () => {
    const equal = survivalCalibration(
      sample(40, 10, () => 0.5),
      10,
    );
    expect(equal.groups.map((g) => g.n)).toEqual([40]);
    const risen = survivalCalibration(
      sample(100, 50, (i) => i / 100),
      50,
    );
    expect(risen.groups.map((g) => g.n)).toEqual([20, 20, 20, 20, 20]);
    expect(risen.groups.map((g) => g.predicted)).toEqual(
      risen.groups.map((g) => g.predicted).toSorted((a, b) => a - b),
    );
  });

  it("observes what one minus Kaplan and Meier's curve shows, ends of the interval exchanged", () => {
    const s = sample(30, 9, () => 0.6);
    const curve = survivalAt(kaplanMeier(s.time, s.event), 9);
    const { observed } = survivalCalibration(s, 9);
    expect(observed.low).toBeCloseTo(1 - (curve.high as number), 12);
    expect(observed.high).toBeCloseTo(1 - (curve.low as number), 12);
  });

  it("is undefined, not 0, beyond the follow-up and where no event is foretold", () => {
    const censored = { ...sample(20, 90, () => 0.5), event: new Uint8Array(20) };
    expect(survivalCalibration(censored, 90).ratio).toMatchObject({ value: null });
    expect(survivalCalibration(censored, 90).ratio.reason).toMatch(/follow/);
    expect(
      survivalCalibration(
        sample(20, 5, () => 1),
        5,
      ).ratio.reason,
    ).toBe("no event was foretold");
  });

  it("refuses a time that nobody foretold", () => {
    expect(() =>
      survivalCalibration(
        sample(20, 5, () => 1),
        6,
      ),
    ).toThrow(/time of the foretold survival \(5\), received 6/);
  });
});

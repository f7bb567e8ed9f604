import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { eceMetric } from "../../src/metric/ece.ts";
import { expectedEce } from "../../src/metric/ece-chance.ts";
import { eceMassMetric } from "../../src/metric/ece-mass.ts";
import { measure } from "../../src/metric/metric.ts";
import { binary } from "../../testing/make.ts";

/** Outcomes that come true exactly as often as foretold. */
function calibrated(n: number, seed: number) {
  const random = randomStream(seed, "calibrated");
  const p = Array.from({ length: n }, () => random.uniform());
  return binary(
    p.map((v) => (random.uniform() < v ? 1 : 0)),
    p,
  );
}

describe("what chance alone gives as a calibration error", () => {
  it("is the mean error over outcomes drawn from the probabilities, for both kinds of bins", () => {
    const random = randomStream(4, "draws");
    const p = Array.from({ length: 60 }, () => Math.round(100 * random.uniform()) / 100);
    const kinds = [
      ["width", eceMetric],
      ["mass", eceMassMetric],
    ] as const;
    for (const [bins, metric] of kinds) {
      let sum = 0;
      for (let r = 0; r < 500; r++) {
        const outcome = p.map((v) => (random.uniform() < v ? 1 : 0));
        sum += measure(metric, binary(outcome, p)) as number;
      }
      expect(expectedEce(binary(new Array(60).fill(0), p), bins)).toBeCloseTo(sum / 500, 2);
    }
  });

  it("is what a hand can compute: one patient at p is off by 2 p (1 - p), sure patients by nothing", () => {
    expect(expectedEce(binary([1], [0.3]), "width")).toBeCloseTo(0.42, 12);
    expect(expectedEce(binary([0, 1], [0.5, 0.5]), "width")).toBeCloseTo(0.25, 12);
    expect(expectedEce(binary([0, 1], [0, 1]), "mass")).toBe(0);
    expect(expectedEce(binary([], []), "width")).toBeNull();
  });

  it("falls as one over the root of n, and 20,000 patients take no time", () => {
    const [small, large] = [200, 20_000].map((n) => expectedEce(calibrated(n, 1), "width") as number);
    expect((small as number) / (large as number)).toBeCloseTo(10, 0);
  });
});

it("a calibration error has no interval, since that of a calibrated model would lie above its true value", () => {
  const [ece, mass] = bootstrap(calibrated(100, 2), [eceMetric, eceMassMetric], { replicates: 50, seed: 1 });
  for (const e of [ece, mass]) {
    expect(e).toMatchObject({ low: null, high: null, n: 100, reason: expect.stringMatching(/biased upwards/) });
    expect(e?.value).toBeGreaterThan(0);
  }
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bcaLevels } from "../../src/interval/bca.ts";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { aurocMetric } from "../../src/metric/auroc.ts";
import { weightedMean } from "../../src/metric/metric.ts";
import { binary } from "../../testing/make.ts";

const golden: { x: number[]; t: number[]; levels: [number, number] } = JSON.parse(
  readFileSync(new URL("../golden/bca.json", import.meta.url), "utf8"),
);

describe("the BCa interval", () => {
  it("has the levels of R's package boot, which prints them with five digits", () => {
    const { x, t, levels } = golden;
    const value = x.reduce((a, b) => a + b, 0) / x.length;
    const ours = bcaLevels(t, value, weightedMean(x), x.length) as [number, number];
    expect(ours[0]).toBeCloseTo(levels[0], 5);
    expect(ours[1]).toBeCloseTo(levels[1], 5);
  });

  it("is null where every replicate lies on one side of the value", () => {
    expect(bcaLevels([0.1, 0.2], 0.3, () => 0.3, 4)).toBeNull();
  });

  it("is named in the method of the estimate and lies near the percentile one", () => {
    const labels = Array.from({ length: 80 }, (_, i) => i % 2);
    const sample = binary(
      labels,
      labels.map((l, i) => (l + ((i * 37) % 100) / 50) / 3),
    );
    const [percentile] = bootstrap(sample, [aurocMetric], { replicates: 2000, seed: 1 });
    const [bca] = bootstrap(sample, [aurocMetric], { replicates: 2000, seed: 1, interval: "bca" });
    expect(bca?.method).toContain("BCa bootstrap over patients");
    expect(Math.abs((bca?.low ?? 0) - (percentile?.low ?? 1))).toBeLessThan(0.03);
    expect(bca?.low).not.toBe(percentile?.low);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { betaQuantile, fQuantile, normalQuantile, studentQuantile } from "../../src/distribution/quantile.ts";
import { incompleteBeta, lnGamma } from "../../src/distribution/special.ts";
import { binomialTail, chiSquaredTail, fTail, studentTail } from "../../src/distribution/tail.ts";
import { clopperPearson } from "../../src/interval/clopper-pearson.ts";

const FUNCTIONS: Readonly<Record<string, (...args: [number, number, number]) => number>> = {
  lnGamma: (x) => lnGamma(x),
  incompleteBeta,
  chiSquaredTail,
  studentTail,
  fTail,
  binomialTail,
  normalQuantile: (p) => normalQuantile(p),
  betaQuantile,
  studentQuantile,
  fQuantile,
  clopperLow: (hits, n) => clopperPearson(hits, n)[0],
  clopperHigh: (hits, n) => clopperPearson(hits, n)[1],
};

interface Case {
  readonly name: string;
  readonly args: [number, number, number];
  readonly value: number;
}

const cases: Case[] = JSON.parse(readFileSync(new URL("../golden/distributions.json", import.meta.url), "utf8"));

describe("distributions", () => {
  it.each(cases)("$name($args) is R's $value", ({ name, args, value }) => {
    const ours = FUNCTIONS[name]?.(...args) as number;
    expect(Math.abs(ours - value)).toBeLessThanOrEqual(Math.max(1e-11 * Math.abs(value), value === 0 ? 1e-15 : 0));
  });

  it("the incomplete beta function ends where its two fractions meet, and refuses what is not a number", () => {
    const value = incompleteBeta(0.20307820197358564, 1.2500321053869934, 7.829601668796487);
    expect(value).toBeCloseTo(1 - incompleteBeta(1 - 0.20307820197358564, 7.829601668796487, 1.2500321053869934), 12);
    expect(() => incompleteBeta(Number.NaN, 1, 2)).toThrow(RangeError);
    expect(() => chiSquaredTail(Number.NaN, 2)).toThrow(RangeError);
  });

  it("an exact interval is refused for more hits than patients", () => {
    expect(() => clopperPearson(3, 2)).toThrow(RangeError);
  });
});

import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { fitIntercept, fitLogistic } from "../../src/metric/logistic.ts";
import { weightedLogistic } from "../../src/metric/logistic-cells.ts";

interface Drawn {
  readonly x: Float64Array;
  readonly y: Uint8Array;
}

function drawn(n: number, { slope, spread }: { readonly slope: number; readonly spread: number }): Drawn {
  const random = randomStream(5, "cells");
  const x = Float64Array.from({ length: n }, () => spread * random.normal());
  const y = Uint8Array.from(x, (v) => (random.uniform() < 1 / (1 + Math.exp(-(0.3 + slope * v))) ? 1 : 0));
  return { x, y };
}

function replicate(n: number, seed: number): Float64Array {
  const random = randomStream(seed, "weights");
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const at = random.below(n);
    weights[at] = (weights[at] as number) + 1;
  }
  return weights;
}

function prepared({ x, y }: Drawn) {
  const once = new Float64Array(x.length).fill(1);
  return weightedLogistic(x, y, { start: fitLogistic(x, y, once), startIntercept: fitIntercept(x, y, once) ?? 0 });
}

describe("logistic fits over cells", () => {
  it.each([
    ["a usual model", { slope: 1, spread: 1.5 }],
    ["a model that is far too sure", { slope: 0.2, spread: 5 }],
    ["a model that is not sure enough", { slope: 6, spread: 0.3 }],
    ["a model that ranks the wrong way", { slope: -0.8, spread: 1 }],
  ])("are those over patients to 1e-10: %s", (_, shape) => {
    const sample = drawn(6000, shape);
    const { fit, intercept } = prepared(sample);
    for (let seed = 0; seed < 5; seed++) {
      const weights = replicate(6000, seed);
      const direct = fitLogistic(sample.x, sample.y, weights);
      expect(Math.abs((fit(weights)?.slope ?? Number.NaN) - (direct?.slope ?? Number.NaN))).toBeLessThan(1e-10);
      expect(Math.abs((fit(weights)?.intercept ?? Number.NaN) - (direct?.intercept ?? Number.NaN))).toBeLessThan(1e-10);
      const large = fitIntercept(sample.x, sample.y, weights) ?? Number.NaN;
      expect(Math.abs((intercept(weights) ?? Number.NaN) - large)).toBeLessThan(1e-10);
    }
  });

  it("say that there is no fit where weights leave one class, or classes that x separates", () => {
    const sample = drawn(4000, { slope: 1, spread: 1 });
    const { fit, intercept } = prepared(sample);
    const oneClass = Float64Array.from(sample.y, (y) => y);
    const apart = Float64Array.from(sample.y, (y, i) => ((sample.x[i] as number) > 0 === (y === 1) ? 1 : 0));
    expect([fit(oneClass), intercept(oneClass), fit(apart)]).toEqual([null, null, null]);
    expect(intercept(apart)).not.toBeNull();
  });

  it("follow a replicate that strays far from the whole sample", () => {
    const sample = drawn(4000, { slope: 1, spread: 1 });
    const { fit } = prepared(sample);
    const odd = Float64Array.from(sample.y, (y) => (y === 1 ? 1 : 40));
    const direct = fitLogistic(sample.x, sample.y, odd);
    expect(fit(odd)?.intercept).toBeCloseTo(direct?.intercept as number, 10);
  });
});

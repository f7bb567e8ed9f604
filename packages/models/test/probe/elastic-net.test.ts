import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { binomialLoss } from "../../src/probe/binomial-loss.ts";
import type { PredictorLoss } from "../../src/probe/coordinate-descent.ts";
import { elasticNetPath } from "../../src/probe/elastic-net.ts";
import { coxLoss } from "../../src/survival/cox-loss.ts";
import { elasticNetCox } from "../../src/survival/elastic-net-cox.ts";
import { matrix, type NetReference, recorded } from "../survival/cohort.ts";
import { gap } from "./reference.ts";

const { nets } = recorded;
const x = matrix(nets);
const ones = new Float64Array(nets.n).fill(1);
const losses: [string, PredictorLoss, readonly NetReference[]][] = [
  ["binomial", binomialLoss(nets.label, ones), nets.binomial],
  ["cox", coxLoss(nets, { ties: "breslow" }), nets.cox],
];

describe.each(losses)("the elastic net of the %s loss", (name, loss, references) => {
  it.each(references.map((golden) => [golden.mix, golden] as const))(
    "has the coefficients of glmnet at mix %d",
    (mix, golden) => {
      const path = elasticNetPath(x, loss, { mix, lambdas: golden.lambdas, tolerance: 1e-10 });
      path.forEach((step, i) => {
        expect(gap(step.coefficients, golden.coefficients.slice(i * nets.d, (i + 1) * nets.d))).toBeLessThan(1e-6);
        if (name === "binomial") expect(step.offset).toBeCloseTo(golden.offsets[i] as number, 5);
      });
    },
  );

  it.each([1, 0.5, 0.05, 0])("fulfils the Karush-Kuhn-Tucker conditions along the path at mix %d", (mix) => {
    const path = elasticNetPath(x, loss, { mix, count: 12, standardise: false, tolerance: 1e-9 });
    expect(path.every(({ converged }) => converged)).toBe(true);
    for (const { lambda, coefficients, offset } of path) {
      const eta = new Float64Array(nets.n);
      for (let i = 0; i < nets.n; i++)
        eta[i] = coefficients.reduce((sum, b, j) => sum + b * (x.values[i * nets.d + j] as number), offset);
      const { gradient } = loss.at(eta);
      for (let j = 0; j < nets.d; j++) {
        const slope = gradient.reduce((sum, g, i) => sum + g * (x.values[i * nets.d + j] as number), 0);
        const b = coefficients[j] as number;
        if (b === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(lambda * mix + 1e-7);
        else expect(slope + lambda * (1 - mix) * b + lambda * mix * Math.sign(b)).toBeCloseTo(0, 7);
      }
    }
  });

  it("starts with no coefficient, and lets more in as lambda falls", () => {
    const path = elasticNetPath(x, loss, { mix: 1, count: 50 });
    expect(path[0]?.nonzero).toBe(0);
    expect(path[1]?.nonzero).toBeGreaterThan(0);
    expect(path.at(-1)?.nonzero).toBeGreaterThan(path[5]?.nonzero ?? 99);
    path.slice(1).forEach((step, i) => {
      expect(step.loss).toBeLessThanOrEqual((path[i]?.loss ?? 0) + 1e-9);
    });
  });

  it("takes more columns than rows, and ends where it is told to", () => {
    const random = randomStream(2);
    const wide = { values: Float64Array.from({ length: nets.n * 300 }, () => random.normal()), n: nets.n, d: 300 };
    const path = elasticNetPath(wide, loss, { mix: 0.5, goOn: ({ nonzero }) => nonzero < 20 });
    expect(path.every(({ converged }) => converged)).toBe(true);
    expect(path.slice(0, -1).every(({ nonzero }) => nonzero < 20)).toBe(true);
  });
});

describe("the door of the elastic net for survival", () => {
  it("is the path of its loss, and refuses follow-up without events", () => {
    const options = { mix: 0.5, lambdas: [0.1, 0.05] };
    const path = unwrap(elasticNetCox(x, nets, { ...options, ties: "breslow" }));
    expect(path).toEqual(elasticNetPath(x, coxLoss(nets, { ties: "breslow" }), options));
    const censored = { time: nets.time, event: nets.event.map(() => 0) };
    expect(elasticNetCox(x, censored)).toMatchObject({ ok: false, failure: { kind: "too-few" } });
  });
});

import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { logSpaced } from "../../src/probe/choose.ts";
import { linearProbe } from "../../src/probe/linear-probe.ts";
import type { ProbePart } from "../../src/probe/probe.ts";
import { classesOf, embeddingsOf, gap, recorded } from "./reference.ts";

const fixed = { c: 1, standardise: false, balanced: false, maxSteps: 20_000 };

describe("the linear probe", () => {
  it.each(recorded.logistic)(
    "has the coefficients of scikit-learn on $rows at C = $c, balanced: $balanced",
    (golden) => {
      const part = classesOf(golden.rows);
      const { linear, predict } = unwrap(
        linearProbe.fit(part, null, { ...fixed, c: golden.c, balanced: golden.balanced }),
      );
      const { weight, bias, d, k } = linear ?? expect.fail("expected a linear head");
      const at = (c: number, j: number) => weight[j * k + c] as number;
      const coef =
        k === 2
          ? Array.from({ length: d }, (_, j) => at(1, j) - at(0, j))
          : Array.from({ length: k * d }, (_, i) => at(Math.floor(i / d), i % d));
      const intercept = k === 2 ? [(bias[1] as number) - (bias[0] as number)] : [...bias];
      const centred = (values: readonly number[]) =>
        values.map((value) => value - (values.length === 1 ? 0 : (values[0] as number)));
      expect(gap(coef, golden.coef)).toBeLessThan(1e-6);
      expect(gap(centred(intercept), centred(golden.intercept))).toBeLessThan(1e-6);
      const four = { ...part.embeddings, values: part.embeddings.values.slice(0, 4 * d), n: 4 };
      expect(gap(predict(four), golden.probabilities)).toBeLessThan(1e-6);
    },
  );

  it("tries values of C from strong to weak until two decades bring nothing, with scikit-learn's tune loss at each", () => {
    const { tried, chosen } = unwrap(linearProbe.fit(classesOf("three"), classesOf("threeTune"), { ...fixed, c: 0 }));
    const [path = []] = tried;
    expect(path.every(({ converged }) => converged)).toBe(true);
    expect(
      gap(
        path.map(({ tuneLoss }) => tuneLoss),
        recorded.path.slice(0, path.length),
      ),
    ).toBeLessThan(1e-5);
    const least = recorded.path.indexOf(Math.min(...recorded.path));
    expect(path.map(({ setting }) => setting)).toEqual(logSpaced(1e-5, 1e6, 45).slice(0, least + 9));
    expect(chosen).toEqual([path[least]?.setting]);
  });

  it("takes the strongest penalty where the tune part tells nothing", () => {
    const tune: ProbePart = {
      embeddings: { values: new Float64Array(12), n: 2, d: 6 },
      labels: { kind: "classify", label: [0, 0], k: 3 },
    };
    const silent: ProbePart = { ...classesOf("three"), embeddings: { values: new Float64Array(70 * 6), n: 70, d: 6 } };
    expect(unwrap(linearProbe.fit(silent, tune, { ...fixed, c: 0, balanced: true })).chosen).toEqual([1e-5]);
  });

  it("does not see the scale of a feature when it standardises", () => {
    const part = classesOf("three");
    const factors = [1, 1000, 1e-3, 5, 0.2, 30];
    const scaled: ProbePart = {
      ...part,
      embeddings: { ...part.embeddings, values: part.embeddings.values.map((v, i) => v * (factors[i % 6] as number)) },
    };
    const options = { ...fixed, standardise: true };
    const a = unwrap(linearProbe.fit(part, null, options)).predict(part.embeddings);
    const b = unwrap(linearProbe.fit(scaled, null, options)).predict(scaled.embeddings);
    expect(gap(a, b)).toBeLessThan(1e-6);
  });

  it("fits each of several labels as the two classes it is", () => {
    const part = classesOf("three");
    const yes = recorded.three.label.map((c) => (c === 1 ? 1 : 0));
    const no = recorded.three.label.map((c) => (c === 0 ? 1 : 0));
    const several = { kind: "multilabel", label: yes.flatMap((y, i) => [y, no[i] as number]), k: 2 } as const;
    const both = unwrap(linearProbe.fit({ ...part, labels: several }, null, fixed)).predict(part.embeddings);
    const alone = unwrap(linearProbe.fit({ ...part, labels: { kind: "classify", label: yes, k: 2 } }, null, fixed));
    const single = alone.predict(part.embeddings);
    expect(
      gap(
        both.filter((_, i) => i % 2 === 0),
        single.filter((_, i) => i % 2 === 1),
      ),
    ).toBeLessThan(1e-12);
  });

  it.each(recorded.ridge.fits)(
    "has the ridge coefficients of scikit-learn on $rows at alpha = $alpha",
    ({ rows, alpha, coef, intercept }) => {
      const part: ProbePart = {
        embeddings: embeddingsOf(rows),
        labels: { kind: "regress", label: recorded.ridge[rows] },
      };
      const { linear } = unwrap(linearProbe.fit(part, null, { ...fixed, c: 1 / alpha }));
      expect(gap(linear?.weight ?? [], coef)).toBeLessThan(1e-9);
      expect(linear?.bias[0]).toBeCloseTo(intercept, 9);
    },
  );

  it("chooses the ridge on the tune part by squared error", () => {
    const label = recorded.ridge.three.slice(0, 40);
    const tune: ProbePart = { embeddings: embeddingsOf("threeTune"), labels: { kind: "regress", label } };
    const train: ProbePart = {
      embeddings: embeddingsOf("three"),
      labels: { kind: "regress", label: recorded.ridge.three },
    };
    const { tried, chosen } = unwrap(linearProbe.fit(train, tune, { ...fixed, c: 0 }));
    const losses = (tried[0] ?? []).map(({ tuneLoss }) => tuneLoss);
    expect(chosen[0]).toBe(tried[0]?.[losses.indexOf(Math.min(...losses))]?.setting);
  });
});

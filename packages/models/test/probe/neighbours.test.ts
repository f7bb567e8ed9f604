import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { knnProbe, nearest } from "../../src/probe/knn.ts";
import type { ProbePart } from "../../src/probe/probe.ts";
import { prototypesProbe } from "../../src/probe/prototypes.ts";
import { temperatureFor } from "../../src/probe/temperature.ts";
import { classesOf, embeddingsOf, gap, recorded } from "./reference.ts";

const train = classesOf("three");
const asked = embeddingsOf("threeTune");

describe("nearest neighbours", () => {
  it.each(recorded.knn)("answer as scikit-learn: $neighbours, cosine $cosine, weighted $weighted", (golden) => {
    const options = { ...golden, centred: false };
    expect(gap(unwrap(knnProbe.fit(train, null, options)).predict(asked), golden.probabilities)).toBeLessThan(1e-9);
    const numbers: ProbePart = { ...train, labels: { kind: "regress", label: recorded.ridge.three } };
    expect(gap(unwrap(knnProbe.fit(numbers, null, options)).predict(asked), golden.numbers)).toBeLessThan(1e-9);
  });

  it("by default follow the kit of UNI: centred, of length 1, 20 neighbours", () => {
    const options = { neighbours: 20, cosine: true, centred: true, weighted: false };
    expect(gap(unwrap(knnProbe.fit(train, null, options)).predict(asked), recorded.uni)).toBeLessThan(1e-12);
  });

  it("of equal distances take the earlier row", () => {
    expect(nearest(Float64Array.of(2, 1, 1, 0, 1), 3)).toEqual([3, 1, 2]);
    expect(nearest(new Float64Array(6), 4)).toEqual([0, 1, 2, 3]);
  });

  it("a row that is there already outweighs every other", () => {
    const fitted = unwrap(knnProbe.fit(train, null, { neighbours: 5, cosine: false, centred: false, weighted: true }));
    const own = fitted.predict(train.embeddings);
    expect(recorded.three.label.every((c, i) => own[i * 3 + c] === 1)).toBe(true);
  });

  it("are refused when more are asked for than there are rows", () => {
    const fitted = knnProbe.fit(train, null, { neighbours: 71, cosine: true, centred: true, weighted: false });
    expect(fitted).toMatchObject({ ok: false, failure: { kind: "too-few", remedy: "set neighbours to 70 or fewer" } });
  });
});

describe("prototypes", () => {
  const options = { centred: true, unit: true, tempered: false };

  it("are nearest where scikit-learn's centroids are, and answer the softmax of its squared distances", () => {
    const answers = unwrap(prototypesProbe.fit(train, null, options)).predict(asked);
    const expected = recorded.prototypes.squared.map((s) => Math.exp(-s));
    for (let i = 0; i < asked.n; i++) {
      const own = [...answers.slice(i * 3, i * 3 + 3)];
      const sum = expected.slice(i * 3, i * 3 + 3).reduce((a, b) => a + b, 0);
      expect(own.indexOf(Math.max(...own))).toBe(recorded.prototypes.classes[i]);
      expect(
        gap(
          own,
          expected.slice(i * 3, i * 3 + 3).map((e) => e / sum),
        ),
      ).toBeLessThan(1e-12);
    }
  });

  it("keep their order when the tune part sets the temperature, and are less wrong there", () => {
    const tune = classesOf("threeTune");
    const plain = unwrap(prototypesProbe.fit(train, tune, options)).predict(asked);
    const tempered = unwrap(prototypesProbe.fit(train, tune, { ...options, tempered: true })).predict(asked);
    const best = (p: Float64Array, i: number) =>
      [0, 1, 2].reduce((a, b) => ((p[i * 3 + b] as number) > (p[i * 3 + a] as number) ? b : a));
    const loss = (p: Float64Array) =>
      recorded.threeTune.label.reduce((sum, c, i) => sum - Math.log(p[i * 3 + c] as number), 0);
    for (let i = 0; i < asked.n; i++) expect(best(tempered, i)).toBe(best(plain, i));
    expect(loss(tempered)).toBeLessThan(loss(plain));
  });

  it("the temperature is where the slope of the loss is zero, 1 where it does not matter, and finite where sharper is always better", () => {
    const logits = Float64Array.of(2, 0, 2, 0, 2, 0, 0, 2);
    // Three of four right with a margin of 2: the best probability is 3/4, so 2 / T = log 3.
    expect(temperatureFor(logits, [0, 0, 1, 1], 2)).toBeCloseTo(2 / Math.log(3), 9);
    expect(temperatureFor(new Float64Array(4), [0, 1], 2)).toBe(1);
    expect(temperatureFor(Float64Array.of(1, 0), [0], 2)).toBeGreaterThan(0);
  });
});

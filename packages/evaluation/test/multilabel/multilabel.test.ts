/** Values from scikit-learn, recorded by tools/oracles/metrics_more.py, and laws. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { auroc } from "../../src/metric/auroc.ts";
import { measure } from "../../src/metric/metric.ts";
import { hammingLossMetric, subsetAccuracyMetric } from "../../src/multilabel/calls.ts";
import { labelAurocs, macroAurocMetric, microAurocMetric } from "../../src/multilabel/discrimination.ts";
import { leftOutLabels, type MultilabelSample } from "../../src/multilabel/multilabel-sample.ts";
import { MULTILABEL_METRICS } from "../../src/multilabel/registry.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/metrics-more.json", import.meta.url), "utf8")).multilabel;
const NAMES = ["acinar", "lepidic", "papillary", "solid", "mucinous"];

function several(
  labels: readonly (readonly number[])[],
  probabilities: readonly (readonly number[])[],
): MultilabelSample {
  const l = labels[0]?.length ?? 2;
  return {
    n: labels.length,
    l,
    labels: Int8Array.from(labels.flat()),
    probabilities: Float64Array.from(probabilities.flat()),
    names: NAMES.slice(0, l),
  };
}
const rowsOf = (s: MultilabelSample, rows: readonly number[]): MultilabelSample =>
  several(
    rows.map((i) => [...s.labels.subarray(i * s.l, (i + 1) * s.l)]),
    rows.map((i) => [...s.probabilities.subarray(i * s.l, (i + 1) * s.l)]),
  );
const full = several(golden.label, golden.probability);
const partly = several(golden.hidden, golden.probability);

for (const [what, sample, expected] of [
  ["all labels known", full, golden.full],
  ["a quarter of the labels not known", partly, golden.partly],
] as const) {
  describe(`several labels agree with scikit-learn to 1e-12, ${what}`, () => {
    for (const metric of MULTILABEL_METRICS) {
      it(metric.name, () => expect(measure(metric, sample)).toBeCloseTo(expected[metric.name], 12));
    }
    it("the AUROC of each label, and the label without a case has a reason", () => {
      const each = labelAurocs(sample);
      expected.labelAuroc.forEach((value: number, c: number) => {
        expect(each[c]?.auroc.value).toBeCloseTo(value, 12);
      });
      expect(each[4]).toMatchObject({ name: "mucinous", positives: 0, auroc: { value: null } });
      expect(leftOutLabels(sample)).toEqual([{ name: "mucinous", reason: "present in no patient" }]);
      for (const { positives, negatives, unknown } of each) expect(positives + negatives + unknown).toBe(sample.n);
    });
  });
}

describe("every metric of several labels", () => {
  for (const metric of MULTILABEL_METRICS) {
    it(`${metric.name} lies in its range and is unchanged when the patients are turned round`, () => {
      const value = measure(metric, partly) as number;
      expect(value).toBeGreaterThanOrEqual(metric.range[0]);
      expect(value).toBeLessThanOrEqual(metric.range[1]);
      const rows = Array.from({ length: partly.n }, (_, i) => partly.n - 1 - i);
      expect(measure(metric, rowsOf(partly, rows))).toBeCloseTo(value, 12);
    });
    it(`${metric.name} counts a patient of weight two as two patients, of weight zero as none`, () => {
      const weights = Float64Array.from({ length: partly.n }, (_, i) => i % 3);
      const prepared = metric.prepare(partly);
      if (prepared.kind !== "ready") throw new Error(prepared.reason);
      const rows = [...weights].flatMap((w, i) => new Array<number>(w).fill(i));
      expect(prepared.at(weights)).toBeCloseTo(measure(metric, rowsOf(partly, rows)) as number, 12);
    });
    it(`${metric.name} reaches its best value for a perfect prediction`, () => {
      const probabilities = Float64Array.from(partly.labels, (y) => (y === 1 ? 1 : 0));
      expect(measure(metric, { ...partly, probabilities })).toBeCloseTo(metric.perfect, 12);
    });
    it(`${metric.name} is null with a reason for nobody, for nothing known and for no label`, () => {
      for (const bad of [rowsOf(partly, []), several([[-1, -1]], [[0.1, 0.2]]), several([[], []], [[], []])]) {
        const [estimate] = bootstrap(bad, [metric], { replicates: 10, seed: 1 });
        expect(estimate).toMatchObject({ value: null, reason: expect.any(String) });
      }
    });
    it(`${metric.name} gets an interval over patients`, () => {
      const [estimate] = bootstrap(partly, [metric], { replicates: 200, seed: 1 });
      expect(estimate?.low).toBeLessThan(estimate?.value as number);
      expect(estimate?.high).toBeGreaterThan(estimate?.value as number);
    });
  }
});

describe("several labels", () => {
  it("macro and micro are the plain AUROC where there is one label", () => {
    const [y, p] = [
      [1, 0, 1, 0],
      [0.8, 0.3, 0.4, 0.4],
    ];
    const one = several(
      y.map((v) => [v]),
      p.map((v) => [v]),
    );
    expect(measure(macroAurocMetric, one)).toBe(auroc(p, y));
    expect(measure(microAurocMetric, one)).toBe(auroc(p, y));
  });
  it("the macro names the labels when none has both sides", () => {
    const prepared = macroAurocMetric.prepare(several([[1, 0]], [[0.5, 0.5]]));
    expect(prepared.kind === "undefined" && prepared.reason).toBe(
      "acinar is present in every patient for whom it is known; lepidic is present in no patient",
    );
  });
  it("subset accuracy leaves out patients with a label not known; Hamming loss counts what is known", () => {
    const labels = [
      [1, 0],
      [1, -1],
      [0, 1],
    ];
    const probabilities = [
      [0.9, 0.1],
      [0.2, 0.9],
      [0.1, 0.2],
    ];
    expect(measure(subsetAccuracyMetric, several(labels, probabilities))).toBe(1 / 2);
    expect(measure(hammingLossMetric, several(labels, probabilities))).toBe(2 / 5);
  });
  it("a label ranked perfectly does not claim certainty", () => {
    const [label] = labelAurocs(several([[1], [1], [0], [0]], [[0.9], [0.8], [0.2], [0.1]]));
    expect(label?.auroc.value).toBe(1);
    expect(label?.auroc.low).toBeLessThan(0.7);
  });
  it("refuses sizes that disagree, other labels and probabilities outside 0 to 1, with the place", () => {
    expect(() => measure(macroAurocMetric, { ...full, n: 3 })).toThrow(RangeError);
    expect(() => measure(macroAurocMetric, several([[2]], [[0.1]]))).toThrow(/label 1, 0 or -1/);
    expect(() => measure(macroAurocMetric, several([[0, 1]], [[0.1, 1.2]]))).toThrow(/row 0, label lepidic/);
  });
});

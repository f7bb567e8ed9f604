import { expect, it } from "vitest";
import { labelScores } from "../../src/multilabel/label-score.ts";

const SAMPLE = {
  n: 4,
  l: 2,
  names: ["a", "b"],
  labels: Int8Array.from([1, 0, 0, -1, 1, 0, 0, 0]),
  probabilities: Float64Array.from([0.8, 0.1, 0.2, 0.9, 0.6, 0.1, 0.4, 0.1]),
};

it("judges each label over the patients for whom it is known, and says why where one side is missing", () => {
  const [a, b] = labelScores(SAMPLE, { replicates: 0, seed: 1 });
  expect(a).toMatchObject({
    name: "a",
    positives: 2,
    negatives: 2,
    unknown: 0,
    auroc: { value: 1 },
    auprc: { value: 1 },
  });
  expect(a?.brier.value).toBeCloseTo((0.04 + 0.04 + 0.16 + 0.16) / 4, 12);
  expect(b).toMatchObject({ positives: 0, negatives: 3, unknown: 1, auroc: { value: null } });
  expect(b?.brier).toMatchObject({ n: 3 });
  expect(b?.brier.value).toBeCloseTo(0.01, 12);
  expect(a?.reliability.reduce((n, bin) => n + bin.n, 0)).toBe(4);
  expect(b?.reliability.reduce((n, bin) => n + bin.n, 0)).toBe(3);
});

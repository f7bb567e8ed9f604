import { type ClassifyTask, canonicalJson, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import type { PredictionRow } from "../src/prediction.ts";
import { evaluate, type PartScore } from "../src/scorecard.ts";
import { NOT_RECORDED } from "../src/subgroup.ts";
import { predicted, TASK } from "../testing/make.ts";

const OPTIONS = { bootstrap: 100, subgroups: ["sex", "age"], seed: 7 };

function study(n: number, part: "test" | "external" = "test"): PredictionRow[] {
  const random = randomStream(2, "study", part);
  return Array.from({ length: n }, (_, i) => {
    const label = i % 3 === 0 ? "yes" : "no";
    const p = 1 / (1 + Math.exp(-(random.normal() + (label === "yes" ? 1.5 : 0) - 0.7)));
    return predicted(p, {
      patient: `${part}-${i}`,
      part,
      fold: part === "test" ? i % 4 : null,
      label,
      columns: { sex: i % 7 === 0 ? "" : i % 2 === 0 ? "f" : "m", age: String(30 + (i % 50)) },
    });
  });
}

function judged(rows: readonly PredictionRow[], task: ClassifyTask = TASK) {
  const out = evaluate(rows, task, OPTIONS);
  if (!out.ok) throw new Error(out.failure.kind);
  return out.value;
}

const estimates = (part: PartScore) => [
  part.auroc,
  part.auprc,
  part.accuracy,
  part.balancedAccuracy,
  part.brier,
  part.ece,
  part.calibration.slope,
  part.calibration.intercept,
];

describe("evaluate", () => {
  it("pools the test patients of all folds and keeps external patients apart", () => {
    const { internal, external } = judged([...study(90), ...study(40, "external")]);
    expect(internal.n).toBe(90);
    expect(internal.folds.map((f) => f.fold)).toEqual([0, 1, 2, 3]);
    expect(internal.folds.reduce((sum, f) => sum + f.n, 0)).toBe(90);
    expect(external?.n).toBe(40);
    expect(external?.folds).toEqual([]);
  });
  it("never scores rows of the parts train and tune", () => {
    const rows = study(60);
    const extra = rows.map((r, i) => ({
      ...r,
      patient: `x${i}`,
      part: i % 2 === 0 ? ("train" as const) : ("tune" as const),
    }));
    const alone = judged(rows);
    const beside = judged([...rows, ...extra]);
    // What is fitted on tune patients for the test part is the one thing that may differ.
    const scored = ({ internal }: typeof alone) => ({ ...internal, recalibration: null, triage: null });
    expect(scored(beside)).toEqual(scored(alone));
    expect(alone.internal.recalibration).toBeNull();
    expect(alone.internal.triage?.optimistic).toBe(true);
    expect(beside.internal.recalibration?.tune.n).toBe(30);
    expect(beside.internal.triage?.optimistic).toBe(false);
  });
  it("takes no threshold from a patient who is tune in one fold and test in another", () => {
    const rows = study(60);
    const both = rows.map((r) => ({ ...r, part: "tune" as const, fold: 9 }));
    expect(judged([...rows, ...both]).internal.recalibration).toBeNull();
  });
  it("gives every number a value inside its interval, with n and method", () => {
    const { internal } = judged(study(90));
    for (const e of estimates(internal)) {
      expect(e.n).toBe(90);
      if (e === internal.ece) continue;
      expect(e.method).toMatch(/bootstrap over patients/);
      expect((e.low as number) <= (e.high as number)).toBe(true);
    }
  });
  it("gives the calibration error without an interval, beside what a calibrated model would show", () => {
    const { ece, more } = judged(study(90)).internal;
    for (const e of [ece, more.eceMass]) {
      expect(e).toMatchObject({ low: null, high: null, reason: expect.stringMatching(/biased upwards/) });
      expect(e).toHaveProperty("expectedIfCalibrated", expect.any(Number));
    }
    expect(ece.expectedIfCalibrated).toBeGreaterThan(0);
  });
  it("shows nobody the interval of width zero that DeLong gives a perfect ranking", () => {
    const ranked = study(30).map((r) => ({ ...r, probabilities: r.label === "yes" ? [0.1, 0.9] : [0.9, 0.1] }));
    const { auroc } = judged(ranked).internal;
    expect(auroc).toMatchObject({ value: 1, method: expect.stringMatching(/Newcombe/) });
    expect(auroc.delong).toMatchObject({
      low: null,
      high: null,
      variance: 0,
      reason: expect.stringMatching(/variance is 0/),
    });
  });
  it("puts DeLong beside the bootstrap of the AUROC", () => {
    const { auroc } = judged(study(90)).internal;
    expect(auroc.delong?.low).toBeCloseTo(auroc.low as number, 1);
    expect(auroc.delong?.variance).toBeGreaterThan(0);
  });
  it("is null outside when nobody is external, and null with reasons when nobody is tested", () => {
    expect(judged(study(30)).external).toBeNull();
    for (const e of estimates(judged([]).internal)) {
      expect(e).toMatchObject({ value: null, low: null, high: null, n: 0 });
      expect(e.reason).toMatch(/no labelled patient/);
    }
  });
  it("reports each subgroup with its n, thirds of a column of numbers, and patients without the trait", () => {
    const { subgroups } = judged(study(90)).internal;
    const groups = (column: string) => subgroups.filter((s) => s.column === column).map((s) => s.group);
    expect(groups("sex")).toEqual(["f", "m", NOT_RECORDED]);
    expect(groups("age").length).toBe(3);
    for (const column of OPTIONS.subgroups) {
      expect(subgroups.filter((s) => s.column === column).reduce((sum, s) => sum + s.n, 0)).toBe(90);
    }
  });
  it("gives three classes a macro AUROC and one for each class", () => {
    const task: ClassifyTask = { kind: "classify", label: "l", classes: ["a", "b", "c"], positive: "a" };
    const rows = Array.from({ length: 60 }, (_, i) => ({
      ...predicted(0.5, { patient: `p${i}` }),
      label: task.classes[i % 3] as string,
      probabilities: [0, 1, 2].map((c) => (c === (i * 7) % 3 ? 0.5 : 0.25)),
    }));
    const { internal } = judged(rows, task);
    expect(internal.perClass.map((c) => c.n)).toEqual([20, 20, 20]);
    const mean = internal.perClass.reduce((sum, c) => sum + (c.auroc.value as number) / 3, 0);
    expect(internal.auroc.value).toBeCloseTo(mean, 12);
    expect(internal.auroc.delong).toBeNull();
  });
  it("is the same text for the same seed and the rows in another order", () => {
    const rows = study(60);
    expect(canonicalJson(judged(rows))).toBe(canonicalJson(judged([...rows])));
    const turned = judged([...rows].reverse()).internal;
    expect(turned.auroc.value).toBeCloseTo(judged(rows).internal.auroc.value as number, 12);
  });
});

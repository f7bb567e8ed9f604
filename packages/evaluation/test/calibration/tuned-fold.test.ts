/** Fold by fold: what a patient's own label may reach, and what it may not. */
import { type ClassifyTask, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { applyCalibration } from "../../src/calibration/apply.ts";
import type { Calibration } from "../../src/calibration/calibration.ts";
import { type CalibrationComparison, calibrateByFold, recalibrated } from "../../src/calibration/on-tune.ts";
import { tunedFolds } from "../../src/calibration/tuned-fold.ts";
import { type PredictionRow, sampleOf, toPatients } from "../../src/prediction.ts";
import { type Evaluation, evaluate } from "../../src/scorecard.ts";
import { predicted, TASK } from "../../testing/make.ts";

const OPTIONS = { bootstrap: 20, subgroups: [], seed: 3 };
const FOLDS = 3;

/** Patient i is tested in fold i mod 3 and is a tune patient of the next fold, whose model is surer of itself. */
function study(patients: number): PredictionRow[] {
  const random = randomStream(5, "folds");
  return Array.from({ length: patients }, (_, i) => {
    const label = random.uniform() < 0.4 ? "yes" : "no";
    const at = (fold: number): number =>
      1 / (1 + Math.exp(-(fold + 1) * (random.normal() + (label === "yes" ? 0.8 : -0.8))));
    const fold = i % FOLDS;
    const next = (fold + 1) % FOLDS;
    const patient = `p${i}`;
    return [
      predicted(at(fold), { patient, fold, label }),
      predicted(at(next), { patient, fold: next, label, part: "tune" }),
    ];
  }).flat();
}

function outside(rows: readonly PredictionRow[], fold: number | null = null): PredictionRow[] {
  const random = randomStream(6, "outside");
  return rows
    .filter((r) => r.part === "test")
    .map((r) => predicted(random.uniform(), { patient: `x-${r.patient}`, part: "external", fold, label: r.label }));
}

function judged(rows: readonly PredictionRow[], task: ClassifyTask = TASK): Evaluation {
  const out = evaluate(rows, task, OPTIONS);
  if (!out.ok) throw new Error(out.failure.received);
  return out.value;
}

/** Every patient's probability of yes, with the calibration that each fold's tune part chose. */
function ownProbabilities(rows: readonly PredictionRow[]): Map<string, number> {
  const test = rows.filter((r) => r.part === "test");
  const patients = toPatients(test, TASK);
  if (!patients.ok) throw new Error(patients.failure.received);
  const folds = tunedFolds(
    { judged: test, patients: patients.value, tune: rows.filter((r) => r.part === "tune") },
    TASK,
  );
  const sample = sampleOf(patients.value, TASK);
  const told = calibrateByFold(folds, sample, { replicates: 0 });
  const after = recalibrated(sample, folds, chosen(told));
  return new Map(patients.value.map((p, i) => [p.patient, after.probabilities[i * 2 + 1] as number]));
}

function chosen(told: CalibrationComparison): (Calibration | null)[] {
  return told.folds.map(({ choice }, f) => {
    const fit = told.methods.find((m) => m.method === choice?.method)?.fits[f]?.calibration;
    return fit === undefined || fit.kind === "undefined" ? null : fit;
  });
}

function relabelled(rows: readonly PredictionRow[], patient: string): PredictionRow[] {
  return rows.map((r) => (r.patient === patient ? { ...r, label: r.label === "yes" ? "no" : "yes" } : r));
}

const rows = study(120);

describe("recalibration fold by fold", () => {
  it("the label of a test patient never changes its own recalibrated probability, though it teaches another fold", () => {
    const before = ownProbabilities(rows);
    let others = 0;
    for (const patient of ["p0", "p1", "p2", "p31", "p77"]) {
      const after = ownProbabilities(relabelled(rows, patient));
      expect(after.get(patient)).toBe(before.get(patient));
      others += [...after].filter(([name, p]) => p !== before.get(name)).length;
    }
    expect(others).toBeGreaterThan(0);
  });
  it("nor the thresholds of its own fold", () => {
    const thresholds = (all: readonly PredictionRow[]) => {
      const zone = judged(all).internal.triage?.ruleOut;
      return zone?.kind === "ready" ? zone.thresholds.map((t) => t.threshold) : [];
    };
    const before = thresholds(rows);
    for (const patient of ["p0", "p1", "p2"]) {
      const fold = Number(patient.slice(1)) % FOLDS;
      expect(thresholds(relabelled(rows, patient))[fold]).toBe(before[fold]);
    }
    expect(new Set(before).size).toBe(FOLDS);
  });
  it("fits each fold on its own tune patients and maps the patients of that fold alone", () => {
    const { recalibration } = judged(rows).internal;
    expect(recalibration?.folds.map((f) => [f.fold, f.from, f.tune.n, f.test.n])).toEqual([
      [0, "fold", 40, 40],
      [1, "fold", 40, 40],
      [2, "fold", 40, 40],
    ]);
    const temperatures = recalibration?.methods[0]?.fits.map(({ calibration }) =>
      calibration.kind === "temperature" ? calibration.temperature : Number.NaN,
    ) as [number, number, number];
    // The models differ in how sure they are: one temperature would fit none of them.
    expect(temperatures[0]).toBeLessThan(temperatures[1]);
    expect(temperatures[1]).toBeLessThan(temperatures[2]);
    expect(recalibration?.rule).toContain("fold by fold");
    expect(recalibration?.tune.n).toBe(120);
  });
  it("averages the mapped probabilities of a patient whom several folds predicted", () => {
    const twice = rows.flatMap((r) => (r.patient === "p0" && r.part === "test" ? [r, { ...r, fold: 1 }] : [r]));
    const test = twice.filter((r) => r.part === "test");
    const patients = toPatients(test, TASK);
    if (!patients.ok) throw new Error(patients.failure.received);
    const tune = twice.filter((r) => r.part === "tune");
    const folds = tunedFolds({ judged: test, patients: patients.value, tune }, TASK);
    // p0 is a tune patient of fold 1, which now judges it: it teaches that fold no more.
    expect(folds.map((f) => [f.tune?.n, f.rows.length])).toEqual([
      [40, 40],
      [39, 41],
      [40, 40],
    ]);
    const sample = sampleOf(patients.value, TASK);
    const fits = chosen(calibrateByFold(folds, sample, { replicates: 0 }));
    const p = test[0]?.probabilities as number[];
    const mapped = fits
      .slice(0, 2)
      .map((fit) => (fit === null ? p[1] : applyCalibration(fit, Float64Array.from(p))[1]));
    const after = recalibrated(sample, folds, fits);
    expect(after.probabilities[1]).toBeCloseTo(((mapped[0] as number) + (mapped[1] as number)) / 2, 15);
  });
  it("external rows without a fold learn from the tune patients of all folds, none of whom is external", () => {
    const shared = outside(rows).map((r, i) => (i === 0 ? { ...r, patient: "p0" } : r));
    const { external } = judged([...rows, ...shared]);
    expect(external?.recalibration?.folds).toMatchObject([{ fold: null, from: "all-folds", tune: { n: 119 } }]);
    expect(external?.recalibration?.rule).toContain("of all folds");
    expect(external?.triage).toMatchObject({ optimistic: false, tune: { n: 119 } });
  });
  it("external rows with a fold learn from that fold", () => {
    const both = [0, 1, 2].flatMap((fold) => outside(rows, fold));
    const { external } = judged([...rows, ...both]);
    expect(external?.n).toBe(120);
    expect(external?.recalibration?.folds.map((f) => [f.fold, f.tune.n, f.test.n])).toEqual([
      [0, 40, 120],
      [1, 40, 120],
      [2, 40, 120],
    ]);
  });
  it("tune rows that name no fold teach every fold, except by patients who are judged", () => {
    const unbound = rows.map((r) => (r.part === "tune" ? { ...r, fold: null, patient: `t-${r.patient}` } : r));
    const some = unbound.map((r) => (r.patient === "t-p0" ? { ...r, patient: "p0" } : r));
    const { recalibration } = judged(some).internal;
    expect(recalibration?.folds.map((f) => [f.from, f.tune.n])).toEqual(new Array(3).fill(["table", 119]));
  });
  it("without any fold it is one fit, whose threshold is a number", () => {
    const plain = rows.map((r) => ({ ...r, fold: null, patient: r.part === "tune" ? `t-${r.patient}` : r.patient }));
    const { recalibration, triage } = judged(plain).internal;
    expect(recalibration?.rule).toBe("fitted on 120 tune patients, judged on 120 others");
    expect(triage?.ruleOut.kind === "ready" && triage.ruleOut.threshold).toBeTypeOf("number");
  });
  it("a patient who counts once for each of two labels is mapped once for each", () => {
    const again = rows
      .filter((r) => r.patient === "p0")
      .map((r) => ({ ...r, slide: "second", label: r.label === "yes" ? "no" : "yes" }));
    const out = evaluate([...rows, ...again], TASK, { ...OPTIONS, conflicts: "separate" });
    if (!out.ok) throw new Error(out.failure.received);
    expect(out.value.internal.n).toBe(121);
    expect(out.value.internal.recalibration?.folds.map((f) => f.test.n)).toEqual([41, 40, 40]);
    expect(out.value.internal.recalibration?.folds.map((f) => f.tune.n)).toEqual([40, 41, 40]);
  });
  it("patients without a label are neither learned from nor judged", () => {
    const silent = rows.map((r) => (r.patient === "p0" ? { ...r, label: null } : r));
    const { recalibration } = judged(silent).internal;
    expect(recalibration?.folds.map((f) => [f.tune.n, f.test.n])).toEqual([
      [40, 39],
      [39, 40],
      [40, 40],
    ]);
  });
  it("a fold with too few tune patients refuses the whole, and names the fold", () => {
    const few = rows.filter((r) => r.part === "test" || r.fold !== 1 || Number(r.patient.slice(1)) < 30);
    const { recalibration } = judged(few).internal;
    expect(recalibration?.refused).toBe("fold 1: 10 tune patients, fewer than the 20 a calibration needs at least");
    expect(recalibration?.chosen).toBeNull();
    expect(recalibration?.before.brier.value).toBeGreaterThan(0);
    const none = rows.filter((r) => r.part === "test" || r.fold !== 1);
    expect(judged(none).internal.recalibration?.refused).toContain("fold 1: no labelled patient");
    const zone = judged(none).internal.triage?.ruleOut;
    expect(zone).toMatchObject({ kind: "undefined", reason: expect.stringContaining("fold 1: no positive patients") });
  });
});

describe("triage fold by fold", () => {
  const { triage } = judged(rows).internal;
  it("puts every patient in one zone and says that thresholds are those of the folds", () => {
    if (triage?.ruleOut.kind !== "ready") throw new Error("expected a zone");
    const { ruleOut, grey } = triage;
    expect(ruleOut.patients + grey.patients).toBe(120);
    expect(ruleOut.threshold).toBeNull();
    expect(ruleOut.sentence).toContain("on each fold's tune part");
    expect(ruleOut.reached).toMatchObject({ low: null, reason: expect.stringContaining("several folds") });
    expect(ruleOut.reached.value).toBeGreaterThanOrEqual(0.98);
  });
  it("rules out exactly those below the threshold of their own fold", () => {
    if (triage?.ruleOut.kind !== "ready") throw new Error("expected a zone");
    const { thresholds, patients } = triage.ruleOut;
    const below = rows.filter(
      (r) => r.part === "test" && (r.probabilities[1] as number) < (thresholds[r.fold as number]?.threshold as number),
    );
    expect(patients).toBe(below.length);
  });
  it("leaves a patient to a person whom one of several folds does not rule out", () => {
    const low = rows.map((r) => (r.patient === "p0" && r.part === "test" ? { ...r, probabilities: [1, 0] } : r));
    const torn = [...low, predicted(1, { patient: "p0", fold: 2, label: low[0]?.label ?? null })];
    const count = (all: readonly PredictionRow[]) => {
      const zone = judged(all).internal.triage?.ruleOut;
      return zone?.kind === "ready" ? zone.patients : Number.NaN;
    };
    expect(count(torn)).toBe(count(low) - 1);
  });
});

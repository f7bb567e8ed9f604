import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEVERAL, sampleOf, toPatients } from "../src/prediction.ts";
import { predicted, TASK } from "../testing/make.ts";

describe("toPatients", () => {
  it("averages the bags of a fold first and the folds after, so that a patient counts once", () => {
    const rows = [
      predicted(0.2, { patient: "a", slide: "a1", fold: 0 }),
      predicted(0.4, { patient: "a", slide: "a2", fold: 0 }),
      predicted(0.9, { patient: "a", slide: "a1", fold: 1 }),
    ];
    const out = toPatients(rows, TASK);
    expect(out.ok && out.value.length).toBe(1);
    expect(out.ok && out.value[0]?.probabilities[1]).toBeCloseTo((0.3 + 0.9) / 2, 12);
    expect(out.ok && out.value[0]).toMatchObject({ folds: [0, 1], bags: 2, label: 0 });
  });
  it("keeps parts apart", () => {
    const rows = [predicted(0.2, { patient: "a" }), predicted(0.8, { patient: "a", part: "external", fold: null })];
    const out = toPatients(rows, TASK);
    expect(out.ok && out.value.map((p) => [p.part, p.folds.length])).toEqual([
      ["test", 1],
      ["external", 0],
    ]);
  });
  it("names a patient with two labels, unless they may be counted apart", () => {
    const rows = [predicted(0.2, { patient: "a", label: "no" }), predicted(0.8, { patient: "a", label: "yes" })];
    const out = toPatients(rows, TASK);
    expect(out).toMatchObject({ ok: false, failure: { kind: "conflicting-label" } });
    const apart = toPatients(rows, TASK, { conflicts: "separate" });
    expect(apart.ok && apart.value.map((p) => p.label)).toEqual([0, 1]);
  });
  it.each([
    ["above one", [-0.1, 1.1]],
    ["not a number", [Number.NaN, 0.5]],
    ["summing to two", [1, 1]],
    ["too few", [1]],
  ])("locates probabilities that are %s by row and slide", (_, probabilities) => {
    const out = toPatients([predicted(0.5, { patient: "a" }), predicted(0.5, { patient: "b", probabilities })], TASK);
    expect(out).toMatchObject({
      ok: false,
      failure: { kind: "bad-value", received: expect.stringMatching(/prediction 2 \(slide b-s0\)/) },
    });
  });
  it("leaves unlabelled patients out of the sample and keeps them in the list", () => {
    const out = toPatients([predicted(0.5, { patient: "a", label: null }), predicted(0.1, { patient: "b" })], TASK);
    expect(out.ok && out.value.length).toBe(2);
    expect(out.ok && sampleOf(out.value, TASK).n).toBe(1);
  });
  it("marks a column in which the bags of a patient differ", () => {
    const rows = [
      predicted(0.1, { patient: "a", slide: "1", columns: { scanner: "x", sex: "f", age: "" } }),
      predicted(0.1, { patient: "a", slide: "2", columns: { scanner: "y", sex: "f", age: "61" } }),
    ];
    const out = toPatients(rows, TASK);
    expect(out.ok && out.value[0]?.columns).toEqual({ scanner: SEVERAL, sex: "f", age: "61" });
  });
  it("gives each patient once, with probabilities that sum to one", () => {
    const rows = fc.array(
      fc.record({
        patient: fc.constantFrom("a", "b", "c"),
        p: fc.double({ min: 0, max: 1, noNaN: true }),
        fold: fc.nat(3),
      }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(rows, (specs) => {
        const out = toPatients(
          specs.map((s, i) => predicted(s.p, { patient: s.patient, fold: s.fold, slide: `s${i}` })),
          TASK,
        );
        if (!out.ok) throw new Error(out.failure.kind);
        expect(out.value.length).toBe(new Set(specs.map((s) => s.patient)).size);
        for (const p of out.value) expect(p.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});

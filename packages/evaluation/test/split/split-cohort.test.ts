import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SplitOptions, splitCohort } from "../../src/split/split-cohort.ts";
import { cohortOf, row, TASK } from "../../testing/make.ts";

const BASE: SplitOptions = { task: TASK, by: "patient", folds: 3, tune: 0.2, seed: 7 };

function made(cohort: ReturnType<typeof cohortOf>, options: Partial<SplitOptions>) {
  const out = splitCohort(cohort, { ...BASE, ...options });
  if (!out.ok) throw new Error(`${out.failure.kind}: ${out.failure.expected}; ${out.failure.received}`);
  return out.value;
}

const failure = (cohort: ReturnType<typeof cohortOf>, options: Partial<SplitOptions>) => {
  const out = splitCohort(cohort, { ...BASE, ...options });
  return out.ok ? null : out.failure;
};

describe("splitCohort", () => {
  it("keeps every patient in one part of a fold, tests everybody once, and never moves a slide twice", () => {
    const cohorts = fc.record({
      patients: fc.integer({ min: 24, max: 70 }),
      folds: fc.integer({ min: 2, max: 4 }),
      seed: fc.nat(99),
    });
    fc.assert(
      fc.property(cohorts, fc.constantFrom("patient" as const, "site" as const), ({ patients, folds, seed }, by) => {
        const cohort = cohortOf({ patients, sites: 5 });
        const { split } = made(cohort, { by, folds, seed });
        const patientOf = new Map(cohort.map((r) => [r.slide, r.patient]));
        for (const fold of split.folds) {
          const parts = [fold.train, fold.tune, fold.test].map((s) => new Set(s.map((id) => patientOf.get(id))));
          const together = parts.reduce((sum, p) => sum + p.size, 0);
          expect(new Set(parts.flatMap((p) => [...p])).size).toBe(together);
          expect(fold.train.length + fold.tune.length + fold.test.length).toBe(cohort.length);
        }
        const tested = split.folds.flatMap((f) => f.test);
        expect(new Set(tested).size).toBe(tested.length);
        expect(tested.length).toBe(cohort.length);
      }),
      { numRuns: 40 },
    );
  });
  it("spreads the labels over the folds to within one patient", () => {
    const { report } = made(cohortOf({ patients: 50 }), { folds: 4 });
    const yes = report.parts.filter((p) => p.part === "test").map((p) => p.labels.yes as number);
    expect(Math.max(...yes) - Math.min(...yes)).toBeLessThanOrEqual(1);
  });
  it("keeps every site in one fold", () => {
    const cohort = cohortOf({ patients: 60, sites: 7 });
    const { split, report } = made(cohort, { by: "site", folds: 3 });
    const siteOf = new Map(cohort.map((r) => [r.slide, r.site]));
    for (const fold of split.folds) {
      const train = new Set([...fold.train, ...fold.tune].map((s) => siteOf.get(s)));
      expect(fold.test.some((s) => train.has(siteOf.get(s) ?? null))).toBe(false);
    }
    expect(report.imbalance?.objective).toBeGreaterThanOrEqual(report.imbalance?.lowerBound as number);
  });
  it("takes external sites out first and leaves no patient of theirs inside", () => {
    const cohort = [...cohortOf({ patients: 40 }), row({ slide: "p1-far", patient: "p1", site: "h0" })];
    const { split, report } = made(cohort, { external: ["h1"] });
    const inside = new Set(split.folds.flatMap((f) => [...f.train, ...f.tune, ...f.test]));
    expect(split.external.length).toBe(20);
    expect(split.external.some((s) => inside.has(s))).toBe(false);
    expect(inside.has("p1-far" as never)).toBe(false);
    expect(report.unused).toContainEqual({ slide: "p1-far", reason: "patient p1 is external through another slide" });
  });
  it("keeps sites together that share a patient, and says so", () => {
    const cohort = [...cohortOf({ patients: 40 }), row({ slide: "p1-b", patient: "p1", site: "h2" })];
    const { split, report } = made(cohort, { by: "site", folds: 2 });
    const siteOf = new Map(cohort.map((r) => [r.slide, r.site]));
    const holds = split.folds.map((f) => new Set(f.test.map((s) => siteOf.get(s) as string)));
    expect(holds.some((h) => h.has("h1") && h.has("h2"))).toBe(true);
    expect(report.notes[0]).toMatch(/h1, h2 are kept together/);
  });
  it("trains on the past and tests on the future", () => {
    const cohort = cohortOf({ patients: 60 });
    const dateOf = new Map(cohort.map((r) => [r.slide, r.columns.date as string]));
    const { split } = made(cohort, { by: "time", folds: 3 });
    for (const fold of split.folds) {
      const last = [...fold.train, ...fold.tune]
        .map((s) => dateOf.get(s) as string)
        .sort()
        .at(-1) as string;
      const first = fold.test.map((s) => dateOf.get(s) as string).sort()[0] as string;
      expect(last < first).toBe(true);
    }
  });
  it("lists slides without a usable label and puts them in no part", () => {
    const cohort = [
      ...cohortOf({ patients: 30 }),
      row({ slide: "x", label: null }),
      row({ slide: "y", label: "other" }),
    ];
    const { split, report } = made(cohort, {});
    const used = split.folds.flatMap((f) => [...f.train, ...f.tune, ...f.test]) as string[];
    expect(used.includes("x") || used.includes("y")).toBe(false);
    expect(report.unused.map((u) => u.reason)).toEqual(["no label", "label other is not a class"]);
  });
  it("gives the same parts for the same seed and others for another", () => {
    const cohort = cohortOf({ patients: 40 });
    expect(made(cohort, {})).toEqual(made(cohort, {}));
    expect(made(cohort, {}).split).not.toEqual(made(cohort, { seed: 8 }).split);
  });
  it("tests one part of a fifth when one fold is asked for", () => {
    const { split } = made(cohortOf({ patients: 50, slidesEach: 1 }), { folds: 1 });
    expect(split.folds.length).toBe(1);
    expect(split.folds[0]?.test.length).toBe(10);
  });
  it("counts each part by patients, slides, sites, labels and dates", () => {
    const { report } = made(cohortOf({ patients: 30 }), { external: ["h3"] });
    const external = report.parts.at(-1);
    expect(external).toMatchObject({ part: "external", fold: null, patients: 7, slides: 14, sites: { h3: 7 } });
    expect(external?.dates?.first.startsWith("200")).toBe(true);
    expect(Object.keys(external?.labels ?? {})).toEqual(["no", "yes"]);
  });
});

describe("splitCohort refuses", () => {
  const few = cohortOf({ patients: 30, sites: 3 });
  it("more folds than sites, naming the most", () => {
    expect(failure(few, { by: "site", folds: 5 })).toMatchObject({
      kind: "bad-study",
      expected: expect.stringContaining("at most 3 folds"),
    });
  });
  it("an external site that the cohort does not know, naming those it does", () => {
    expect(failure(few, { external: ["h9"] })).toMatchObject({
      kind: "bad-study",
      expected: expect.stringContaining("h0, h1, h2"),
      received: "h9",
    });
  });
  it("a cohort too small for two classes in every part", () => {
    const tiny = [row({ slide: "a", label: "yes" }), row({ slide: "b" }), row({ slide: "c" }), row({ slide: "d" })];
    expect(failure(tiny, { folds: 2 })).toMatchObject({ kind: "one-class" });
    expect(failure(cohortOf({ patients: 30, positiveEvery: 100 }), { folds: 2 })?.kind).toBe("one-class");
  });
  it("a split by site when a site is missing, and by time when a date is missing or ambiguous", () => {
    expect(failure([...few, row({ slide: "x" })], { by: "site", folds: 2 })).toMatchObject({ kind: "bad-value" });
    const dated = few.map((r) => ({ ...r, columns: { date: "03/04/2020" } }));
    expect(failure(dated, { by: "time" })).toMatchObject({ kind: "bad-value", received: '"03/04/2020"' });
  });
  it("a cohort without any usable label", () => {
    expect(failure([row({ slide: "x", label: null })], {})).toMatchObject({ kind: "unlabelled" });
  });
  it("a fold count or share that means nothing, as a mistake of the caller", () => {
    expect(() => splitCohort(few, { ...BASE, folds: 0 })).toThrow(RangeError);
    expect(() => splitCohort(few, { ...BASE, tune: 1 })).toThrow(RangeError);
  });
});

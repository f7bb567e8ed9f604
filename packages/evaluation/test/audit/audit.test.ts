import type { CohortRow, SlideId, Split } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type AuditInput, audit, refusals } from "../../src/audit/audit.ts";
import type { Finding } from "../../src/audit/finding.ts";
import { splitCohort } from "../../src/split/split-cohort.ts";
import { cohortOf, row, TASK } from "../../testing/make.ts";

const ids = (...slides: string[]) => slides as SlideId[];

function fold(train: string[], tune: string[], test: string[], number = 0): Split["folds"][number] {
  return { fold: number, train: ids(...train), tune: ids(...tune), test: ids(...test) };
}

function found(input: Partial<AuditInput> & { readonly cohort: readonly CohortRow[] }, kind: string): Finding[] {
  return audit({ split: null, task: TASK, seed: 7, ...input }).findings.filter((f) => f.kind === kind);
}

const split = (...folds: Split["folds"][number][]): Split => ({ by: "file", folds, external: [] });

describe("audit of parts", () => {
  const cohort = [
    row({ slide: "a1", patient: "a" }),
    row({ slide: "a2", patient: "a" }),
    row({ slide: "b1", patient: "b", label: "yes" }),
    row({ slide: "c1", patient: "c" }),
    row({ slide: "d1", patient: "d", label: "yes" }),
  ];

  it("counts patients in train and test, and gives the share of test patients as a mean over folds", () => {
    const leaky = split(fold(["a1", "b1"], ["c1"], ["a2", "d1"], 0), fold(["a1", "a2"], ["c1"], ["b1", "d1"], 1));
    const report = audit({ cohort, split: leaky, task: TASK, seed: 1 });
    const [leak] = report.findings.filter((f) => f.kind === "patient-leak");
    expect(leak).toMatchObject({ severity: "refuse", count: 1, share: 0.25, parts: ["train", "test"] });
    expect(leak?.examples[0]).toMatchObject({ patient: "a", fold: 0, note: "a1 in train; a2 in test" });
    expect(report.folds.map((f) => f.share)).toEqual([0.5, 0]);
  });
  it("tells a leak through the tune part apart from one through train", () => {
    const findings = found({ cohort, split: split(fold(["b1"], ["a1"], ["a2", "d1"])) }, "patient-leak");
    expect(findings.map((f) => [f.parts?.[0], f.share])).toEqual([["tune", 0.5]]);
  });
  it("counts a slide that plays two roles", () => {
    expect(found({ cohort, split: split(fold(["a1", "b1"], [], ["b1", "c1"])) }, "role-overlap")).toMatchObject([
      { severity: "refuse", count: 1, share: 0.5 },
    ]);
  });
  it("refuses an external patient whom a fold has seen, and warns of an external site that is inside", () => {
    const sited = [
      row({ slide: "a1", patient: "a", site: "h1" }),
      row({ slide: "a2", patient: "a", site: "h1" }),
      row({ slide: "e1", patient: "e", site: "h1" }),
    ];
    const outside: Split = { by: "patient", folds: [fold(["a1"], [], [])], external: ids("a2", "e1") };
    expect(found({ cohort: sited, split: outside }, "patient-leak")).toMatchObject([{ count: 1, share: 0.5 }]);
    expect(found({ cohort: sited, split: outside }, "not-external")).toMatchObject([
      { severity: "warn", count: 2, share: 1 },
    ]);
  });
  it("finds nothing to refuse in a split of its own", () => {
    const clean = cohortOf({ patients: 60, sites: 7 });
    for (const by of ["patient", "site"] as const) {
      const made = splitCohort(clean, { task: TASK, by, folds: 3, tune: 0.2, seed: 1 });
      if (!made.ok) throw new Error(made.failure.kind);
      expect(refusals(audit({ cohort: clean, split: made.value.split, task: TASK, seed: 1 }))).toEqual([]);
    }
  });
  it("warns of shared sites, refuses them where the study promised whole sites", () => {
    const sited = cohortOf({ patients: 40, sites: 4 });
    const made = splitCohort(sited, { task: TASK, by: "patient", folds: 2, tune: 0.2, seed: 1 });
    if (!made.ok) throw new Error(made.failure.kind);
    const [warned] = found({ cohort: sited, split: made.value.split }, "site-overlap");
    expect(warned).toMatchObject({ severity: "warn", share: 1, count: 40 });
    expect(found({ cohort: sited, split: made.value.split, by: "site" }, "site-overlap")[0]?.severity).toBe("refuse");
  });
});

describe("audit of slides", () => {
  const cohort = [
    row({ slide: "x", patient: "a", label: "no" }),
    row({ slide: "y", patient: "b", label: "yes" }),
    row({ slide: "z", patient: "c", label: "yes" }),
    row({ slide: "w", patient: "d", label: "yes" }),
  ];
  it("refuses equal pixels in two parts, warns of those in one, and counts slides", () => {
    const groups = [ids("x", "y"), ids("z", "w")];
    const parts = split(fold(["x"], [], ["y", "z", "w"]));
    expect(found({ cohort, split: parts, duplicates: groups }, "duplicate-pixels")).toMatchObject([
      { severity: "refuse", count: 2, share: 1 / 3 },
      { severity: "warn", count: 2, share: null },
    ]);
  });
  it("refuses equal pixels with two labels, and a patient with two labels", () => {
    expect(found({ cohort, duplicates: [ids("x", "y")] }, "conflicting-label")).toMatchObject([
      { severity: "refuse", count: 2 },
    ]);
    const both = [...cohort, row({ slide: "x2", patient: "a", label: "yes" })];
    const [conflict] = found({ cohort: both }, "conflicting-label");
    expect(conflict).toMatchObject({ count: 1, examples: [{ patient: "a", note: "one patient: x is no, x2 is yes" }] });
  });
  it("names a slide that is listed twice", () => {
    expect(found({ cohort: [...cohort, row({ slide: "x", patient: "a" })] }, "duplicate-slide")).toMatchObject([
      { severity: "warn", count: 1 },
    ]);
  });
  it("refuses one slide under two patients, and tells where the columns look swapped", () => {
    const disputed = [...cohort, row({ slide: "x", patient: "b" })];
    const [slip] = found({ cohort: [...disputed, ...cohortOf({ patients: 20 })] }, "duplicate-slide");
    expect(slip).toMatchObject({
      severity: "refuse",
      count: 1,
      examples: [{ slides: ["x"], note: "x is listed under 2 patients: a, b" }],
    });
    expect(slip?.effect).not.toMatch(/swapped/);
    const swapped = cohortOf({ patients: 12 }).map((r) => row({ slide: r.patient, patient: r.slide }));
    expect(found({ cohort: swapped }, "duplicate-slide")).toMatchObject([
      {
        severity: "refuse",
        count: 12,
        effect: expect.stringMatching(/look swapped/),
        remedy: expect.stringMatching(/rename/),
      },
    ]);
  });
  it("says which slide stands in several rows", () => {
    const [twice] = found({ cohort: [...cohort, row({ slide: "x", patient: "a" })] }, "duplicate-slide");
    expect(twice?.examples[0]?.note).toBe("x in 2 rows");
  });
  it("finds slides almost alike in feature space although all means point one way", () => {
    const d = 8;
    const slides = ids("x", "y", "z", "w");
    const vectors = Float32Array.from({ length: 4 * d }, (_, i) => 100 + Math.sin(i * 1.7));
    vectors.copyWithin(3 * d, 0, d);
    const pairs = found({ cohort, vectors: { slides, vectors, d } }, "near-duplicate");
    expect(pairs).toMatchObject([{ severity: "info", count: 2, examples: [{ slides: ["x", "w"] }] }]);
  });
  it("warns of a patient in two sites", () => {
    const moved = [row({ slide: "1", patient: "a", site: "h1" }), row({ slide: "2", patient: "a", site: "h2" })];
    expect(found({ cohort: moved }, "patient-in-two-sites")).toMatchObject([
      { severity: "warn", count: 1, examples: [{ note: "sites h1, h2" }] },
    ]);
  });
});

describe("audit of columns", () => {
  const base = cohortOf({ patients: 120, sites: 4, slidesEach: 1 });
  const withColumn = (name: string, value: (isYes: boolean, i: number) => string) =>
    base.map((r, i) => ({ ...r, columns: { ...r.columns, [name]: value(r.label === "yes", i) } }));

  it("measures how well a scanner alone predicts the label, and warns", () => {
    const cohort = withColumn("scanner", (isYes, i) => (isYes || i % 4 === 0 ? "new" : "old"));
    const [telling] = found({ cohort }, "column-predicts-label");
    expect(telling).toMatchObject({ severity: "warn", column: "scanner", share: null, count: 120 });
    expect(telling?.measure?.value).toBeGreaterThan(0.8);
    expect(telling?.measure?.low).toBeGreaterThan(0.7);
  });
  it("keeps a telling column that may be medicine for the record", () => {
    const cohort = withColumn("stage", (isYes) => (isYes ? "III" : "I"));
    expect(found({ cohort }, "column-predicts-label")).toMatchObject([{ severity: "info", column: "stage" }]);
  });
  it("cuts a column of many numbers into tenths", () => {
    const cohort = withColumn("mpp", (isYes, i) => String(0.2 + i / 10000 + (isYes ? 0.1 : 0)));
    expect(found({ cohort }, "column-predicts-label")).toMatchObject([{ severity: "warn", column: "mpp" }]);
  });
  it("asks neither the label, nor ids, nor names that are different for everybody, nor a column of noise", () => {
    const cohort = base.map((r, i) => ({
      ...r,
      columns: {
        label: r.label ?? "",
        slide: r.slide,
        uuid: `u-${i}-${r.label}`,
        noise: String((i * 7919) % 5),
        same: "1",
      },
    }));
    expect(found({ cohort }, "column-predicts-label")).toEqual([]);
  });
});

describe("audit of numbers", () => {
  it("warns of a rare label, and of folds with another mix than they learned from", () => {
    const rare = cohortOf({ patients: 60, positiveEvery: 20 });
    expect(found({ cohort: rare }, "imbalance")[0]?.examples[0]?.note).toBe("3 of 60 yes");
    const cohort = Array.from({ length: 20 }, (_, i) => row({ slide: `s${i}`, label: i < 10 ? "yes" : "no" }));
    const names = cohort.map((r) => r.slide as string);
    const skewed = split(fold([...names.slice(0, 3), ...names.slice(10)], [], names.slice(3, 10)));
    expect(found({ cohort, split: skewed }, "imbalance")).toMatchObject([{ count: 7 }]);
  });
  it("counts a patient of two labels under both, and plans no test part on such patients", () => {
    const torn = Array.from({ length: 30 }, (_, p) =>
      ["no", "yes"].map((label) => row({ slide: `${label}${p}`, patient: `p${p}`, label })),
    ).flat();
    const names = torn.map((r) => r.slide as string);
    const parts = split(fold(names.slice(0, 40), [], names.slice(40)));
    expect(found({ cohort: torn, split: parts }, "imbalance")).toEqual([]);
    expect(found({ cohort: torn, split: parts }, "small-test")).toEqual([]);
    const more = [...torn, ...cohortOf({ patients: 8, slidesEach: 1, positiveEvery: 2 })];
    const some = split(
      fold(names.slice(0, 40), [], [...names.slice(40), ...more.slice(60).map((r) => r.slide as string)]),
    );
    const [small] = found({ cohort: more, split: some }, "small-test");
    expect(small?.examples[0]?.note).toBe("patients in test: 4 no, 4 yes; 10 with several labels not counted");
  });
  it("says of a planned interval that nothing was measured", () => {
    const cohort = cohortOf({ patients: 24, positiveEvery: 2 });
    const names = cohort.map((r) => r.slide as string);
    const [small] = found({ cohort, split: split(fold(names.slice(0, 24), [], names.slice(24))) }, "small-test");
    expect(small?.effect).toMatch(
      /^Were the AUROC 0\.800, its 95 % interval would be 0\.\d{3} to 0\.\d{3}$|to 1\.000$/,
    );
    expect(small?.measure?.method).toMatch(/^nothing measured/);
  });
  it("warns of dates that a spreadsheet made, with the rows", () => {
    const dates = [{ column: "gene", isLabel: true, places: ["row 2 of c.csv: 1-Mar", "row 9 of c.csv: 2-Sep"] }];
    const [made] = found({ cohort: cohortOf({ patients: 4 }), dates }, "spreadsheet-date");
    expect(made).toMatchObject({ severity: "warn", column: "gene", count: 2, share: null });
    expect(made?.examples.map((e) => e.note)).toEqual(dates[0]?.places);
  });
  it("says which interval a small test part supports, and is silent about a large one", () => {
    const judge = (patients: number) => {
      const cohort = cohortOf({ patients, positiveEvery: 2 });
      const made = splitCohort(cohort, { task: TASK, by: "patient", folds: 2, tune: 0.2, seed: 1 });
      return made.ok ? found({ cohort, split: made.value.split }, "small-test") : null;
    };
    const [small] = judge(24) ?? [];
    expect(small?.measure).toMatchObject({ value: 0.8, n: 24 });
    expect((small?.measure?.low as number) < 0.7).toBe(true);
    expect(judge(300)).toEqual([]);
  });
});

describe("an audit report", () => {
  it("lists every check it could not make, with the reason", () => {
    const report = audit({ cohort: [row({ slide: "a" })], split: null, task: null, seed: 1 });
    expect(report.skipped.map((s) => s.check).sort()).toEqual([
      "column-predicts-label",
      "conflicting-label",
      "duplicate-pixels",
      "imbalance",
      "near-duplicate",
      "not-external",
      "patient-in-two-sites",
      "patient-leak",
      "role-overlap",
      "site-overlap",
      "small-test",
    ]);
    expect(report.skipped.every((s) => s.reason.length > 5)).toBe(true);
    expect(report.proposal).toBeNull();
  });
  it("puts the gravest finding first", () => {
    const cohort = [
      row({ slide: "a1", patient: "a", site: "h" }),
      row({ slide: "a2", patient: "a", site: "g", label: "yes" }),
    ];
    const order = { refuse: 0, warn: 1, info: 2 };
    const report = audit({ cohort, split: split(fold(["a1"], [], ["a2"])), task: TASK, seed: 1 });
    const grades = report.findings.map((f) => order[f.severity]);
    expect(grades).toEqual([...grades].sort());
    expect(grades.length).toBeGreaterThan(2);
  });
  it("proposes folds of whole sites where they can be had, else of whole patients", () => {
    const sited = audit({ cohort: cohortOf({ patients: 60, sites: 4 }), split: null, task: TASK, seed: 1 });
    expect(sited.proposal).toMatchObject({ by: "site", folds: 4 });
    const siteless = cohortOf({ patients: 60 }).map((r) => ({ ...r, site: null }));
    expect(audit({ cohort: siteless, split: null, task: TASK, seed: 1 }).proposal).toMatchObject({
      by: "patient",
      folds: 5,
    });
  });
  it("stops a run on a refusal, unless it is allowed by name with a reason", () => {
    const cohort = [row({ slide: "a1", patient: "a" }), row({ slide: "a2", patient: "a" })];
    const report = audit({ cohort, split: split(fold(["a1"], [], ["a2"])), task: TASK, seed: 1 });
    expect(refusals(report).map((f) => f.kind)).toEqual(["patient-leak"]);
    expect(refusals(report, [{ finding: "patient-leak", why: "  " }]).length).toBe(1);
    expect(refusals(report, [{ finding: "patient-leak", why: "method paper, not a claim" }])).toEqual([]);
  });
});

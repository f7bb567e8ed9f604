import type { SlideId, Split } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type AuditInput, audit } from "../../src/audit/audit.ts";
import { findingUnit } from "../../src/audit/finding.ts";
import { row, TASK } from "../../testing/make.ts";

const ids = (...slides: string[]) => slides as SlideId[];
const cohort = ["a", "b", "c", "d"].map((slide, i) =>
  row({ slide, patient: `p-${slide}`, label: i % 2 === 0 ? "yes" : "no" }),
);
const split = (train: SlideId[], test: SlideId[]): Split => ({
  by: "file",
  folds: [{ fold: 0, train, tune: [], test }],
  external: [],
});
const report = (input: Partial<AuditInput>) =>
  audit({ cohort, split: split(ids("a", "b"), ids("c", "d")), task: TASK, seed: 1, ...input });

describe("the count of a finding", () => {
  it("is of patients, of slides for kinds of slides, of rows for what a spreadsheet did", () => {
    expect(["patient-leak", "imbalance", "conflicting-label"].map(findingUnit)).toEqual(Array(3).fill("patient"));
    const ofSlides = ["role-overlap", "duplicate-slide", "duplicate-pixels", "near-duplicate", "unknown-slide"];
    expect(ofSlides.map(findingUnit)).toEqual(Array(5).fill("slide"));
    expect(findingUnit("spreadsheet-date")).toBe("row");
  });
});

describe("a split of patients who are not known", () => {
  it("has no share, and the leak among the checks that were not made", () => {
    const { folds, skipped } = report({ patientsUnknown: ids("a", "b", "c", "d") });
    expect(folds[0]?.share).toBeNull();
    expect(skipped).toContainEqual({ check: "patient-leak", reason: expect.stringMatching(/patients .* not known/) });
  });
  it("has none where only those of one side are not known", () => {
    expect(report({ patientsUnknown: ids("c", "d") }).folds[0]?.share).toBeNull();
    expect(report({ patientsUnknown: ids("a", "b") }).folds[0]?.share).toBeNull();
  });
  it("keeps the share of those who are known, and counts the others", () => {
    const { folds, skipped } = report({ patientsUnknown: ids("d") });
    expect(folds[0]?.share).toBe(0);
    expect(skipped.find((s) => s.check === "patient-leak")?.reason).toMatch(/1 of 4 slides/);
  });
  it("still shows a slide in train and test, whoever the patient is", () => {
    const twice = report({ split: split(ids("a", "c"), ids("c", "d")), patientsUnknown: ids("a", "b", "c", "d") });
    expect(twice.folds[0]?.share).toBe(0.5);
    expect(twice.findings.map((f) => f.kind)).toContain("role-overlap");
  });
  it("is judged in full where every patient is known", () => {
    expect(report({}).folds[0]?.share).toBe(0);
    expect(report({}).skipped.map((s) => s.check)).not.toContain("patient-leak");
  });
});

describe("slides that only the split knows", () => {
  const strangers = [row({ slide: "z1", label: null }), row({ slide: "z2", label: null })];
  const all = [...cohort, ...strangers];

  it("are a warning with the share of test patients they are, and say when not even the patient is known", () => {
    const { findings } = report({
      cohort: all,
      split: split(ids("a", "b", "z1"), ids("c", "d", "z2")),
      strangers: ids("z1", "z2"),
      patientsUnknown: ids("z2"),
    });
    const unknown = findings.find((f) => f.kind === "unknown-slide");
    expect(unknown).toMatchObject({ severity: "warn", count: 2, share: 1 / 3 });
    expect(unknown?.effect).toMatch(/of 1 not even the patient/);
    expect(unknown?.examples.map((e) => e.slides)).toEqual([["z1"], ["z2"]]);
  });
  it("are no finding where there are none", () => {
    expect(report({}).findings.map((f) => f.kind)).not.toContain("unknown-slide");
  });
});

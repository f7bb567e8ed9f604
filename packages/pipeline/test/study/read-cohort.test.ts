import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type Cohort, readCohort } from "../../src/study/read-cohort.ts";
import { checkStudy } from "../../src/study/read-study.ts";
import { emptyFolder } from "../small-cohort.ts";

function read(csv: string | Buffer, change: object = {}): ReturnType<typeof readCohort> {
  const folder = emptyFolder();
  writeFileSync(join(folder, "cohort.csv"), csv);
  const study = { name: "s", cohort: "cohort.csv", slides: ".", task: { kind: "classify", label: "egfr" }, ...change };
  const checked = checkStudy(study, join(folder, "study.yaml"));
  if (!checked.ok) throw new Error(checked.failure.received);
  return readCohort(checked.value);
}

function cohortOf(outcome: ReturnType<typeof readCohort>): Cohort {
  if (!outcome.ok) throw new Error(outcome.failure.received);
  return outcome.value;
}

function failureOf(outcome: ReturnType<typeof readCohort>): Failure {
  if (outcome.ok) throw new Error("expected a failure, received a cohort");
  return outcome.failure;
}

describe("the cohort table", () => {
  it("gives each slide an id without folder signs and extension, and reads codes for missing as missing", () => {
    const cohort = cohortOf(
      read("\uFEFFslide,patient,egfr,site,mpp\na/b.svs,P1,mutant,NA,\nc.ome.tiff,P2,wild,x,0.25\nd.svs,P3,N/A,x,\n"),
    );
    expect(cohort.rows.map((r) => [r.slide, r.label, r.site, r.mpp])).toEqual([
      ["a__b", "mutant", null, null],
      ["c", "wild", "x", 0.25],
      ["d", null, "x", null],
    ]);
    expect(cohort.task.classes).toEqual(["mutant", "wild"]);
  });

  it("leaves dropped classes without a label and counts them", () => {
    const csv = "slide,patient,egfr\na.svs,1,m\nb.svs,2,w\nc.svs,3,odd\nd.svs,4,\n";
    const cohort = cohortOf(read(csv, { task: { kind: "classify", label: "egfr", drop: ["odd"] } }));
    expect(cohort.rows.map((r) => r.label)).toEqual(["m", "w", null, null]);
    expect(cohort.dropped).toBe(1);
  });

  it("never takes a class that the study names for a missing value", () => {
    const csv = "slide,patient,egfr\na.svs,1,none\nb.svs,2,micro\nc.svs,3,\n";
    const cohort = cohortOf(read(csv, { task: { kind: "classify", label: "egfr", classes: ["none", "micro"] } }));
    expect(cohort.rows.map((r) => r.label)).toEqual(["none", "micro", null]);
  });

  it.each<[string, string, Failure["kind"], RegExp]>([
    ["the label column is absent", "slide,patient,EGFR_\na.svs,1,m\n", "missing-column", /did you mean `EGFR_`/],
    ["the patient column is absent", "slide,egfr\na.svs,m\n", "missing-column", /add the column/],
    ["a label has one class only", "slide,patient,egfr\na.svs,1,m\nb.svs,2,m\n", "one-class", /one class/],
    ["no slide has a label", "slide,patient,egfr\na.svs,1,\nb.svs,2,NA\n", "one-class", /label column/],
    ["two rows have the same slide", "slide,patient,egfr\na.svs,1,m\na.tiff,2,w\n", "duplicate-id", /rename/],
    ["two paths give the same id", "slide,patient,egfr\nx/a.svs,1,m\nx__a.svs,2,w\n", "duplicate-id", /rename/],
    ["a scale is no number", 'slide,patient,egfr,mpp\na.svs,1,m,"0,25"\nb.svs,2,w,\n', "bad-value", /correct the cell/],
    ["a scale is absurd", "slide,patient,egfr,mpp\na.svs,1,m,500\nb.svs,2,w,\n", "bad-value", /correct the cell/],
    ["a patient is missing", "slide,patient,egfr\na.svs,,m\nb.svs,2,w\n", "bad-value", /fill the cell/],
    ["a row is ragged", "slide,patient,egfr\na.svs,1\nb.svs,2,w\n", "bad-table", /quote cells/],
    ["columns are separated by semicolons", "slide;patient;egfr\na.svs;1;m\n", "bad-table", /comma/],
    ["there is a header only", "slide,patient,egfr\n", "bad-table", /right file/],
    ["a column comes twice", "slide,patient,egfr,egfr\na.svs,1,m,w\n", "bad-table", /rename/],
  ])("fails by name where %s", (_, csv, kind, remedy) => {
    const failure = failureOf(read(csv));
    expect(failure.kind).toBe(kind);
    expect(failure.remedy).toMatch(remedy);
  });

  it("refuses UTF-16 rather than reading rubbish", () => {
    expect(failureOf(read(Buffer.from("\uFEFFslide,patient,egfr\n", "utf16le"))).received).toContain("UTF-16");
  });

  it("names the class nearest to a misspelt positive one", () => {
    const failure = failureOf(
      read("slide,patient,egfr\na.svs,1,mutant\nb.svs,2,wild\n", {
        task: { kind: "classify", label: "egfr", positive: "mutnat" },
      }),
    );
    expect([failure.kind, failure.remedy]).toEqual(["bad-study", "did you mean `mutant`?"]);
  });
});

import { describe, expect, it } from "vitest";
import { cohortOfTable } from "../../src/cohort/read-cohort-table.ts";
import { tableFrom } from "../../testing/twin.ts";

const read = (text: string, file = "c.csv") => cohortOfTable(tableFrom(file, text));

describe("a cohort table that lacks something", () => {
  it("names the slides whose patient nothing tells", () => {
    const without = read("slide,egfr\na,x\nb,y\na2,x\nb2,y");
    expect(without.ok && without.value.patientsUnknown).toEqual(["a", "b", "a2", "b2"]);
    const barcoded = read("slide,egfr\nTCGA-02-0001-DX1,x\nb,y");
    expect(barcoded.ok && barcoded.value.patientsUnknown).toEqual(["b"]);
    const whole = read("slide,patient,egfr\na,p,x\nb,q,y");
    expect(whole.ok && whole.value.patientsUnknown).toEqual([]);
  });
  it("knows every patient of a table that has a row a patient", () => {
    const out = read("patient,egfr\na,x\nb,y");
    expect(out.ok && out.value.patientsUnknown).toEqual([]);
  });
  it("tells --label and --labels where no column, or a column of one class, is there to judge", () => {
    for (const text of ["slide,patient\na,p\nb,q", "slide,patient,label\na,p,x\nb,q,x"]) {
      const out = read(text);
      expect(out.ok && out.value.notes.join(" ")).toMatch(/--label.*--labels/);
    }
  });
  it("sends a split file given as a cohort to --splits", () => {
    const out = read(",train,val,test\n0,a,b,c", "splits_0.csv");
    expect(out.ok ? null : [out.failure.kind, out.failure.remedy]).toEqual([
      "missing-column",
      expect.stringContaining("--splits"),
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { type CohortTableOptions, cohortOfTable } from "../../src/cohort/read-cohort-table.ts";
import type { SplitTable } from "../../src/split/dialect.ts";
import { tableFrom, tableOf, twinSlides } from "../../testing/twin.ts";

const SLIDES = twinSlides(40, 3);
const PATIENTS = new Set(SLIDES.map((s) => s.patient)).size;

function cohort(table: SplitTable, options: CohortTableOptions = {}) {
  const out = cohortOfTable(table, options);
  if (!out.ok) throw new Error(`${out.failure.kind}: ${out.failure.received}`);
  const { rows } = out.value;
  return { ...out.value, patients: new Set(rows.map((r) => r.patient)).size, sites: new Set(rows.map((r) => r.site)) };
}

/** One record a slide in the columns of each dialect. */
const DIALECTS: Record<string, (s: (typeof SLIDES)[number], i: number) => Record<string, string>> = {
  "nacre-cohort": (s) => ({ slide: `${s.slide}.svs`, patient: s.patient, site: s.code, label: s.label }),
  "clam-dataset": (s) => ({ case_id: s.patient, slide_id: s.slide, label: s.label }),
  "gigapath-task": (s, i) => ({
    "Unnamed: 0": String(i),
    slide_id: s.slide,
    case_submitter_id: s.patient,
    pat_id: `uuid-${s.patient.slice(-4)}`,
    label: s.label,
  }),
  "titan-labels": (s) => ({ slide_id: s.slide, case_id: s.patient, OncoTreeCode: s.label, site: s.code, sex: "F" }),
  "patho-bench": (s) => ({ case_id: s.patient, slide_id: s.slide, label: s.label, fold_0: "train", fold_1: "test" }),
  "gpfm-survival": (s) => ({
    Study: "TCGA",
    case_id: s.patient,
    slide_id: `/data/pt/${s.slide}.pt`,
    label: s.label,
    "Fold 0": "train",
  }),
  mstar: (s) => ({ case: s.patient, slide: s.slide, label: s.label, fold: "train" }),
  "mstar-survival": (s) => ({ Study: "x", ID: s.patient, WSI: `${s.slide}.pt`, label: s.label, split: "train" }),
  "chief-survival": (s) => ({ filename: s.slide, status: "0.0", time: "3.5", patient_id: s.patient, label: s.label }),
  "chief-dataset": (s) => ({ case_id: s.slide, source: "tcga", site: "Primary Tumor", label: s.label }),
};

describe("cohortOfTable", () => {
  it.each(Object.entries(DIALECTS))("reads the dialect %s: slides, patients, institutions, label", (name, record) => {
    const label = name === "titan-labels" ? "OncoTreeCode" : null;
    const out = cohort(tableOf("t.csv", SLIDES.map(record)), { label });
    expect(out.dialect).toBe(name);
    expect(out.rows.map((r) => r.slide)).toEqual(SLIDES.map((s) => s.slide));
    expect(out.patients).toBe(PATIENTS);
    expect([...out.sites].sort()).toEqual([
      "Asterand",
      "CHI-Penrose Colorado",
      "Christiana Healthcare",
      "University of Pittsburgh",
    ]);
    expect(out.task).toMatchObject({ classes: ["LUAD", "LUSC"], positive: "LUSC" });
    expect(out.derived.join("\n")).toContain("raw tissue source codes tell the label of every patient");
    expect(Object.keys(out.rows[0]?.columns ?? {})).not.toContain("Unnamed: 0");
  });
  it("joins a clinical table to a slide table, whichever comes first, and counts what stays alone", () => {
    const slides = tableOf(
      "slides.csv",
      SLIDES.map((s) => ({ "\uFEFFFILENAME": s.slide, PATIENT: s.patient })),
    );
    const people = [...new Map(SLIDES.map((s) => [s.patient, s])).values()];
    const clini = tableOf("clini.xlsx", [
      ...people.slice(1).map((s) => ({ PATIENT: s.patient, MSIStatus: s.label, gender: "female" })),
      { PATIENT: "TCGA-AA-0001", MSIStatus: "LUAD", gender: "NA" },
    ]);
    const ways = [
      cohort(slides, { labels: clini, label: "MSIStatus" }),
      cohort(clini, { slides, label: "MSIStatus" }),
      cohort(clini, { labels: slides, label: "MSIStatus" }),
    ];
    for (const out of ways) {
      expect(out.dialect).toBe("stamp");
      expect(out.rows.map((r) => r.slide)).toEqual(SLIDES.map((s) => s.slide));
      const alone = SLIDES.filter((s) => s.patient === people[0]?.patient).length;
      expect(out.rows.filter((r) => r.label === null).length).toBe(alone);
      expect(out.notes.join("\n")).toContain("1 patient of clini.xlsx without a row in slides.csv");
    }
  });
  it("keeps rows that are told twice, and both labels where a label table contradicts itself", () => {
    const table = tableFrom("c.csv", "case_id,slide_id,label\np,a,x\np,a,y\nq,b,y");
    expect(cohort(table).rows.map((r) => [r.slide, r.label])).toEqual([
      ["a", "x"],
      ["a", "y"],
      ["b", "y"],
    ]);
    const labels = tableFrom("l.csv", "slide_id,label\na,x\na,x\nb,x\nb,y");
    const out = cohort(tableFrom("c.csv", "case_id,slide_id\np,a\nq,b"), { labels });
    expect(out.rows.map((r) => r.label)).toEqual(["x", "x", "y"]);
    expect(out.notes.join()).toContain(
      "2 slides with several rows in l.csv (first a): 1 of them with labels that differ",
    );
  });
  it("takes several slides in one cell apart, and rows without a slide out, located", () => {
    const out = cohort(tableFrom("c.csv", "case_id,slide_id,label\np,/x/a.pt;/y/b.pt,0\nq,,1\nr,c,1"));
    expect(out.rows.map((r) => [r.slide, r.patient])).toEqual([
      ["a", "p"],
      ["b", "p"],
      ["c", "r"],
    ]);
    expect(out.notes).toContain("1 row without a slide, left out (first row 3 of c.csv)");
  });
  it("takes a table of patients for what it is", () => {
    const out = cohort(tableFrom("brca.csv", "pid,E,T\nTCGA-E2-A9RU,0,3\nTCGA-LL-A6FP,1,4"));
    expect(out.dialect).toBe("flamby");
    expect(out.rows.map((r) => [r.slide, r.patient, r.site])).toEqual([
      ["TCGA-E2-A9RU", "TCGA-E2-A9RU", "Roswell Park"],
      ["TCGA-LL-A6FP", "TCGA-LL-A6FP", "Candler"],
    ]);
    expect(out.notes[0]).toContain("no slide column");
  });
  it("does not take a number of the row for a patient", () => {
    const out = cohort(tableFrom("c.csv", "id,slide,label\n1,C3L-00001-21,0\n2,C3L-00001-22,1"));
    expect(out.rows.map((r) => r.patient)).toEqual(["C3L-00001", "C3L-00001"]);
  });
  it("never guesses the label: several candidates are named, the fewest classes first", () => {
    const lines = Array.from({ length: 12 }, (_, i) => `s${i},p${i},${i % 2},${i % 3},${i / 7}`);
    const out = cohort(tableFrom("c.csv", `slide,patient,egfr,grade,score\n${lines.join("\n")}`));
    expect([out.task, out.labelColumn]).toEqual([null, null]);
    expect(out.notes).toContain("the label is not known: egfr, grade could be it; name one with --label");
    expect(
      cohort(tableFrom("c.csv", `slide,patient,egfr,grade,score\n${lines.join("\n")}`), { label: "grade" }).task
        ?.classes,
    ).toEqual(["0", "1", "2"]);
  });
  it("reads every way of writing nothing as a missing label, numbers in the order of their size", () => {
    const values = ["10", "2", "NA", "", "[Not Available]", "n/a", "Not Performed", "2"];
    const out = cohort(
      tableFrom("c.csv", `slide,patient,label\n${values.map((v, i) => `s${i},p${i},${v}`).join("\n")}`),
    );
    expect(out.rows.map((r) => r.label)).toEqual(["10", "2", null, null, null, null, null, "2"]);
    expect(out.task?.classes).toEqual(["2", "10"]);
    expect(out.notes).toContain("5 rows without a value in column label");
  });
  it.each([
    ["no slide and no patient", "TSS Code,Region\nBH,East", {}, "missing-column"],
    ["a label that is not there", "slide,patient,label\na,p,1\nb,q,0", { label: "lable" }, "missing-column"],
    ["a label of one class", "slide,patient,egfr\na,p,1\nb,q,1", { label: "egfr" }, "one-class"],
    ["only empty ids", "slide,patient,label\n,p,1", {}, "bad-table"],
  ])("refuses %s", (_, text, options, kind) => {
    expect(cohortOfTable(tableFrom("c.csv", text), options)).toMatchObject({ ok: false, failure: { kind } });
  });
  it("refuses tables that share no id", () => {
    const labels = tableFrom("l.csv", "slide_id,label\nz,1");
    expect(cohortOfTable(tableFrom("c.csv", "slide,patient\na,p"), { labels })).toMatchObject({
      ok: false,
      failure: { kind: "bad-table", received: expect.stringContaining("no id in common") },
    });
  });
  it("reads 100,000 slides with less than a second and a half of processor time", () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => [
      `TCGA-A6-${1000 + (i % 9000)}-01Z-00-DX${i}`,
      "x",
      String(i % 2),
    ]);
    const started = process.cpuUsage();
    const out = cohort({ file: "big.csv", header: ["slide_id", "note", "label"], rows });
    expect(out.patients).toBe(9000);
    expect(process.cpuUsage(started).user).toBeLessThan(1.5e6);
  });
});

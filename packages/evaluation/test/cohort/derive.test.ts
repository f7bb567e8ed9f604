import { patientId } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { barcodeOf } from "../../src/cohort/barcode.ts";
import { cohortOfSplit } from "../../src/cohort/cohort-of-split.ts";
import { derivePatients } from "../../src/cohort/derive-patient.ts";
import { codesTellLabel, deriveSites } from "../../src/cohort/derive-site.ts";
import { strangersOf } from "../../src/cohort/stranger.ts";
import { PROBABLY_ONE, TISSUE_SOURCE_SITES } from "../../src/cohort/tissue-source-site.data.ts";
import { institutionOf } from "../../src/cohort/tissue-source-site.ts";
import { row } from "../../testing/make.ts";
import { tableFrom } from "../../testing/twin.ts";

describe("barcodeOf", () => {
  it.each([
    ["TCGA-02-0001-01Z-00-DX3.2836ce55-491f", "TCGA-02-0001", "02"],
    ["/data/tcga-na-a4r0-01z.svs", "TCGA-NA-A4R0", "NA"],
    ["C3L-05423-23", "C3L-05423", null],
    ["C3N-00246", "C3N-00246", null],
    ["11LU013-e42ecbe9-4b55", "11LU013", null],
    ["01BR001", "01BR001", null],
    ["patient_044_node_2", "patient_044", null],
  ])("finds the patient of %s", (text, patient, source) => {
    expect(barcodeOf(text)).toMatchObject({ patient, source });
  });
  it.each([
    "TCGA-02-00012",
    "XTCGA-02-0001",
    "C3L-0542",
    "slide_17",
    "2011LU0133",
    "a1965749-357f-11eb-801a-001a7dda7111",
  ])("finds none in %s", (text) => {
    expect(barcodeOf(text)).toBeNull();
  });
});

describe("derivePatients", () => {
  const claim = (slide: string, given: string) => ({ slide, given, barcode: barcodeOf(slide) });
  it("unmasks a table that calls each slide its own patient", () => {
    const slides = ["TCGA-02-0001-DX1", "TCGA-02-0001-DX2", "TCGA-02-0003-DX1"];
    const out = derivePatients(
      slides.map((s) => claim(s, s)),
      "case_id",
    );
    expect(out.patients).toEqual(["TCGA-02-0001", "TCGA-02-0001", "TCGA-02-0003"]);
    expect(out.derived).toEqual([
      "patient: the TCGA barcodes in the ids of 3 rows, 2 patients; column case_id calls 3 of 3 slides its own patient",
    ]);
  });
  it("replaces ids that divide a person, and says which", () => {
    const out = derivePatients([claim("TCGA-02-0001-DX1", "u1"), claim("TCGA-02-0001-DX2", "u2")], "pat");
    expect(new Set(out.patients).size).toBe(1);
    expect(out.derived[0]).toContain("gives several ids to 1 barcode (TCGA-02-0001: u1, u2)");
  });
  it("keeps names of its own that are one for each patient", () => {
    const out = derivePatients([claim("TCGA-02-0001-DX1", "u1"), claim("TCGA-02-0001-DX2", "u1")], "pat_id");
    expect(out).toEqual({ patients: ["u1", "u1"], isKnown: [true, true], derived: [], notes: [] });
  });
  it("warns where slides are patients and no id tells otherwise", () => {
    const out = derivePatients([claim("BRACS_1", "BRACS_1"), claim("BRACS_2", "BRACS_2")], "case_id");
    expect(out.patients).toEqual(["BRACS_1", "BRACS_2"]);
    expect(out.isKnown).toEqual([false, false]);
    expect(out.notes[0]).toContain("would not be noticed");
  });
  it("knows a patient by a cell of its own or by a barcode, and by nothing else", () => {
    const claims = [claim("C3L-00001-21", ""), claim("x", ""), claim("y", "p")];
    expect(derivePatients(claims, "patient").isKnown).toEqual([true, false, true]);
    const bare = claims.map((c) => ({ ...c, given: "" }));
    expect(derivePatients(bare, null).isKnown).toEqual([true, false, false]);
  });
  it("believes neither column where slides and patients have changed places, and says so", () => {
    const given = ["TCGA-02-0001-DX1", "TCGA-02-0001-DX2", "TCGA-02-0003-DX1"];
    const out = derivePatients(
      given.map((g) => claim(g.slice(0, 12), g)),
      "patient",
    );
    expect(out.patients).toEqual(given);
    expect(out.notes).toEqual([expect.stringMatching(/look swapped: column patient .* rename the two columns/)]);
  });
  it("fills empty cells from barcodes, else lets the slide stand for itself", () => {
    const out = derivePatients([claim("C3L-00001-21", ""), claim("x", ""), claim("y", "p")], "patient");
    expect(out.patients).toEqual(["C3L-00001", "x", "p"]);
  });
});

describe("deriveSites", () => {
  const codes = ["TCGA-50-0001", "TCGA-34-0002", "TCGA-44-0003"].map(barcodeOf);
  it("maps codes that a column repeats to institutions", () => {
    const out = deriveSites(codes, [{ name: "site", cells: ["50", "34", "44"] }]);
    expect(out.sites).toEqual(["University of Pittsburgh", "University of Pittsburgh", "Christiana Healthcare"]);
    expect(out.derived[0]).toContain("3 codes of 2 institutions");
  });
  it("lets a given hospital win, and another column win over codes", () => {
    const hospital = { name: "hospital", cells: ["a", "b", "a"] };
    expect(deriveSites(codes, [hospital]).sites).toEqual(["a", "b", "a"]);
    expect(deriveSites(codes, [{ name: "site", cells: ["50", "34", "44"] }, hospital]).sites).toEqual(["a", "b", "a"]);
  });
  it("does not take kinds of tissue for hospitals", () => {
    const out = deriveSites(codes, [{ name: "site", cells: ["Primary Tumor", "Metastatic", "Primary Tumor"] }]);
    expect(out.sites[0]).toBe("University of Pittsburgh");
    expect(out.notes[0]).toContain("kinds of tissue");
  });
  it("fills the gaps of a column that names the institutions, such as those of the code NA", () => {
    const barcodes = [...codes, barcodeOf("TCGA-NA-A4R0")];
    const cells = ["University of Pittsburgh", "University of Pittsburgh", "Christiana Healthcare", ""];
    expect(deriveSites(barcodes, [{ name: "source_site", cells }]).sites[3]).toBe(institutionOf("NA"));
  });
  it("keeps unknown codes as codes and counts them", () => {
    const out = deriveSites([barcodeOf("TCGA-00-0001"), barcodeOf("TCGA-50-0001")], []);
    expect(out.sites[0]).toBe("00");
    expect(out.derived[0]).toContain("1 code not in the list stay codes (00)");
  });
});

describe("codesTellLabel", () => {
  const people = (label: (i: number) => string) =>
    Array.from({ length: 12 }, (_, i) => ({ patient: `p${i}`, label: label(i), source: i % 2 === 0 ? "50" : "34" }));
  it("speaks where codes tell the label and institutions do not", () => {
    expect(codesTellLabel(people((i) => (i % 2 === 0 ? "LUAD" : "LUSC")))).toContain("2 raw tissue source codes");
  });
  it("is silent where codes do not tell it", () => {
    expect(codesTellLabel(people((i) => (i % 3 === 0 ? "LUAD" : "LUSC")))).toBeNull();
  });
});

describe("the code table", () => {
  it("gives each code once, of two characters", () => {
    const codes = Object.values(TISSUE_SOURCE_SITES).flatMap((text) => text.split(" "));
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^[0-9A-Z]{2}$/.test(code))).toBe(true);
    expect(codes.length).toBe(829);
  });
  it("knows every name that is said to be probably another's", () => {
    for (const name of PROBABLY_ONE.flat()) expect(TISSUE_SOURCE_SITES).toHaveProperty([name]);
  });
});

describe("strangersOf", () => {
  it("gives a slide that only the split knows to the patient of the cohort with its barcode, whatever the name", () => {
    const known = row({ slide: "TCGA-50-0001-DX1", patient: "uuid-7", site: "University of Pittsburgh" });
    const { rows, patientsUnknown } = strangersOf(
      ["TCGA-50-0001-DX2", "TCGA-44-0009-DX1", "odd", "TCGA-50-0001-DX1"],
      [known],
    );
    expect(rows.map((r) => [r.slide, r.patient, r.site])).toEqual([
      ["TCGA-50-0001-DX2", patientId("uuid-7"), "University of Pittsburgh"],
      ["TCGA-44-0009-DX1", "TCGA-44-0009", "Christiana Healthcare"],
      ["odd", "odd", null],
    ]);
    expect(patientsUnknown).toEqual(["odd"]);
  });
});

describe("cohortOfSplit", () => {
  it("makes a cohort of lists of ids", () => {
    const out = cohortOfSplit([
      tableFrom("splits_0.csv", ",train,val,test\n0,TCGA-50-0001-DX1,TCGA-50-0001-DX2,b\n1,c,,"),
    ]);
    expect(out.ok && out.value.rows.map((r) => r.patient)).toEqual(["TCGA-50-0001", "TCGA-50-0001", "b", "c"]);
  });
  it("lends the columns of part files, each slide once over files and folds", () => {
    const text = "case_id,slide_id,label\np,a,x\nq,b,y";
    const out = cohortOfSplit([
      tableFrom("0/train.csv", text),
      tableFrom("0/test.csv", "case_id,slide_id,label\nr,c,x"),
      tableFrom("1/test.csv", text),
      tableFrom("1/train.csv", "case_id,slide_id,label\nr,c,x"),
    ]);
    expect(out.ok && out.value.rows.map((r) => [r.slide, r.patient, r.label])).toEqual([
      ["a", "p", "x"],
      ["b", "q", "y"],
      ["c", "r", "x"],
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { parseSplitTables } from "../../src/split/parse-tables.ts";
import { row } from "../../testing/make.ts";

const cohort = ["a.1", "b", "c", "d"].map((slide, i) => row({ slide, patient: `p${i}` }));
const table = (file: string, text: string) => {
  const [header = [], ...rows] = text.split("\n").map((line) => line.split(","));
  return { file, header, rows };
};
const RAGGED = ",train,val,test\n0,a.1,c,d\n1,b,,";
const MATRIX = ",train,val,test\na.1,True,False,False\nb,True,False,False\nc,False,True,False\nd,False,False,True";
const OWN = "slide,part,fold\na.1.svs,train,2\nb,train,2\nc,tune,2\nd,test,2";

function parsed(tables: readonly ReturnType<typeof table>[], rows: typeof cohort | null = cohort) {
  const out = parseSplitTables(tables, rows);
  if (!out.ok) throw new Error(out.failure.kind);
  return out.value;
}

describe("parseSplitTables", () => {
  it.each([
    ["clam", "splits_2.csv", RAGGED],
    ["clam-bool", "splits_2_bool.csv", MATRIX],
    ["nacre", "split.csv", OWN],
  ])("reads the dialect %s, val being our tune", (dialect, file, text) => {
    const out = parsed([table(file, text)]);
    expect(out.inputs[0]?.dialect).toBe(dialect);
    expect(out.split).toEqual({
      by: "file",
      folds: [{ fold: 2, train: ["a.1", "b"], tune: ["c"], test: ["d"] }],
      external: [],
    });
    expect(out.unknown).toEqual([]);
    expect(out.unlisted).toEqual([]);
  });
  it("takes a fold once when a list, a matrix and a table of counts tell it", () => {
    const counts = ",train,val,test\nno,2,1,1\nyes,0,0,0";
    const out = parsed([
      table("splits_2_bool.csv", MATRIX),
      table("splits_2.csv", RAGGED),
      table("splits_2_descriptor.csv", counts),
    ]);
    expect(out.split.folds.length).toBe(1);
    expect(out.inputs.map((i) => i.dialect)).toEqual(["clam-bool", "clam", "clam-descriptor"]);
  });
  it("reads a matrix of zeros and ones", () => {
    const ones = MATRIX.replaceAll("True", "1").replaceAll("False", "0");
    expect(parsed([table("s0.csv", ones)]).split.folds[0]?.test).toEqual(["d"]);
  });
  it("refuses two accounts of a fold that differ", () => {
    const out = parseSplitTables(
      [table("splits_2.csv", RAGGED), table("more_2.csv", RAGGED.replace("1,b", "1,d"))],
      cohort,
    );
    expect(out).toMatchObject({
      ok: false,
      failure: { kind: "bad-table", received: expect.stringContaining("differ") },
    });
  });
  it("keeps a slide that plays two roles, for the audit to find", () => {
    const fold = parsed([table("splits_0.csv", ",train,val,test\n0,b,c,b")]).split.folds[0];
    expect([fold?.train, fold?.test]).toEqual([["b"], ["b"]]);
  });
  it("matches ids with and without extension and folder, by patient, and as numbers with .0", () => {
    const nested = [
      { ...row({ slide: "h1__x.9" }), path: "h1/x.9.svs" },
      row({ slide: "17", patient: "P-17" }),
      row({ slide: "z1", patient: "P-z" }),
      row({ slide: "z2", patient: "P-z" }),
    ];
    const out = parsed([table("splits_0.csv", ",train,val,test\n0,x.9.svs,17.0,P-z")], nested);
    expect(out.split.folds[0]).toMatchObject({ train: ["h1__x.9"], tune: ["17"], test: ["z1", "z2"] });
    expect(out.notes).toEqual(["ids were matched by file name", "ids were matched by patient"]);
  });
  it("reports ids that the cohort does not know and slides that no table names", () => {
    const out = parsed([table("splits_0.csv", ",train,val,test\n0,b,ghost,c")]);
    expect(out.unknown).toEqual(["ghost"]);
    expect(out.unlisted).toEqual(["a.1", "d"]);
  });
  it("takes the tables for the cohort when there is none", () => {
    expect(parsed([table("splits_0.csv", RAGGED)], null).split.folds[0]?.train).toEqual(["a.1", "b"]);
  });
  it("reads external slides of our own dialect", () => {
    const out = parsed([table("split.csv", "slide,part,fold\na.1,train,0\nb,test,0\nc,external,")]);
    expect(out.split.external).toEqual(["c"]);
    expect(out.split.folds.map((f) => f.fold)).toEqual([0]);
  });
  it.each([
    ["a table without parts", "x,y\n1,2", "columns"],
    ["a part of another name", "slide,part,fold\na,practice,0", "row 2, column part"],
    ["a cell that is no truth", ",train,val,test\na,True,maybe,False", '"maybe" in row 2, column val'],
    ["only counts", ",train,val,test\nno,2,1,1", "t.csv"],
  ])("refuses %s, located", (_, text, received) => {
    expect(parseSplitTables([table("t.csv", text)], cohort)).toMatchObject({
      ok: false,
      failure: { kind: "bad-table", received: expect.stringContaining(received) },
    });
  });
  it("tells the tables of which the cohort knows nobody, except those that are of another programme and so external", () => {
    const strange = table("split.csv", "slide,part,fold\nz1,train,0\nz2,test,0");
    expect(parsed([strange]).unmatched).toEqual([{ file: "split.csv", ids: ["z1", "z2"] }]);
    expect(parsed([table("split.csv", `${OWN}\nz1,test,2`)]).unmatched).toEqual([]);
    expect(parsed([strange], null).unmatched).toEqual([]);
    const home = table("k=0/train.csv", "slide_id\nTCGA-02-0001-DX1\nTCGA-02-0003-DX1");
    const away = table("k=0/test_cptac.csv", "slide_id\nC3L-00001-21\nC3L-00002-21");
    const rows = [row({ slide: "TCGA-02-0001-DX1" }), row({ slide: "TCGA-02-0003-DX1" })];
    const out = parsed([home, away], rows);
    expect([out.unmatched, out.unknown]).toEqual([[], ["C3L-00001-21", "C3L-00002-21"]]);
  });
});

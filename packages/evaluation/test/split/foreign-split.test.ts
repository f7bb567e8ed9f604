import { describe, expect, it } from "vitest";
import { parseSplitTables } from "../../src/split/parse-tables.ts";
import { row } from "../../testing/make.ts";
import { tableFrom } from "../../testing/twin.ts";

const cohort = ["a", "b", "c", "d"].map((slide, i) => row({ slide, patient: `p${i}` }));
const FOLD_0 = { fold: 0, train: ["a", "b"], tune: ["c"], test: ["d"] };

function parsed(files: Readonly<Record<string, string>>, rows: typeof cohort | null = cohort) {
  const out = parseSplitTables(
    Object.entries(files).map(([file, text]) => tableFrom(file, text)),
    rows,
  );
  if (!out.ok) throw new Error(`${out.failure.kind}: ${out.failure.received}`);
  return out.value;
}

describe("parseSplitTables of foreign dialects", () => {
  it.each([
    ["clam", "splits_0.csv", "train_slide_id,val_slide_id,test_slide_id\na,c,d\nb,,"],
    ["clam", "fold0.csv", ",train,train_label,val,val_label,test,test_label\n0,a,1,c,0,d,1\n1,b,0,,,,"],
    ["clam", "splits_0.csv", "train,val,test\np0,p2,p3\np1,,"],
    [
      "clam-bool",
      "splits_0_bool.csv",
      "Unnamed: 0,slide_id,train,val,test\n0,a,True,False,False\n1,b,True,False,False\n2,c,False,True,False\n3,d,False,False,True",
    ],
    ["patho-bench", "k=all.tsv", "case_id,slide_id,label,fold_0\np0,a,1,train\np1,b,0,train\np2,c,1,val\np3,d,0,test"],
    [
      "patho-bench",
      "LUAD_Splits.csv",
      "Study,case_id,slide_id,Fold 0\nx,p0,/pt/a.pt;/pt/b.pt,train\nx,p2,/pt/c.pt,val\nx,p3,/pt/d.pt,test",
    ],
    ["part-column", "BCNB_HER2.csv", "case,slide,label,fold\np0,a,1,train\np1,b,0,train\np2,c,1,val\np3,d,0,test"],
    [
      "part-column",
      "t.csv",
      "Study,ID,WSI,split\nx,p0,a.pt,train\nx,p1,b.pt,train\nx,p2,c.pt,validation\nx,p3,d.pt,test",
    ],
    ["part-column", "t.csv", "slide_id,partition\na,Train\nb,Train\nc,Dev\nd,Test"],
    ["part-column", "t.csv", "slide_id,set,fold\na,train,0\nb,train,0\nc,val,0\nd,test,0"],
    [
      "flamby",
      "train_test_split.csv",
      "pid,fold,fold2\np0,train,train_0\np1,train,train_1\np2,val,val_1\np3,test,test_0",
    ],
  ])("reads %s in %s", (dialect, file, text) => {
    const out = parsed({ [file]: text });
    expect(out.inputs[0]?.dialect).toBe(dialect);
    expect(out.split.folds).toEqual([FOLD_0]);
    expect(out.unknown).toEqual([]);
  });
  it("reads one file a part, the fold being the folder's or the name's", () => {
    const text = (...ids: readonly string[]) => `case_id,slide_id\n${ids.map((id) => `x,${id}`).join("\n")}`;
    const folders = parsed({
      "s/BRCA_overall_survival_k=0/train.csv": text("a", "b"),
      "s/BRCA_overall_survival_k=0/test.csv": text("c", "d"),
      "s/BRCA_overall_survival_k=1/train.csv": text("c", "d"),
      "s/BRCA_overall_survival_k=1/test.csv": text("a", "b"),
    });
    expect(folders.split.folds).toEqual([
      { fold: 0, train: ["a", "b"], tune: [], test: ["c", "d"] },
      { fold: 1, train: ["c", "d"], tune: [], test: ["a", "b"] },
    ]);
    expect(folders.inputs.every((i) => i.dialect === "part-file")).toBe(true);
    for (const names of [
      ["train_0.csv", "val_0.csv", "test_0.csv"],
      ["tcga-ot_train.csv", "tcga-ot_val.csv", "tcga-ot_test.csv"],
      ["train_tcga.csv", "val_tcga.csv", "test_tcga.csv"],
      ["splits/0/train.csv", "splits/0/val.csv", "splits/0/test.csv"],
    ]) {
      const [train = "", tune = "", test = ""] = names;
      expect(parsed({ [train]: text("a", "b"), [tune]: text("c"), [test]: text("d") }).split.folds).toEqual([FOLD_0]);
    }
  });
  it("takes a test file of another programme than training's for external", () => {
    const out = parsed(
      {
        "k=0/train.csv": "slide_id\nTCGA-50-0001-DX1",
        "k=0/test_tcgaluad.csv": "slide_id\nTCGA-50-0002-DX1",
        "k=0/test_cptac.csv": "slide_id\nC3L-00001-21",
      },
      null,
    );
    expect(out.split).toMatchObject({
      folds: [{ fold: 0, train: ["TCGA-50-0001-DX1"], test: ["TCGA-50-0002-DX1"] }],
      external: ["C3L-00001-21"],
    });
    expect(out.notes[0]).toContain("test_cptac.csv");
  });
  it("tests each numbered fold once", () => {
    const out = parsed({ "folds.csv": "slide_id,fold\na,0\nb,1\nc,0\nd," });
    expect(out.inputs[0]?.dialect).toBe("fold-column");
    expect(out.split.folds).toEqual([
      { fold: 0, train: ["b"], tune: [], test: ["a", "c"] },
      { fold: 1, train: ["a", "c"], tune: [], test: ["b"] },
    ]);
    expect(out.unlisted).toEqual(["d"]);
  });
  it("takes val for the test part where nothing else is held out, and says so", () => {
    const out = parsed({ "splits_0.csv": ",train,val\n0,a,c\n1,b,d" });
    expect(out.split.folds).toEqual([{ fold: 0, train: ["a", "b"], tune: [], test: ["c", "d"] }]);
    expect(out.notes[0]).toContain("no table names a test part");
    expect(parsed({ "splits_0.csv": ",train,val,test\n0,a,c,\n1,b,d," }).split.folds[0]?.tune).toEqual(["c", "d"]);
    expect(parsed({ "s.csv": "slide,part,fold\na,train,0\nb,tune,0" }).split.folds[0]?.tune).toEqual(["b"]);
  });
  it("leaves ids with an empty part in no part and locates a word that is none", () => {
    expect(parsed({ "t.csv": "slide_id,split\na,train\nb,test\nc,\nd,train" }).unlisted).toEqual(["c"]);
    expect(parseSplitTables([tableFrom("t.csv", "slide_id,split\na,train\nb,test\nc,practice")], cohort)).toMatchObject(
      {
        ok: false,
        failure: { kind: "bad-table", received: '"practice" in row 4, column split' },
      },
    );
  });
  it("matches the barcode of a patient whom the cohort calls otherwise", () => {
    const rows = [row({ slide: "TCGA-50-0001-DX1", patient: "u1" }), row({ slide: "TCGA-50-0002-DX1", patient: "u2" })];
    const out = parsed({ "splits_0.csv": ",train,val,test\n0,TCGA-50-0001,,TCGA-50-0002" }, rows);
    expect(out.split.folds[0]).toMatchObject({ train: ["TCGA-50-0001-DX1"], test: ["TCGA-50-0002-DX1"] });
    expect(out.notes).toEqual(["ids were matched by barcode"]);
  });
});

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareFiles, comparisonText } from "../../src/judge/compare-files.ts";
import { evaluateFile } from "../../src/judge/evaluate-file.ts";

const OPTIONS = { positive: null, bootstrap: 50, seed: 1, horizons: [] };

function file(name: string, lines: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), "nacre-evaluate-")), name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

const patients = Array.from({ length: 60 }, (_, i) => i);

describe("a table of predictions is judged by what its columns answer", () => {
  it("risks and follow-up", () => {
    const rows = patients.map((i) => `p${i},${100 - i},${10 + i},${i % 4 === 0 ? 0 : 1}`);
    const { scorecard, text } = evaluateFile(file("r.csv", ["patient,risk,time,event", ...rows]), OPTIONS);
    expect(scorecard.task.kind).toBe("survive");
    expect(scorecard.internal).toMatchObject({ n: 60, events: 45, cIndex: { value: 1 } });
    expect(text).toMatch(/cIndex +1\.000/);
  });

  it("numbers", () => {
    const rows = patients.map((i) => `p${i},${i},${i + (i % 2)}`);
    const { scorecard } = evaluateFile(file("n.csv", ["patient,label,prediction", ...rows]), OPTIONS);
    expect(scorecard).toMatchObject({ task: { kind: "regress" }, internal: { measures: { mae: { value: 0.5 } } } });
  });

  it("several labels, of which a patient may lack one", () => {
    const rows = patients.map((i) => `p${i},${i % 2},${i === 0 ? "" : i % 3 === 0 ? 1 : 0},0.${i % 2 ? 9 : 1},0.5`);
    const table = file("m.csv", ["patient,label_a,label_b,p_a,p_b", ...rows]);
    expect(evaluateFile(table, OPTIONS).scorecard).toMatchObject({
      task: { kind: "multilabel" },
      internal: { perLabel: [{ name: "a" }, { name: "b" }] },
    });
  });

  it("and a cell that cannot be meant is named by row and column", () => {
    const bad = (row: string): unknown => {
      try {
        return evaluateFile(file("r.csv", ["patient,risk,time,event", "p0,1,5,1", row]), OPTIONS);
      } catch (error) {
        return String(error);
      }
    };
    expect(bad("p1,1,5,2")).toMatch(/`2` in column event, row 3/);
    expect(bad("p1,1,-5,1")).toMatch(/`-5` in column time, row 3/);
    expect(bad('p1,"0,5",5,1')).toMatch(/decimal comma.* in column risk, row 3/);
  });
});

function refusalOf(lines: readonly string[], options: Partial<Parameters<typeof evaluateFile>[1]> = {}): string {
  try {
    evaluateFile(file("t.csv", lines), { ...OPTIONS, ...options });
  } catch (error) {
    return String(error);
  }
  return "judged";
}

describe("a table that is nearly right is told what it looks like", () => {
  it("numbers that are probabilities of a class are judged as numbers, with a warning that names p_0 and p_1", () => {
    const rows = patients.map((i) => `p${i},${i % 2},0.${1 + (i % 9)}`);
    const { scorecard, text } = evaluateFile(file("b.csv", ["patient,label,prediction", ...rows]), OPTIONS);
    expect(scorecard).toMatchObject({
      task: { kind: "regress" },
      warnings: [{ kind: "looks-like-classes", count: 60 }],
    });
    expect(text).toMatch(/warning: .*p_0 and p_1/);
  });

  it("labels that are words beside a number are asked for p_<class>", () => {
    expect(refusalOf(["patient,label,prediction", "p0,mut,0.7"])).toMatch(/`mut` in column label, row 2.*p_<class>/);
  });

  it("a label that nothing foretells is refused, not left out", () => {
    expect(refusalOf(["patient,label_a,label_b,p_a", "p0,1,0,0.7"])).toMatch(/missing-column.*`p_b` beside `label_b`/);
  });

  it("times and events that changed places are recognised, and R's coding of events", () => {
    const header = "patient,risk,time,event";
    expect(refusalOf([header, "p0,1,1,412", "p1,2,0,300"])).toMatch(/`412` in column event, row 2.*look swapped/);
    expect(refusalOf([header, "p0,1,412,2", "p1,2,300,1"])).toMatch(/`2` in column event, row 2.*R's coding/);
    expect(refusalOf([header, "p0,1,412,dead"])).toMatch(/`dead` in column event, row 2.*Write 1 where/);
    expect(refusalOf([header, "p0,1,412,1", ",,,"])).toMatch(/an empty row: row 3/);
    expect(refusalOf(["PatientID,risk,time,event", "p0,1,412,1"])).toMatch(/`PatientID` is the patient/);
  });

  it("horizons belong to risks", () => {
    const horizons = [12];
    expect(refusalOf(["patient,label,p_a,p_b", "p0,a,0.4,0.6"], { horizons })).toMatch(
      /bad-usage.*--horizons.*classes/,
    );
    expect(refusalOf(["patient,label,prediction", "p0,3,4"], { horizons })).toMatch(/bad-usage.*--horizons.*numbers/);
  });

  it("several seeds of one patient are told apart for every kind of answer", () => {
    const rows = ["1", "2"].flatMap((seed) => patients.map((i) => `s${i},p${i},${i},${i},${seed}`));
    const { text } = evaluateFile(file("n.csv", ["slide,patient,label,prediction,seed", ...rows]), OPTIONS);
    expect(text).toMatch(/Spearman correlation by seed: mean of 2 runs 1.000/);
  });

  it("one patient is one patient", () => {
    const rows = ["a,1,train,x,0.5,0.5", "b,1,test,x,0.5,0.5"];
    expect(refusalOf(["slide,patient,part,label,p_x,p_y", ...rows])).toMatch(/received 1 such patient,/);
  });
});

describe("what was made of the rows is noted", () => {
  it("val is read as tune", () => {
    const rows = patients.map((i) => `p${i},${i < 20 ? "val" : "test"},${i},${i + (i % 2)}`);
    const { scorecard, text } = evaluateFile(file("v.csv", ["patient,part,label,prediction", ...rows]), OPTIONS);
    expect(scorecard).toMatchObject({
      internal: { n: 40 },
      notes: [{ kind: "part-renamed", column: "part", count: 20, rows: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }],
    });
    expect(text).toMatch(/note: .*`val` in 20 rows, first in row 2.*read as tune/);
  });

  it("patients without a label are counted, of every kind and part", () => {
    const rows = patients.map((i) => `p${i},${i % 20 === 3 ? "" : i},${i + (i % 2)}`);
    const { scorecard, text } = evaluateFile(file("u.csv", ["patient,label,prediction", ...rows]), OPTIONS);
    expect(scorecard).toMatchObject({ internal: { n: 57, unlabelled: 3 }, notes: [{ kind: "unlabelled", count: 3 }] });
    expect(text).toMatch(/note: .*3 patients without one, first in row 5 .*left out of every number/);
    const classes = patients.map((i) => `p${i},${i === 7 ? "" : i % 2},0.5,0.5`);
    const card = evaluateFile(file("c.csv", ["patient,label,p_0,p_1", ...classes]), OPTIONS).scorecard;
    expect(card).toMatchObject({ internal: { n: 59 }, notes: [{ kind: "unlabelled", count: 1, rows: [9] }] });
    expect(card.notes[0]?.received).toMatch(/^1 patient without/);
  });
});

describe("several tables of one task", () => {
  const table = (name: string, scores: (i: number) => number, keep = 60): string =>
    file(name, [
      "patient,label,p_no,p_yes",
      ...patients.slice(0, keep).map((i) => `p${i},${i % 2 ? "yes" : "no"},${1 - scores(i)},${scores(i)}`),
    ]);

  it("share a rank where they cannot be told apart, on the patients they share", () => {
    const good = (i: number): number => (i % 2 ? 0.75 : 0.25);
    const paths = [table("a.csv", good), table("b.csv", good, 50), table("c.csv", (i) => ((i * 7) % 8) / 8)];
    const compared = compareFiles(paths, { positive: null, bootstrap: 200, seed: 1 });
    if (!compared.ok) throw new Error(compared.failure.received);
    const [only] = compared.value;
    expect(only?.common).toBe(50);
    expect(only?.auroc.models.map((m) => m.rank)).toEqual([1, 1, 3]);
    expect(comparisonText(compared.value)).toMatch(/50 patients in common/);
  });

  it("named twice are refused: a model is not compared with itself", () => {
    const path = table("a.csv", (i) => (i % 2 ? 0.75 : 0.25));
    expect(() => evaluateFile(path, { ...OPTIONS, against: [path] })).toThrow(/bad-usage.*twice/);
  });

  it("say how many patients the comparison would have needed", () => {
    const paths = [table("a.csv", (i) => ((i * 7) % 8) / 8), table("b.csv", (i) => ((i * 11) % 13) / 13)];
    const { comparison, text } = evaluateFile(paths[0] as string, { ...OPTIONS, against: paths.slice(1) });
    expect(comparison?.[0]?.power).toMatchObject([{ n: 60, reason: null }]);
    expect(text).toMatch(/takes \d+ patients to show \(power 0.8\)/);
  });

  it("of other classes are refused", () => {
    const other = file("o.csv", ["patient,label,p_x,p_y", ...patients.map((i) => `p${i},x,0.5,0.5`)]);
    const compared = compareFiles([table("a.csv", () => 0.5), other], { positive: null, bootstrap: 10, seed: 1 });
    expect(compared.ok ? null : compared.failure.received).toMatch(/x, y/);
  });
});

describe("a table of several runs of the same patients", () => {
  const line = (seed: string, i: number): string => {
    const p = ((i * 7 + Number(seed) * 3) % 10) / 10;
    return `s${i},p${i},${i % 2 ? "yes" : "no"},${1 - p},${p},${seed}`;
  };
  const lines = ["1", "2", "3"].flatMap((seed) => patients.map((i) => line(seed, i)));

  it("is told apart by its column seed, whose spread stands beside the interval over patients", () => {
    const { scorecard, text } = evaluateFile(file("s.csv", ["slide,patient,label,p_no,p_yes,seed", ...lines]), OPTIONS);
    expect(scorecard).toMatchObject({
      rows: 180,
      internal: { n: 60, bags: 60 },
      examination: { seeds: [{ part: "internal", mean: { n: 3 }, runs: [{ n: 60 }, { n: 60 }, { n: 60 }] }] },
    });
    expect(text).toMatch(/AUROC by seed: mean of 3 runs .* noise of the optimiser/);
  });

  it("is refused where nothing tells the runs apart", () => {
    const bare = lines.map((l) => l.slice(0, l.lastIndexOf(",")));
    expect(() => evaluateFile(file("s.csv", ["slide,patient,label,p_no,p_yes", ...bare]), OPTIONS)).toThrow(
      /duplicate-id.*column seed/,
    );
  });
});

describe("a table that says where and when", () => {
  it("has shift and drift in the report, with their words", () => {
    const rows = Array.from({ length: 400 }, (_, i) => {
      const p = (((i * 37) % 100) / 100) * 0.6 + (i % 2 ? 0.3 : 0.05);
      const month = String(1 + Math.floor(i / 80)).padStart(2, "0");
      return `p${i},h${i % 3},2021-${month}-01,${i % 2 ? "yes" : "no"},${1 - p},${p}`;
    });
    const out = mkdtempSync(join(tmpdir(), "nacre-judged-"));
    const table = file("d.csv", ["patient,site,date,label,p_no,p_yes", ...rows]);
    const { scorecard, text } = evaluateFile(table, { ...OPTIONS, out });
    expect(scorecard).toMatchObject({
      examination: { internal: { drift: { column: "date", window: "month" }, groupShift: [{ column: "site" }, {}] } },
    });
    expect(text).toMatch(/drift|no drift alarm/);
    const page = readFileSync(join(out, "report.html"), "utf8");
    for (const heading of ["scores by site", "over time", "sensitivity at 0.5 is", "which shows that it is at least"]) {
      expect(page).toContain(heading);
    }
    expect(page).not.toMatch(/NaN|undefined%/);
  });
});

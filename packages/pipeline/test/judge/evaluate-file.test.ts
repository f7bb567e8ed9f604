import { mkdtempSync, writeFileSync } from "node:fs";
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

  it("of other classes are refused", () => {
    const other = file("o.csv", ["patient,label,p_x,p_y", ...patients.map((i) => `p${i},x,0.5,0.5`)]);
    const compared = compareFiles([table("a.csv", () => 0.5), other], { positive: null, bootstrap: 10, seed: 1 });
    expect(compared.ok ? null : compared.failure.received).toMatch(/x, y/);
  });
});

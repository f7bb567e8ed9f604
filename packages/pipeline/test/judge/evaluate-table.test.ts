import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { evaluateTable, scorecardText } from "../../src/judge/evaluate-table.ts";
import { emptyFolder } from "../small-cohort.ts";

function judge(text: string, positive: string | null = null) {
  const file = join(emptyFolder(), "predictions.csv");
  writeFileSync(file, text);
  return evaluateTable(file, { positive, bootstrap: 20, seed: 1 });
}

function kindOf(body: () => unknown): string | null {
  try {
    body();
    return null;
  } catch (error) {
    if (error instanceof FailureError) return error.failure.kind;
    throw error;
  }
}

const HEADER = "slide,patient,part,label,p_x,p_y\n";

describe("a table of predictions", () => {
  it("is judged by patient: bags of one patient are averaged", () => {
    const card = judge(
      `${HEADER}a,1,test,y,0.9,0.1\nb,1,test,y,0.1,0.9\nc,2,test,x,0.6,0.4\nd,3,external,y,0.2,0.8\ne,4,external,x,0.7,0.3\n`,
    );
    expect([card.internal.n, card.internal.bags, card.external?.n]).toEqual([2, 3, 2]);
    expect(card.internal.auroc.value).toBe(1);
    expect(card.internal.accuracy.n).toBe(2);
  });

  it("takes the last class as positive unless another is named", () => {
    const text = `${HEADER}a,1,test,y,0.2,0.8\nc,2,test,x,0.6,0.4\n`;
    expect([judge(text).task.positive, judge(text, "x").task.positive]).toEqual(["y", "x"]);
    expect(kindOf(() => judge(text, "z"))).toBe("bad-usage");
  });

  it("is refused where a patient was fitted on and is reported in the same fold", () => {
    const rows = "a,1,train,y,0.2,0.8\nb,1,test,y,0.2,0.8\nc,2,test,x,0.6,0.4\n";
    expect(kindOf(() => judge(`${HEADER}${rows}`))).toBe("refused");
    expect(kindOf(() => judge(`${HEADER}${rows.replace("a,1,train", "a,3,train")}`))).toBeNull();
  });

  it("takes the positive class of the run it lies in", () => {
    const folder = emptyFolder();
    const file = join(folder, "predictions.csv");
    writeFileSync(file, `${HEADER}a,1,test,y,0.2,0.8\nc,2,test,x,0.6,0.4\n`);
    writeFileSync(join(folder, "scorecard.json"), JSON.stringify({ task: { positive: "x" } }));
    expect(evaluateTable(file, { positive: null, bootstrap: 20, seed: 1 }).task.positive).toBe("x");
  });

  it("is told in lines a person can read", () => {
    const lines = scorecardText(judge(`${HEADER}a,1,test,y,0.2,0.8\nc,2,test,x,0.6,0.4\n`));
    expect(lines).toContain("internal: 2 patients (1 x, 1 y)");
    expect(lines).toMatch(/AUROC +1\.000/);
    expect(lines).not.toContain("NaN");
  });

  it.each([
    ["no probabilities", "slide,patient,label\na,1,x\n", "missing-column"],
    ["no patients", "slide,label,p_x,p_y\na,x,1,0\n", "missing-column"],
    ["a probability above one", `${HEADER}a,1,test,x,1.5,0\nb,2,test,y,0,1\n`, "bad-value"],
    ["NaN", `${HEADER}a,1,test,x,NaN,0\nb,2,test,y,0,1\n`, "bad-value"],
    ["an empty probability", `${HEADER}a,1,test,x,,0\nb,2,test,y,0,1\n`, "bad-value"],
    ["an unknown label", `${HEADER}a,1,test,z,1,0\nb,2,test,y,0,1\n`, "bad-value"],
    ["an unknown part", `${HEADER}a,1,practice,x,1,0\nb,2,test,y,0,1\n`, "bad-value"],
    ["one patient with two labels", `${HEADER}a,1,test,x,1,0\nb,1,test,y,0,1\n`, "conflicting-label"],
  ])("fails by name for %s", (_, text, kind) => {
    expect(kindOf(() => judge(text))).toBe(kind);
  });
});

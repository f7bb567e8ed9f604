import { unwrap } from "@nacre/core";
import { checkStudy } from "@nacre/pipeline";
import { afterAll, describe, expect, it } from "vitest";
import { caseNames } from "../../src/archive/case-names.ts";
import { headlineNumbers } from "../../src/archive/headline-numbers.ts";
import { keyOf } from "../../src/archive/key-of.ts";
import { predictionRows } from "../../src/archive/prediction-rows.ts";
import { readAnswers } from "../../src/archive/read-answers.ts";
import { readRun } from "../../src/archive/read-run.ts";
import { emptyProject, PREDICTIONS, SCORECARD, STUDY } from "./small-project.ts";

const project = emptyProject();
afterAll(() => project.remove());

const PLACE = "slide,case,patient,site,part,fold";
const task = (value: object) =>
  unwrap(checkStudy({ name: "n", cohort: "c.csv", slides: "s", task: value }, "/study.yaml")).task;

function answers(name: string, value: object, tables: Readonly<Record<string, string>>) {
  for (const [file, text] of Object.entries(tables)) project.write(`${name}/${file}`, text);
  return readAnswers(`${project.folder}/${name}`, task(value));
}

describe("readAnswers", () => {
  it("reads probabilities of classes, and a missing number as no number", () => {
    const rows = answers(
      "classify",
      { kind: "classify", label: "d" },
      {
        "predictions.csv": `${PLACE},label,p_a,p_b\ns1,c1,p1,x,test,0,a,0.7,0.3\ns2,c2,p2,x,external,,b,,0.5\n`,
      },
    );
    expect(rows[0]).toEqual({
      bag: "s1",
      patient: "p1",
      case: "c1",
      part: "test",
      fold: 0,
      answers: [
        { name: "a", unit: "probability", value: 0.7 },
        { name: "b", unit: "probability", value: 0.3 },
      ],
    });
    expect(rows[1]).toMatchObject({ part: "external", fold: null });
    expect(rows[1]?.answers[0]?.value).toBeNaN();
  });

  it("reads risks, numbers and several labels by their own columns", () => {
    const survive = answers(
      "survive",
      { kind: "survive", time: "t", event: "e" },
      {
        "predictions.csv": `${PLACE},risk,time,event\ns1,c1,p1,x,test,0,-1.25,10,1\n`,
      },
    );
    expect(survive[0]?.answers).toEqual([{ name: "risk", unit: "risk", value: -1.25 }]);
    const regress = answers(
      "regress",
      { kind: "regress", label: "age" },
      {
        "predictions.csv": `${PLACE},label,prediction\ns1,c1,p1,x,test,0,50,52.5\n`,
      },
    );
    expect(regress[0]?.answers).toEqual([{ name: "age", unit: "number", value: 52.5 }]);
    const labels = answers(
      "labels",
      { kind: "multilabel", labels: ["x", "y"] },
      {
        "predictions.csv": `${PLACE},label_x,label_y,p_x,p_y\ns1,c1,p1,x,test,0,1,0,0.9,0.8\n`,
      },
    );
    expect(labels[0]?.answers.map(({ name, value }) => [name, value])).toEqual([
      ["x", 0.9],
      ["y", 0.8],
    ]);
  });

  it("joins the tables of several questions bag by bag", () => {
    const rows = answers(
      "several",
      {
        kind: "multitask",
        tasks: { grade: { kind: "ordinal", label: "g", classes: ["1", "2"] }, age: { kind: "regress", label: "age" } },
      },
      {
        "predictions.csv": `${PLACE},label,p_1,p_2\ns1,c1,p1,x,test,0,1,0.6,0.4\n`,
        "predictions-grade.csv": `${PLACE},label,p_1,p_2\ns1,c1,p1,x,test,0,1,0.6,0.4\n`,
        "predictions-age.csv": `${PLACE},label,prediction\ns1,c1,p1,x,test,0,50,52\n`,
      },
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.answers.map(({ name }) => name)).toEqual(["grade: 1", "grade: 2", "age: age"]);
  });
});

describe("predictionRows", () => {
  function rowsOf(files: Readonly<Record<string, string>>, study = STUDY) {
    const run = `run-${Object.keys(files).length}-${study.length}`;
    project.write(`${run}/study.yaml`, study);
    for (const [file, text] of Object.entries(files)) project.write(`${run}/${file}`, text);
    const found = readRun(project.folder, run);
    const names = caseNames(found.cohort);
    return predictionRows("r", found, { project: "p", slides: [], names });
  }

  it("gives a case of two slides the mean of their answers, and says so", () => {
    const rows = rowsOf({ "predictions.csv": PREDICTIONS, "scorecard.json": SCORECARD });
    const two = rows.find(({ case_key }) => case_key === keyOf("case", "p", "P-02"));
    expect(two?.answer.answers.map(({ value }) => value)).toEqual([expect.closeTo(0.7, 12), expect.closeTo(0.3, 12)]);
    expect(two?.answer.text).toContain("mean of 2 slides");
    expect(two?.value).toBeCloseTo(0.3, 12);
    expect(two?.answer.fold).toBe(1);
  });

  it("believes the test part over the tune part, and gives an interval only where three folds answered", () => {
    const tune = (fold: number, p: number) => `s1,c1,p1,x,tune,${fold},b,${1 - p},${p}\n`;
    const header = `${PLACE},label,p_benign,p_tumour\n`;
    const test = `${header}s1,c1,p1,x,test,0,b,0.5,0.5\n`;
    const [two] = rowsOf({ "predictions.csv": test, "tune-predictions.csv": header + tune(1, 0.6) });
    expect(two?.answer).toMatchObject({ part: "test", interval: null });
    const [four] = rowsOf({
      "predictions.csv": test,
      "tune-predictions.csv": header + tune(1, 0.6) + tune(2, 0.4) + tune(3, 0.5),
      "slides.csv": "slide\n",
    });
    expect(four?.answer.part).toBe("test");
    // Mean 0.5, sd 0.0816, four models: t(3) = 3.182.
    expect(four?.answer.interval?.[0]).toBeCloseTo(0.5 - (3.182 * 0.081649658) / 2, 6);
    expect(four?.answer.interval?.[1]).toBeCloseTo(0.5 + (3.182 * 0.081649658) / 2, 6);
  });

  it("leaves a case unanswered where a number is missing, and never stores one that JSON cannot hold", () => {
    const [row] = rowsOf({
      "predictions.csv": `${PLACE},label,p_benign,p_tumour\ns1,c1,p1,x,test,0,b,,0.5\n`,
      "a.txt": "",
      "b.txt": "",
    });
    expect(row).toMatchObject({ triage: "abstained", value: null });
    expect(row?.answer.answers).toEqual([]);
  });
});

describe("caseNames", () => {
  it("tells a name that two patients share with the patient", () => {
    const names = caseNames([
      { case: "1", patient: "A" },
      { case: "1", patient: "B" },
      { case: "2", patient: "B" },
    ]);
    expect([names.of({ case: "1", patient: "A" }, ""), names.of({ case: "2", patient: "B" }, "")]).toEqual([
      "1 (A)",
      "2",
    ]);
    expect(names.ofKey("p", keyOf("case", "p", "1 (B)"))).toBe("1 (B)");
    expect(names.of({ case: null, patient: null }, "slide-7")).toBe("slide-7");
  });
});

describe("headlineNumbers", () => {
  it("takes estimates with their intervals and nothing else, of each question by its name", () => {
    expect(headlineNumbers(JSON.parse(SCORECARD))).toEqual([
      { name: "auroc", part: "internal", value: 1, low: 0.2, high: 1, n: 2 },
      { name: "ece", part: "internal", value: 0.1, low: null, high: null, n: 2 },
    ]);
    expect(headlineNumbers({ tasks: { grade: JSON.parse(SCORECARD) } })[0]?.name).toBe("grade auroc");
    expect(headlineNumbers("no card")).toEqual([]);
  });
});

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { kaplanMeier } from "@nacre/evaluation";
import { describe, expect, it } from "vitest";
import { type AnswerScorecard, answersText, judgeAnswers } from "../../../src/judge/judge-answers.ts";
import { writeAnswers } from "../../../src/judge/write-answers.ts";
import { axisAround, timeText } from "../../../src/report/answers/axis.ts";
import { atRisk } from "../../../src/report/answers/kaplan-meier-chart.ts";
import { answerSections, renderAnswers } from "../../../src/report/answers/render-answers.ts";
import { parseTable } from "../../../src/study/parse-table.ts";
import { readPage } from "../markup-check.ts";
import { labelTable, numberTable, riskTable } from "./made-answers.ts";

const HASH = { styleHash: "sha256-abc" };

function judged(text: string, file = "t.csv"): AnswerScorecard {
  const options = { bootstrap: 100, seed: 1, subgroups: null, horizons: [] };
  return unwrap(judgeAnswers(unwrap(parseTable(text, file)), options));
}

describe.each([
  ["risks", riskTable(240), ["Survival by risk", "Log-rank test", "Brier score over time", "By time 2", "at risk"]],
  ["numbers", numberTable(120), ["Prediction against label", "Bland and Altman", "limits of agreement", "ICC"]],
  ["several labels", labelTable(120), ["Label by label", "Mean over labels", "predicted probability of a"]],
])("the report of %s", (_, text, words) => {
  const card = judged(text);
  const page = renderAnswers(card, HASH);

  it("is sound markup that loads nothing, with unique ids and no reference that leads nowhere", () => {
    const { ids, references, addresses } = readPage(page);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of references) expect(ids).toContain(id);
    expect(addresses.filter((a) => !a.startsWith("#"))).toEqual([]);
    expect(page).not.toMatch(/<script|https?:|<img/);
    expect(page).not.toContain("NaN");
  });

  it("holds both parts, the headline with its interval, and the drawings of its kind", () => {
    const { value } = card.external?.measures[card.internal.headline] ?? { value: null };
    expect(page).toContain(`${value?.toFixed(3)}<small>95 % interval`);
    for (const word of [...words, "External", "Internal", "Research use only"]) expect(page).toContain(word);
  });

  it("is the same again, and its sections are those of the page", () => {
    expect(renderAnswers(judged(text), HASH)).toBe(page);
    expect(page).toContain(answerSections(card));
  });
});

describe("what a report must not hide", () => {
  it("a part that is absent is not drawn, and the lack of an external one is told", () => {
    const page = renderAnswers(judged(numberTable(40).replaceAll("external", "test")), HASH);
    expect(page).toContain("There is no external part");
    expect(page).not.toContain("scatter-external");
  });

  it("risks without foretold survival say what is missing for calibration", () => {
    const bare = riskTable(60)
      .split("\n")
      .map((line) => line.split(",").slice(0, 6).join(","))
      .join("\n");
    const page = renderAnswers(judged(bare), HASH);
    expect(page).toContain("the table foretells no survival");
    expect(readPage(page).ids).not.toContain("brier-t");
  });

  it("nobody with an event leaves reasons, not numbers", () => {
    const lines = Array.from({ length: 12 }, (_, i) => `P${i},${i},${i + 1},0`);
    const page = renderAnswers(judged(`patient,risk,time,event\n${lines.join("\n")}\n`), HASH);
    expect(page).toContain("undefined: ");
    expect(page).not.toContain("NaN");
  });

  it("risks that are upside down are told before the numbers", () => {
    const turned = riskTable(240).replace(
      /^(P\d+,\w+,\w,)(-?)/gm,
      (_, head, sign) => `${head}${sign === "-" ? "" : "-"}`,
    );
    const card = judged(turned);
    expect(card.warnings[0]?.remedy).toMatch(/higher risk means an earlier event/);
    expect(renderAnswers(card, HASH)).toContain("The predictions may be upside down");
    expect(answersText(card)).toMatch(/^warning: expected C-index/);
  });

  it("errors in a small unit keep their figures", () => {
    expect(renderAnswers(judged(numberTable(60, 0.001)), HASH)).toMatch(/Mean absolute error.*?<td>0\.000[1-9]\d/s);
  });
});

it("the horizons of both parts are the same times", () => {
  const { internal, external } = judged(riskTable(240));
  const times = (part: typeof external) => (part?.kind === "survive" ? part.timeAuroc.map((t) => t.time) : []);
  expect(times(external)).toEqual(times(internal));
});

it("numbers at risk count those followed to a time or longer", () => {
  const curve = kaplanMeier([1, 2, 2, 3], [1, 0, 1, 0]);
  expect([0, 1, 1.5, 2, 3, 3.1].map((t) => atRisk(curve, t))).toEqual([4, 4, 3, 3, 1, 0]);
});

it("axes hold all values, end on round numbers and print no superfluous decimals", () => {
  expect(axisAround("x", [0.013, 0.092])).toMatchObject({ domain: [0, 0.1], digits: 2 });
  expect(axisAround("x", [12, 4300])).toMatchObject({ domain: [0, 5000], digits: 0 });
  expect(axisAround("x", [5, 5]).domain[0]).toBeLessThan(5);
  expect(axisAround("x", [])).toMatchObject({ domain: [0, 1] });
  expect([timeText(1207.4, 2600), timeText(3.456, 7)]).toEqual(["1207", "3.46"]);
});

it("several seeds in one table: each alone beside the mean prediction, by the headline of the kind", () => {
  const rows = ["1", "2"].flatMap((seed) => [1, 2, 3, 4, 5].map((i) => `P${i},${seed},${i},${seed === "1" ? i : -i}`));
  const text = `patient,seed,label,prediction\n${rows.join("\n")}\n`;
  const options = { bootstrap: 10, seed: 1, subgroups: null, horizons: [] };
  const card = unwrap(judgeAnswers(unwrap(parseTable(text, "t.csv")), options));
  const [spread] = card.seeds ?? [];
  expect(spread?.runs.map((r) => [r.seed, r.n, r.value?.toFixed(9)])).toEqual([
    ["1", 5, "1.000000000"],
    ["2", 5, "-1.000000000"],
  ]);
  expect(spread).toMatchObject({ measure: "spearman", mean: { value: 0, low: -1, high: 1, n: 2 } });
  expect(renderAnswers(card, { styleHash: "x" })).toMatch(/Spearman correlation of a run alone, mean over 2 seeds/);
});

it("a run folder is left alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "nacre-answers-"));
  writeFileSync(join(folder, "study.yaml"), "");
  expect(() => writeAnswers(folder, judged(numberTable(30)))).toThrow(/run folder/);
});

it("a judgement is written as scorecard.json, report.html and the texts for a paper", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "nacre-answers-")), "judged");
  const paths = writeAnswers(folder, judged(numberTable(30)));
  expect(paths.map((p) => existsSync(p))).toEqual(new Array(7).fill(true));
  expect(readFileSync(paths[1] as string, "utf8")).toMatch(/style-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;/);
});

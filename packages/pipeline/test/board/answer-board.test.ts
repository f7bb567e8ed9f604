/** Boards of risks, numbers and several labels as files, and the page under a reader's hands where Chromium is installed. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FailureError } from "@nacre/core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boardText } from "../../src/board/board-text.ts";
import { makeBoard } from "../../src/board/make-board.ts";
import { labelTable, numberTable, riskTable } from "../report/answers/made-answers.ts";
import { readPage } from "../report/markup-check.ts";
import { boardFolder, madeTable, writeBoard } from "./board-folder.ts";

function failureOf(body: () => unknown) {
  try {
    body();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("expected a failure");
}

const OPTIONS = { openSealed: null, command: "nacre board ." };
const TASKS = { grade: { metric: "mae" }, outcome: { internal: ["TCGA-BRCA"] } };

/** One task of each kind, two models each. */
const ENTRIES = [
  { task: "outcome", encoder: "ctranspath", aggregator: "abmil", predictions: "risk-1.csv" },
  { task: "outcome", encoder: "own", aggregator: "abmil", predictions: "risk-2.csv", pretraining: [] },
  { task: "grade", encoder: "own", aggregator: "abmil", predictions: "number-1.csv" },
  { task: "grade", encoder: "uni", aggregator: "abmil", predictions: "number-2.csv" },
  { task: "genes", encoder: "own", aggregator: "abmil", predictions: "label-1.csv" },
  { task: "t", encoder: "good", aggregator: "abmil", predictions: "good.csv" },
  { task: "t", encoder: "poor", aggregator: "abmil", predictions: "poor.csv" },
];

/** The same patients, each seen by a worse model. */
function blurred(table: string, column: string): string {
  const [head = "", ...lines] = table.trimEnd().split("\n");
  const at = head.split(",").indexOf(column);
  const rows = lines.map((line, i) => {
    const cells = line.split(",");
    cells[at] = String(Number(cells[at]) + 3 * Math.sin(i * 7.1));
    return cells.join(",");
  });
  return `${[head, ...rows].join("\n")}\n`;
}

function folderOfAllKinds(change: object = {}): string {
  const folder = boardFolder();
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write("risk-1.csv", riskTable(120));
  write("risk-2.csv", blurred(riskTable(120), "risk"));
  write("number-1.csv", numberTable(90));
  write("number-2.csv", blurred(numberTable(90), "prediction"));
  write("label-1.csv", labelTable(60));
  write("good.csv", madeTable(2, 1));
  writeBoard(folder, { entries: ENTRIES, tasks: TASKS, ...change });
  return folder;
}

const folder = folderOfAllKinds();
const made = makeBoard(folder, OPTIONS);
const page = readFileSync(made.page, "utf8");

describe("a board of every kind of answer", () => {
  it("ranks each task by a metric of its kind and says which end is better", () => {
    const told = made.document.tasks.map((t) => [t.task, t.kind, t.metric.name, t.metric.better, t.models[0]?.encoder]);
    expect(told).toEqual([
      ["outcome", "survive", "cIndex", "higher", "ctranspath"],
      ["grade", "regress", "mae", "lower", "own"],
      ["genes", "multilabel", "macroAuroc", "higher", "own"],
      ["t", "classify", "auroc", "higher", "good"],
    ]);
    for (const words of ["Mean absolute error (lower is better)", "C-index (Harrell) (higher is better)"]) {
      expect(page).toContain(words);
      expect(boardText(made.document)).toContain(words);
    }
    expect(readFileSync(made.markdown, "utf8")).toContain("Question: the time to an event.");
  });

  it("is sound markup in which every reference resolves", () => {
    const { ids, references } = readPage(page);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of references) expect(ids).toContain(id);
    expect(page.split("<script>")[0]).not.toContain("NaN");
  });

  it("warns where a public encoder is known to have seen the data of the task, unless the board says otherwise", () => {
    const models = made.document.tasks.flatMap((t) => t.models.map((m) => ({ task: t.task, ...m })));
    const of = (task: string, encoder: string) => models.find((m) => m.task === task && m.encoder === encoder);
    expect(of("outcome", "ctranspath")).toMatchObject({ pretrainingFrom: "list", overlap: { state: "overlap" } });
    expect(of("outcome", "own")).toMatchObject({ pretrainingFrom: "board", overlap: { state: "none" } });
    expect(of("t", "good")).toMatchObject({ pretrainingFrom: null, overlap: { state: "undeclared" } });
    expect(page).toContain(
      "the encoder saw TCGA (by a list of publications kept here, not checked against them); this task tests on TCGA-BRCA (internal)",
    );
    expect(boardText(made.document)).toContain("warning: ctranspath + abmil: the encoder saw TCGA");
  });

  it("refuses a metric of another kind, and a positive class where there are no classes", () => {
    const wrong = (tasks: object) => failureOf(() => makeBoard(folderOfAllKinds({ tasks }), OPTIONS));
    expect(wrong({ outcome: { metric: "auroc" } })).toMatchObject({ kind: "bad-study", received: "auroc" });
    expect(wrong({ outcome: { positive: "dead" } })).toMatchObject({ kind: "bad-study" });
  });
});

const CHROMIUM = "/usr/bin/chromium";
const isAbsent = !existsSync(CHROMIUM);
if (isAbsent) console.log(`skipped: the board in a browser, for want of ${CHROMIUM}`);

describe.skipIf(isAbsent)("the board in a browser", () => {
  let browser: Browser;
  let tab: Page;
  const wrong: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    tab = await (await browser.newContext({ offline: true, viewport: { width: 390, height: 800 } })).newPage();
    tab.on("console", (message) => wrong.push(message.text()));
    tab.on("pageerror", (error) => wrong.push(error.message));
    await tab.goto(pathToFileURL(made.page).href);
  });
  afterAll(async () => {
    await browser?.close();
  });

  const encoders = (task: string): Promise<string[]> =>
    tab.locator(`table[data-task="${task}"] tbody tr:visible th`).allTextContents();

  it("sorts a task by a click on a heading, the better end of its metric first", async () => {
    const heading = tab.locator('table[data-task="grade"] thead button', { hasText: "Internal Mean absolute error" });
    await heading.click();
    expect(await encoders("grade")).toEqual(["own", "uni"]);
    await heading.click();
    expect(await encoders("grade")).toEqual(["uni", "own"]);
    const index = tab.locator('table[data-task="outcome"] thead button', { hasText: "Internal C-index" });
    await index.click();
    expect(await encoders("outcome")).toEqual(["ctranspath", "own"]);
    expect(await index.locator("xpath=..").getAttribute("aria-sort")).toBe("descending");
  });

  it("filters all tables by what is typed", async () => {
    await tab.getByLabel(/^Filter/).fill("ctranspath");
    expect(await encoders("outcome")).toEqual(["ctranspath"]);
    expect(await encoders("grade")).toEqual([]);
    await tab.getByLabel(/^Filter/).fill("");
    expect(await encoders("grade")).toHaveLength(2);
  });

  it("opens the evidence of a number, and is no wider than a telephone", async () => {
    await tab.locator('table[data-task="outcome"] td.value a').first().click();
    expect(await tab.locator(".evidence:target h3").textContent()).toContain("outcome: ");
    expect(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(wrong).toEqual([]);
  });
});

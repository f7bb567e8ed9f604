import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FailureError } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { boardText } from "../../src/board/board-text.ts";
import { type MadeBoard, makeBoard } from "../../src/board/make-board.ts";
import { readPage } from "../report/markup-check.ts";
import { emptyFolder } from "../small-cohort.ts";
import { boardFolder, ENTRIES, madeTable, writeBoard, writeRun } from "./board-folder.ts";

const make = (folder: string): MadeBoard => makeBoard(folder, { openSealed: null, command: "nacre board ." });
const modelsOf = ({ document }: MadeBoard) => document.tasks[0]?.models ?? [];

function failureOf(body: () => unknown) {
  try {
    body();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("expected a failure");
}

describe("a board of tables", () => {
  it("ranks them, with cost and pretraining beside the numbers", () => {
    const [good, poor] = modelsOf(make(boardFolder()));
    expect([good?.encoder, good?.internal?.rank, poor?.internal?.rank]).toEqual(["good", 1, 2]);
    expect(poor?.cost).toEqual({
      tilesPerSecond: 90,
      parameters: 303e6,
      aggregatorParameters: null,
      memoryBytes: 1.5 * 1024 ** 3,
    });
    expect(good?.overlap.hits.map((h) => [h.data, h.part, h.patients])).toEqual([
      ["TCGA", "internal", 40],
      ["TCGA", "external", 20],
    ]);
    expect([poor?.overlap.state, poor?.warnings]).toEqual(["undeclared", null]);
  });

  it("gives the same bytes again, also from another place", () => {
    const folder = boardFolder();
    const copy = emptyFolder();
    cpSync(folder, copy, { recursive: true });
    const [a, b] = [make(folder), make(copy)];
    for (const file of ["page", "json", "markdown"] as const)
      expect(readFileSync(b[file], "utf8")).toBe(readFileSync(a[file], "utf8"));
  });

  it("strikes out a table whose patients were both fitted on and reported", () => {
    const folder = boardFolder();
    writeFileSync(join(folder, "good.csv"), madeTable(2, 1, "x,TCGA-AA-0000,train,0,benign,0.5,0.5\n"));
    const out = modelsOf(make(folder)).at(-1);
    expect(out).toMatchObject({ encoder: "good", barred: [{ kind: "patient-leak" }], internal: { rank: null } });
    expect(boardText(make(folder).document)).toContain("struck out: patient-leak");
  });

  it("goes on without an entry that cannot be read, and lists it by row", () => {
    const folder = boardFolder();
    writeFileSync(join(folder, "poor.csv"), madeTable(1, 2).replace(/0\.\d+\n/, "1.7\n"));
    const made = make(folder);
    expect(made.isPartial).toBe(true);
    expect(made.document.failures[0]?.failure.received).toContain("column p_tumour, row 2");
    expect(modelsOf(made).map((m) => m.encoder)).toEqual(["good"]);
  });

  it("names the rows where a slide stands twice in one part", () => {
    const folder = boardFolder();
    writeFileSync(join(folder, "poor.csv"), madeTable(1, 2, "s0,TCGA-AA-0000,test,0,benign,0.5,0.5\n"));
    expect(make(folder).document.failures[0]?.failure.received).toContain("rows 2 and 62");
  });

  it("is refused where no task has ten patients in common, and nothing is written", () => {
    const folder = boardFolder();
    writeFileSync(join(folder, "poor.csv"), madeTable(1, 2).replaceAll("TCGA-AA", "TCGA-BB"));
    expect(failureOf(() => make(folder))).toMatchObject({ kind: "refused" });
    expect(existsSync(join(folder, "board"))).toBe(false);
  });

  it("takes the positive class that board.yaml names, and refuses one that is none", () => {
    const folder = boardFolder({ tasks: { t: { positive: "benign" } } });
    expect(make(folder).document.tasks[0]?.positive).toBe("benign");
    writeBoard(folder, { tasks: { t: { positive: "tumor" } } });
    expect(failureOf(() => make(folder))).toMatchObject({ kind: "bad-study", received: "tumor" });
  });
});

describe("a board of run folders", () => {
  it("reads encoder, aggregator, seed and positive class from the runs; seeds are one model", () => {
    const folder = emptyFolder();
    for (const seed of [1, 2]) writeRun(join(folder, `run-${seed}`), { strength: 1, seed });
    const made = make(folder);
    expect(modelsOf(made)).toHaveLength(1);
    expect(modelsOf(made)[0]).toMatchObject({ encoder: "texture", aggregator: "abmil", warnings: [] });
    expect(modelsOf(made)[0]?.internal?.seeds?.count).toBe(2);
    expect(made.document.tasks[0]?.positive).toBe("benign");
    expect(made.document.entries.map((e) => e.report)).toEqual(["run-1/report.html", "run-2/report.html"]);
  });

  it("tells runs apart by folder where nothing else does", () => {
    const folder = emptyFolder();
    for (const name of ["a", "b"]) writeRun(join(folder, name), { strength: 1, seed: 1 });
    expect(modelsOf(make(folder)).map((m) => m.aggregator)).toEqual(["abmil (a)", "abmil (b)"]);
  });

  it.each(["patient-leak", "role-overlap"])("strikes out a run whose audit found %s, allowed or not", (kind) => {
    const folder = emptyFolder();
    const findings = [{ kind, severity: "refuse", count: 3, effect: "too high" }];
    writeRun(join(folder, "clean"), { strength: 0.5, seed: 1, encoder: "x" });
    writeRun(join(folder, "leaky"), { strength: 3, seed: 1, findings });
    const [clean, leaky] = modelsOf(make(folder));
    expect([clean?.internal?.rank, leaky?.internal?.rank]).toEqual([1, null]);
    expect(leaky?.barred).toEqual([{ kind, reason: "too high (3 touched)" }]);
  });

  it("strikes out a run whose predictions are not those it wrote", () => {
    const folder = emptyFolder();
    writeRun(join(folder, "a"), { strength: 1, seed: 1 });
    writeFileSync(join(folder, "a", "predictions.csv"), madeTable(5, 1));
    expect(modelsOf(make(folder))[0]?.barred[0]?.kind).toBe("changed-predictions");
  });
});

describe("the page", () => {
  const entries = ENTRIES.map((e) => ({ ...e, encoder: `<b>${e.encoder}</b>|` }));
  const folder = boardFolder({ name: "<script>alert(1)</script>", entries });
  const made = make(folder);
  const text = readFileSync(made.page, "utf8");

  it("is sound markup in which every reference resolves and every file that it names is there", () => {
    const page = readPage(text);
    expect(new Set(page.ids).size).toBe(page.ids.length);
    for (const id of page.references) expect(page.ids).toContain(id);
    const files = page.addresses.filter((a) => !a.startsWith("#"));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(existsSync(join(folder, "board", decodeURIComponent(file))), file).toBe(true);
  });

  it("loads nothing and lets nobody's name become markup", () => {
    expect(text).not.toContain("<script>alert");
    expect(text).not.toContain("<b>good");
    expect(text).toContain("default-src &#39;none&#39;");
    expect(text).not.toMatch(/https?:/);
    expect(readFileSync(made.markdown, "utf8")).not.toContain("<b>");
  });

  it("links every number of the table to evidence that holds n, interval, method and the predictions file", () => {
    const cells = [...text.matchAll(/<td class="num value"[^>]*>(.*?)<\/td>/g)].map((m) => m[1]);
    expect(cells).toHaveLength(4);
    for (const cell of cells) expect(cell).toMatch(/^<a href="#t1-m\d">0\.\d{3}<\/a>|^<a href="#t1-m\d">1\.000<\/a>/);
    const article = text.slice(text.indexOf('id="t1-m1"'), text.indexOf('id="t1-m2"'));
    for (const word of ["good.csv", "percentile bootstrap over patients", "Brier score", "fold 0", ">40<"])
      expect(article).toContain(word);
  });
});

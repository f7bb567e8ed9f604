/** The texts for a paper of every kind of answer, through the same door as classes: whole, right for the kind, and sound in LaTeX. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kaplanMeier, medianSurvival } from "@nacre/evaluation";
import { describe, expect, it } from "vitest";
import { claim } from "../../src/paper/claim.ts";
import type { AnswerCard, Known, TasksCard } from "../../src/paper/known.ts";
import { modelCardText } from "../../src/paper/model-card-text.ts";
import { PAPER_FILES, paperFiles } from "../../src/paper/paper-files.ts";
import { reverseMedian } from "../../src/paper/reading/survive-reading.ts";
import { latexTable } from "../../src/paper/table/latex-table.ts";
import { namedCard, paperTables } from "../../src/paper/table/paper-table.ts";
import { tripodAi } from "../../src/paper/tripod-ai.ts";
import { everyKind, STRANGE } from "./kind-fixture.ts";

const ALL = everyKind();
const knownOf = (name: string): Known => ALL[name] as Known;
const entry = (known: Known, item: string, of: typeof claim = tripodAi): string =>
  of(known).find((i) => i.item === item)?.text ?? "";

describe.each(Object.entries(ALL))("%s", (_, known) => {
  it("has all five texts, without a hole in any", () => {
    const files = paperFiles(known);
    expect(files.map((f) => f.name)).toEqual([...PAPER_FILES]);
    for (const { name, text } of files) {
      expect(text.length, name).toBeGreaterThan(500);
      expect(text, name).not.toMatch(/\bNaN\b|\[object|undefined,|\bnull\)|Task null/);
    }
  });

  it("has every entry of both checklists, and asks the author wherever it is not complete", () => {
    expect([tripodAi(known).length, claim(known).length]).toEqual([52, 44]);
    for (const i of [...tripodAi(known), ...claim(known)]) {
      expect(i.text, i.item).toMatch(/^\S.*\.$/s);
      expect(i.text.includes("Author must state"), `${i.item}: ${i.text}`).toBe(i.status !== "stated");
    }
  });

  it("says the same numbers in LaTeX and in Markdown", () => {
    const texts = new Map(paperFiles(known).map((f) => [f.name, f.text]));
    const numbers = (text: string | undefined, cell: RegExp): string[] =>
      [...(text ?? "").replaceAll("$-$", "−").matchAll(cell)].map((m) => m[1] as string);
    const latex = numbers(texts.get("paper/table.tex"), /& (−?\d+\.\d+)(?=\\)/g);
    expect(latex.length).toBeGreaterThan(5);
    expect(latex).toEqual(numbers(texts.get("paper/table.md"), /\| (−?\d+\.\d+)(?= \(|<)/g));
  });

  it("says nothing of classes where none were asked for", () => {
    if (known.card.task.kind === "multitask") return;
    for (const word of ["rarest class", "cross-entropy weighted by class", "net benefit"]) {
      expect(modelCardText(known) + entry(known, "10") + entry(known, "12e")).not.toContain(word);
    }
  });
});

describe("risks", () => {
  const run = knownOf("risks of a run");
  const { internal } = run.card as AnswerCard;

  it("are told by both indices, events and follow-up, and the sample by its events", () => {
    expect(entry(run, "23a")).toMatch(/C-index \(Harrell\) 0\.\d{3} .*C-index \(Uno\) 0\.\d{3}/);
    const events = internal.kind === "survive" ? internal.events : -1;
    expect(entry(run, "21")).toContain(`${events} with the event, ${internal.n - events} censored, median follow-up`);
    expect(entry(run, "10")).toContain(`Internal: ${events} events`);
    expect(entry(run, "13")).toContain("there are no classes");
    expect(entry(run, "38", claim)).toContain("sensitivity and specificity need a threshold");
  });

  it("are calibrated by observed over foretold events, and where no survival is foretold that is said", () => {
    expect(modelCardText(run)).toMatch(/\| Observed over foretold events by 2 \(1 is best\) \| \d/);
    expect(modelCardText(knownOf("several tasks of a run"))).toContain("No survival is foretold, so there is nothing");
  });

  it("have the unit of their heads in the model card: hazards of a run, a bare risk of a table", () => {
    expect(modelCardText(run)).toContain("log relative hazard");
    expect(modelCardText(knownOf("risks of a table"))).toMatch(/- A risk\. The higher it is/);
    expect(modelCardText(knownOf("risks of a table"))).toContain("Whoever was lost from sight");
  });

  it("have a median follow-up that is that of Kaplan and Meier with censoring as the event, ties and all", () => {
    const time = [1, 2, 2, 2, 3, 5, 5, 8, 8, 9];
    const event = [1, 0, 1, 0, 1, 0, 1, 0, 0, 1];
    const flipped = kaplanMeier(
      time,
      event.map((e) => 1 - e),
    );
    expect(reverseMedian(kaplanMeier(time, event))).toEqual(medianSurvival(flipped));
    // survfit(Surv(time, 1 - event) ~ 1) of R's survival package.
    expect(reverseMedian(kaplanMeier(time, event)).value).toBe(8);
  });
});

describe("numbers", () => {
  const run = knownOf("numbers of a run");

  it("are told by their error in the unit of the label, agreement, range and calibration line", () => {
    expect(entry(run, "23a")).toMatch(/mean absolute error 0\.000\d{3} .*lower limit of agreement −0\.00/);
    expect(entry(run, "21")).toMatch(/labels from −0\.00\d+ to 0\.00\d+, median/);
    expect(modelCardText(run)).toMatch(/\| Slope \(label on prediction\) \| 0\.\d{3} /);
    expect(entry(run, "15")).toContain("in the unit of the column score");
    expect(entry(run, "12c")).toContain("squared error of the label");
  });

  it("keep the figures of a small unit in the table", () => {
    const [table] = paperTables([namedCard(run)]);
    expect(table?.columns.slice(3, 5)).toEqual(["Mean absolute error", "Root mean squared error"]);
    expect(table?.rows[0]?.cells[0]?.value).toMatch(/^0\.000\d{3}$/);
  });
});

describe("several labels", () => {
  const run = knownOf("labels of a run");

  it("have a row each beside their mean, with how many have it", () => {
    const [table] = paperTables([namedCard(run)]);
    const rows = (table?.rows ?? []).map((r) => `${r.model.replace(/^.*?: /, "")} ${r.n}`);
    expect(rows.slice(0, 2)).toEqual(["mean over labels 40", "a 40 (20 with it)"]);
    expect(entry(run, "23a")).toMatch(/AUROC \(mean over labels\) .*AUROC of a \(20 of 40\)/);
    expect(entry(run, "23a")).toContain("the means leave out");
  });

  it("do not say how a model made elsewhere met what is not known", () => {
    expect(entry(knownOf("labels of a table"), "11")).not.toContain("in the loss");
    expect(entry(run, "11")).toContain("in the loss");
  });
});

describe("several tasks", () => {
  const run = knownOf("several tasks of a run");
  const tables = paperTables([namedCard(run)]);

  it("have one table of all headlines, then one for each set of columns", () => {
    const { tasks } = run.card as TasksCard;
    expect(tables).toHaveLength(1 + Object.keys(tasks).length);
    const [overview] = tables;
    expect(overview?.columns).toEqual(["Model", "Part", "Patients", "Headline", "Mean pool (baseline)"]);
    for (const name of Object.keys(tasks)) expect(overview?.rows.some((r) => r.model.includes(name))).toBe(true);
    expect(latexTable(namedCard(run)).match(/\\label\{tab:results(-\d)?\}/g)).toHaveLength(tables.length);
  });

  it("are each told under their name", () => {
    expect(entry(run, "8a")).toContain("Task gene: The outcome is the column egfr");
    expect(entry(run, "8a")).toContain("Task score: The outcome is the number");
    expect(entry(run, "23a")).toContain("Task gene, external: AUROC");
    expect(modelCardText(run)).toContain("### gene");
    expect(entry(run, "12c")).toContain("the sum of the losses of 4 tasks");
  });

  it("name the limits of each task and what holds for all once", () => {
    const text = modelCardText(run);
    expect(text).toContain("- gene: The external part has 20 patients");
    expect(text.split("Labels are taken as they stand in the table; errors").length).toBe(2);
  });
});

const hasLatex = spawnSync("pdflatex", ["--version"]).status === 0;

describe.skipIf(!hasLatex)("LaTeX (skipped where pdflatex is absent)", () => {
  it("takes the tables of every kind, whatever the names", () => {
    const folder = mkdtempSync(join(tmpdir(), "nacre-latex-"));
    try {
      const tables = Object.values(ALL).map((known) =>
        latexTable({ ...namedCard(known), name: STRANGE }, { caption: STRANGE }),
      );
      const preamble = "\\documentclass{article}\\usepackage{array,booktabs}\\begin{document}\\listoftables";
      writeFileSync(join(folder, "t.tex"), `${preamble}\n${tables.join("\\clearpage\n")}\n\\end{document}\n`);
      const made = spawnSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "t.tex"], { cwd: folder });
      const log = readFileSync(join(folder, "t.log"), "utf8");
      expect(log.match(/^!.*$/gm) ?? []).toEqual([]);
      expect(made.status).toBe(0);
      expect(log).toContain("Output written on t.pdf");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

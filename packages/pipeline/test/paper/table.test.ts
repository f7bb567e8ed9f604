/** The results table: LaTeX and Markdown say the same, round alike, and let no name become a command. */
import { describe, expect, it } from "vitest";
import type { ClassCard } from "../../src/paper/known.ts";
import { latexTable } from "../../src/paper/table/latex-table.ts";
import { latexText } from "../../src/paper/table/latex-text.ts";
import { markdownTable } from "../../src/paper/table/markdown-table.ts";
import { noteLetter, type PaperTable, paperTables } from "../../src/paper/table/paper-table.ts";
import type { Estimate } from "../../src/report/score.ts";
import { runKnown } from "./known-fixture.ts";

const { card } = runKnown();

function withAuroc(change: Partial<Estimate>): ClassCard {
  const { internal } = card;
  return { task: card.task, internal: { ...internal, auroc: { ...internal.auroc, ...change } }, external: null };
}

describe("LaTeX text", () => {
  it.each([
    ["a_b & 5% #1 $x$ {y} ~z ^2", "a\\_b \\& 5\\% \\#1 \\$x\\$ \\{y\\} \\textasciitilde{}z \\textasciicircum{}2"],
    ["\\input{/etc/passwd}", "\\textbackslash{}input\\{/etc/passwd\\}"],
    ["[h] * row", "{[}h{]} {*} row"],
    ["a--b---c", "a-{}-b-{}-{}-c"],
    ["−0.2 ≥ 1 µm", "$-$0.2 $\\geq$ 1 $\\mu$m"],
    ["Kłodzko, Łódź", "Kłodzko, Łódź"],
    ["IL-1β, TNF-α, Δ", "IL-1$\\beta$, TNF-$\\alpha$, $\\Delta$"],
    ["a,,b", "a,{},b"],
    ["e\u0301 zero\u200bwidth thin\u2009space", "é zerowidth thin space"],
    ["ę", "\\ifdefined\\Umathcode ę\\else{\\fontencoding{T1}\\selectfont ę}\\fi{}"],
    ["two\nlines\u0000\tand  more", "two lines and more"],
  ])("of %j prints the same text", (text, latex) => {
    expect(latexText(text)).toBe(latex);
  });

  it("prints a letter that pdfTeX does not know as its number, and as itself where it is known", () => {
    expect(latexText("中")).toBe(
      "\\ifdefined\\Umathcode 中\\else\\ifcsname u8:\\detokenize{中}\\endcsname 中\\else{[}U+4E2D{]}\\allowbreak\\fi\\fi{}",
    );
    expect(latexText("🙂")).toContain("U+1F642");
  });

  it("never leaves a special character or a brace unpaired, whatever the text", () => {
    const special = Array.from({ length: 0x2100 }, (_, i) => String.fromCodePoint(i)).join("");
    const bare = latexText(special)
      .replace(/\\[\\{}$&#%_]/g, "")
      .replace(/\\ifdefined\\Umathcode (.)\\else.+?\\fi\{\}/gu, "$1")
      .replace(/\$-\$|\$\^?[\\\w]+\$/g, "")
      .replace(/\\(text\w+|char\d+|ldots)\{\}/g, "");
    expect(bare).not.toMatch(/[\\$&#%_^]/);
    expect(bare.split("{").length).toBe(bare.split("}").length);
  });
});

describe("the table of a paper", () => {
  const hostile = { name: "A_1 & 50% | <b>", card };

  it("has a row for each model and part, external first, and the baselines beside them", () => {
    const [{ rows }] = paperTables([{ name: "A", card }]) as [PaperTable];
    expect(rows.map((r) => `${r.model}: ${r.part}`)).toEqual([
      "A: external",
      "Mean pool (baseline): external",
      "A: internal",
      "Mean pool (baseline): internal",
      "Site alone, no pixel (baseline): internal",
    ]);
  });

  it("says the same numbers in LaTeX and in Markdown", () => {
    const numbers = (text: string): string[] => text.match(/\d+\.\d{3}/g) ?? [];
    const latex = (latexTable([hostile]).split("\\midrule")[1] as string).replaceAll("$-$", "-");
    expect(numbers(latex)).toEqual(numbers(markdownTable([hostile])));
    expect(numbers(latex).length).toBeGreaterThan(30);
  });

  it("rounds to three decimals, with interval and n", () => {
    const text = markdownTable(withAuroc({ value: 0.87654, low: 0.80049, high: 0.9 }), { baselines: false });
    expect(text).toContain("| model | internal | 40");
    expect(text).toContain("| 40 (20 mutant) | 0.877 (0.800 to 0.900) |");
  });

  it("puts an en dash with the reason below where a number is undefined", () => {
    const missing = withAuroc({ value: null, low: null, high: null, reason: "no patient with the label mut_ant" });
    const latex = latexTable(missing);
    expect(latex).toContain("& --\\textsuperscript{a} &");
    expect(latex).toContain("\\textsuperscript{a}~no patient with the label mut\\_ant.");
    const markdown = markdownTable(missing);
    expect(markdown).toContain("| –<sup>a</sup> |");
    expect(markdown).toContain("<sup>a</sup> no patient with the label mut\\_ant.");
  });

  it("keeps a number without an interval and says why it has none", () => {
    const text = markdownTable(withAuroc({ value: 1, low: null, high: null, reason: "every replicate is the same" }));
    expect(text).toContain("| 1.000<sup>a</sup> |");
    expect(text).toContain("every replicate is the same");
  });

  it("names how intervals were made, and for which measures", () => {
    expect(latexTable(card)).toContain("95 \\% percentile bootstrap over patients");
    expect(markdownTable(card)).toContain("DeLong interval within folds (AUROC)");
  });

  it("escapes the names of models for each of the two", () => {
    expect(latexTable([hostile])).toContain("A\\_\\allowbreak{}1 \\& 50\\% \\textbar{} \\textless{}b\\textgreater{}");
    expect(markdownTable([hostile])).toContain("A\\_1 &amp; 50% \\| &lt;b&gt;");
  });

  it("has as many cells in every row of LaTeX as columns, and closes what it opens", () => {
    const latex = latexTable([hostile, { name: "B", card }]);
    const rows = latex.split("\n").filter((l) => l.endsWith(" \\\\"));
    const cells = rows.map((r) => r.replaceAll("\\&", "").split("&").length);
    expect(rows).toHaveLength(11);
    expect(new Set(cells)).toEqual(new Set([9]));
    expect(latex.match(/\\begin\{(\w+)\}/g)).toHaveLength(2);
    expect(latex.match(/\\end\{(\w+)\}/g)).toHaveLength(2);
    const bare = latex.replaceAll("\\\\", "").replace(/\\[{}]/g, "");
    expect(bare.split("{").length).toBe(bare.split("}").length);
  });

  it("says on its first line that synthetic data are no clinical performance", () => {
    const notices = ["SYNTHETIC DATA: no number here is clinical performance."];
    expect(markdownTable(card, { notices }).split("\n")[0]).toBe(`**${notices[0]}**`);
    expect(latexTable(card, { notices })).toContain(`\\caption{${notices[0]}`);
  });

  it("fits the line, however many measures it shows", () => {
    const [all] = paperTables([{ name: "A", card }]) as [PaperTable];
    for (const k of [1, 4, 6]) {
      const latex = latexTable(card, { columns: all.columns.slice(3, 3 + k) });
      const layout = latex.split("\n").find((line) => line.startsWith("\\begin{tabular}")) as string;
      const [text, measures] = layout.split("*{");
      const shares = (spec = ""): number[] => [...spec.matchAll(/p\{([\d.]+)/g)].map((m) => Number(m[1]));
      const whole = [...shares(text), ...Array.from({ length: k }, () => shares(measures)[0])] as number[];
      expect(whole.reduce((a, b) => a + b, 0)).toBeLessThan(0.93);
    }
  });

  it("refuses an empty table and a label LaTeX cannot take", () => {
    expect(() => latexTable([])).toThrow(RangeError);
    expect(() => latexTable(card, { label: "a}b" })).toThrow(/expected a label/);
  });

  it("counts its notes a to z, then aa", () => {
    expect([0, 25, 26, 27, 52].map(noteLetter)).toEqual(["a", "z", "aa", "ab", "ba"]);
  });
});

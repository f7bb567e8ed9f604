import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluateTable } from "../../src/judge/evaluate-table.ts";
import { readPage } from "../report/markup-check.ts";
import { emptyFolder } from "../small-cohort.ts";
import { GOOD_TABLE } from "./bad-tables.ts";

const OPTIONS = { positive: null, bootstrap: 50, seed: 1 };

function judged(table: string): { folder: string; page: string; card: ReturnType<typeof evaluateTable> } {
  const folder = emptyFolder();
  writeFileSync(join(folder, "p.csv"), table);
  const out = join(folder, "judged");
  const card = evaluateTable(join(folder, "p.csv"), { ...OPTIONS, out });
  expect(readdirSync(out).sort()).toEqual(["model", "paper", "report.html", "scorecard.json"]);
  return { folder, page: readFileSync(join(out, "report.html"), "utf8"), card };
}

describe("a judgement as a folder", () => {
  it("holds the scorecard as JSON and a report that balances and resolves", () => {
    const { folder, page, card } = judged(GOOD_TABLE);
    expect(JSON.parse(readFileSync(join(folder, "judged", "scorecard.json"), "utf8"))).toEqual(card);
    const { ids, references, addresses } = readPage(page);
    expect(new Set(ids).size).toBe(ids.length);
    for (const reference of references) expect(ids).toContain(reference);
    expect(addresses.filter((a) => !a.startsWith("#"))).toEqual([]);
  });

  it("admits its own style sheet by its hash, and no script", () => {
    const { page } = judged(GOOD_TABLE);
    const style = page.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? "";
    const policy = page.replaceAll("&#39;", "'");
    expect(policy).toContain(`style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(policy).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|\sstyle="|\son[a-z]+="/);
  });

  it("shows every curve, the calls, the warnings and what it is not", () => {
    const { page } = judged(GOOD_TABLE);
    for (const words of [
      "ROC",
      "Precision and recall",
      "Reliability",
      "Decision curves",
      "called x",
      "Research use only",
    ])
      expect(page).toContain(words);
  });

  it("lets no cell of the table become markup", () => {
    const hostile = "<img src=x onerror='alert(1)'>";
    const rows = [0, 1, 2, 3].map((i) => `s${i},${i},test,${i % 2 ? hostile : "y"},0.5,0.5,<i>${i % 2}</i>`);
    const table = [`slide,patient,part,label,p_${hostile},p_y,<b>site</b>`, ...rows].join("\n");
    const { page } = judged(table);
    expect(page).not.toMatch(/<img|<i>|<b>site/);
    expect(page).toContain("&lt;i&gt;1&lt;/i&gt;");
  });

  it("stays a small file for many patients, and warns before the first number", () => {
    const rows = Array.from({ length: 5000 }, (_, i) => {
      const p = ((i * 7919) % 5000) / 5000;
      return `s${i},${i},test,${p > 0.3 && i % 3 > 0 ? "x" : "y"},${1 - p},${p}`;
    });
    const { page } = judged(`slide,patient,part,label,p_x,p_y\n${rows.join("\n")}\n`);
    expect(page.length).toBeLessThan(250_000);
    expect(page.indexOf("may be swapped")).toBeGreaterThan(0);
    expect(page.indexOf("may be swapped")).toBeLessThan(page.indexOf('class="headline"'));
  });

  it("never takes the place of a run", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "p.csv"), GOOD_TABLE);
    writeFileSync(join(folder, "provenance.json"), "{}");
    expect(() => evaluateTable(join(folder, "p.csv"), { ...OPTIONS, out: folder })).toThrow(/bad-usage.*run folder/);
    expect(existsSync(join(folder, "report.html"))).toBe(false);
  });
});

import { type Outcome, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { type JudgeTableOptions, judgeTable, type TableJudgement } from "../../src/judge/judge-table.ts";
import { decodeTable, parseTable } from "../../src/study/parse-table.ts";
import { BAD_TABLES, GOOD_TABLE, HEADER } from "./bad-tables.ts";

function outcomeOf(table: string | Uint8Array, options: Partial<JudgeTableOptions> = {}): Outcome<TableJudgement> {
  const bytes = typeof table === "string" ? new TextEncoder().encode(table) : table;
  const text = decodeTable(bytes, "t.csv");
  const parsed = text.ok ? parseTable(text.value, "t.csv") : text;
  return parsed.ok ? judgeTable(parsed.value, { positive: null, bootstrap: 100, seed: 1, ...options }) : parsed;
}

const judge = (table: string, options: Partial<JudgeTableOptions> = {}) => unwrap(outcomeOf(table, options)).scorecard;

/** Twenty patients of each class; `score` gives p_y of patient i. */
function manyRows(score: (i: number, isY: boolean) => number, slide = (i: number) => `slide-${i}`): string {
  const rows = Array.from({ length: 40 }, (_, i) => {
    const isY = i % 2 === 1;
    const p = score(i, isY);
    return `${slide(i)},P${i},test,${isY ? "y" : "x"},${1 - p},${p}`;
  });
  return [HEADER, ...rows].join("\n");
}

const usual = (i: number, isY: boolean) => (isY ? 0.4 : 0.2) + ((i * 7) % 11) / 20;

describe("a bad table", () => {
  it.each(BAD_TABLES)("is refused by name and place: $name", ({ bytes, kind, says }) => {
    const outcome = outcomeOf(bytes);
    if (outcome.ok) throw new Error("the table was judged");
    const { failure } = outcome;
    expect(failure.kind).toBe(kind);
    const told = `${failure.expected} ${failure.received} ${failure.remedy}`;
    for (const words of says) expect(told).toMatch(words);
    expect(failure.remedy).not.toBe("");
    expect(told.length).toBeLessThan(500);
  });
});

describe("a table that is odd and yet right", () => {
  it.each([
    ["ends of line of all kinds", (s: string) => s.replace(/\n/, "\r\n").replace(/(?<!\r)\n/, "\r")],
    ["no newline at the end", (s: string) => s.trimEnd()],
    ["a byte-order mark", (s: string) => `\ufeff${s}`],
    ["white space around the cells", (s: string) => s.replaceAll(",", " , ")],
    ["quotes around every cell", (s: string) => s.replaceAll(/[^,\n]+/g, '"$&"')],
    ["empty lines between the rows", (s: string) => s.replaceAll("\n", "\n\n")],
  ])("is judged the same with %s", (_, change) => {
    expect(judge(change(GOOD_TABLE))).toEqual(judge(GOOD_TABLE));
  });

  it("of nothing but ties has an AUROC of one half", () => {
    const card = judge(manyRows(() => 0.5));
    expect(card.internal.auroc).toMatchObject({ value: 0.5, n: 40 });
    expect(JSON.stringify(card)).not.toMatch(/NaN|Infinity/);
    expect(card.warnings).toEqual([]);
  });

  it.each([
    ["one class", `${HEADER}\na,1,test,x,0.8,0.2\nb,2,test,x,0.6,0.4\n`, 2],
    ["one patient", `${HEADER}\na,1,test,x,0.8,0.2\nb,1,test,x,0.6,0.4\n`, 1],
  ])("of %s says why its AUROC is undefined", (_, table, n) => {
    const { auroc, brier } = judge(table).internal;
    expect(auroc).toMatchObject({ value: null, low: null, high: null, n, reason: "no patient with the label y" });
    expect(brier.value).toBeGreaterThan(0);
  });

  it("may hold a cell of exactly 65,536 characters, one more is refused", () => {
    const noted = (length: number) =>
      GOOD_TABLE.split("\n")
        .map((line, i) => (line === "" ? "" : `${line},${i === 0 ? "note" : "n".repeat(i === 2 ? length : 1)}`))
        .join("\n");
    expect(outcomeOf(noted(65_536)).ok).toBe(true);
    expect(outcomeOf(noted(65_537)).ok).toBe(false);
  });
});

describe("a warning", () => {
  it("says that columns may be swapped where the whole interval is below one half, and changes nothing", () => {
    const swapped = judge(manyRows((i, isY) => 1 - usual(i, isY)));
    expect(swapped.internal.auroc.high).toBeLessThan(0.5);
    expect(swapped.warnings).toMatchObject([{ kind: "columns-swapped", column: null, count: 40 }]);
    expect(swapped.warnings[0]?.remedy).toMatch(/p_x and p_y/);
    expect(judge(manyRows(usual)).warnings).toEqual([]);
  });

  it.each([
    ["3-Jan", "spreadsheet-date"],
    ["Jan-03", "spreadsheet-date"],
    ["03/01/2024", "spreadsheet-date"],
    ["2024-01-03 00:00:00", "spreadsheet-date"],
    ["45321", "spreadsheet-date"],
    ["1.23457E+11", "spreadsheet-number"],
  ])("names %s among ids of another form, by row", (cell, kind) => {
    const { warnings } = judge(manyRows(usual, (i) => (i === 4 ? cell : `slide-${i}`)));
    expect(warnings).toMatchObject([{ kind, column: "slide", rows: [6], count: 1 }]);
    expect(warnings[0]?.received).toContain(cell);
  });

  it("is not given for a column that is all dates, or all numbers", () => {
    const dated = manyRows(usual, (i) => `2024-0${1 + (i % 9)}-${10 + Math.floor(i / 9)}`);
    expect(judge(dated).warnings).toEqual([]);
    expect(judge(manyRows(usual, (i) => `${45_000 + i}`)).warnings).toEqual([]);
    expect(judge(manyRows(usual, (i) => `${i === 4 ? 45_321 : 1000 + i}`)).warnings).toEqual([]);
  });
});

describe("subgroups of a foreign table", () => {
  const lines = manyRows(usual).split("\n");
  const traits = (i: number) => `,site-${i % 2},${i % 3 === 0 ? "f" : "m"},${30 + i},one,${i % 2 ? "y" : "x"}`;
  const table = lines.map((l, i) => l + (i === 0 ? ",site,sex,age,study,called" : traits(i - 1))).join("\n");

  it("are the columns of a few values; the others are named with the reason", () => {
    const card = judge(table);
    expect([...new Set(card.internal.subgroups.map((s) => s.column))]).toEqual(["site", "sex"]);
    expect(card.leftOut.map((l) => l.column)).toEqual(["age", "study", "called"]);
  });

  it("are those that were asked for; an unknown one is refused", () => {
    const columns = judge(table, { subgroups: ["age"] }).internal.subgroups.map((s) => s.column);
    expect([...new Set(columns)]).toEqual(["age"]);
    const unknown = outcomeOf(table, { subgroups: ["scanner"] });
    expect(unknown.ok ? null : unknown.failure.kind).toBe("missing-column");
  });
});

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvRecords, readRecords } from "../../src/study/csv-records.ts";
import { csvText } from "../../src/study/table.ts";

const cell = fc.string({
  unit: fc.constantFrom("a", "é", "0", " ", ",", ";", '"', "\n", "\r", "\t", "𝄞"),
  maxLength: 6,
});
const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 });

describe("csvRecords", () => {
  it("reads back what was written, but for white space around bare cells", () => {
    fc.assert(
      fc.property(rows, (written) => {
        const [header = [], ...rest] = written;
        const text = csvText(header, rest);
        const isBare = (c: string) => !/[",\n\r]/.test(c);
        const expected = written.map((r) => r.map((c) => (isBare(c) ? c.trim() : c)));
        expect(csvRecords(text, ",")).toMatchObject({ records: expected, problem: null });
      }),
    );
  });

  it("reads no text that csv-parse refuses, and any other as csv-parse does", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", " ", ",", '"', "\n", "\r\n"), maxLength: 30 });
    fc.assert(
      fc.property(text, (csv) => {
        const theirs = attemptParse(csv);
        const { records, problem } = csvRecords(csv, ",");
        // A line of nothing but white space is empty to us and one empty cell to csv-parse.
        const isBlank = (r: readonly string[]) => r.length === 1 && r[0] === "";
        if (problem === null) {
          expect(records.filter((r) => !isBlank(r))).toEqual(theirs?.filter((r) => !isBlank(r)));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("counts rows as a spreadsheet does, over empty lines and line breaks inside quotes", () => {
    const { records, numbers } = csvRecords('a,b\n\n"1\n2",3\r\n\r\n4,5', ",");
    expect(records).toEqual([
      ["a", "b"],
      ["1\n2", "3"],
      ["4", "5"],
    ]);
    expect(numbers).toEqual([1, 3, 5]);
  });

  it("reads a text that comes in chunks as it reads it whole, wherever it is cut", () => {
    const text = fc.string({ unit: fc.constantFrom("a", " ", ",", '"', "\n", "\r", "\u0000"), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (csv, cuts) => {
        const at = [0, ...cuts.filter((c) => c < csv.length).sort((a, b) => a - b), csv.length];
        const chunks = at.slice(1).map((end, i) => csv.slice(at[i], end));
        const records: (readonly string[])[] = [];
        const numbers: number[] = [];
        const reading = readRecords(chunks, ",");
        let step = reading.next();
        for (; step.done !== true; step = reading.next()) {
          records.push(step.value.cells);
          numbers.push(step.value.number);
        }
        expect({ records, numbers, problem: step.value }).toEqual(csvRecords(csv, ","));
      }),
      { numRuns: 2000 },
    );
  });

  it("stops at the first problem and names its row and column", () => {
    expect(csvRecords('a,b\n1,"2\n3,4', ",").problem).toEqual({ kind: "open-quote", row: 2, column: 1 });
    expect(csvRecords('a,b\n1,"2"x\n', ",").problem).toEqual({ kind: "stray-quote", row: 2, column: 1 });
    expect(csvRecords("a,b\n\u0000,1\n", ",").problem).toEqual({ kind: "nul", row: 2, column: 0 });
  });

  it("gives up on a megabyte without reading the rest", () => {
    const huge = `a,b\n1,"${"m".repeat(20_000_000)}"`;
    const start = performance.now();
    expect(csvRecords(huge, ",").problem).toEqual({ kind: "long-cell", row: 2, column: 1 });
    expect(performance.now() - start).toBeLessThan(100);
  });
});

function attemptParse(csv: string): string[][] | null {
  try {
    return parse(csv, {
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      record_delimiter: ["\r\n", "\n", "\r"],
    });
  } catch {
    return null;
  }
}

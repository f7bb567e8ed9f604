/**
 * A table from bytes or text, without touching a file, so that the browser reads what Node reads. What is wrong is named
 * by row and column; nothing is guessed: no other encoding, separator or number format is tried.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { type CsvProblem, MAX_CELL, readRecords } from "./csv-records.ts";
import { decodeChunks, type EncodingProblem } from "./text-encoding.ts";

export interface Table {
  /** Names the table in messages. */
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The row of each of `rows` as a spreadsheet counts, where empty lines made it another than its place + 2. */
  readonly numbers?: readonly number[];
}

export interface TableOptions {
  /** Split files of other tools: an unnamed first column, columns of unequal length, repeated names. */
  readonly ragged?: boolean;
}

/** The row of `table.rows[index]` as a spreadsheet counts: the header is row 1. */
export function rowNumber(table: Table, index: number): number {
  return table.numbers?.[index] ?? index + 2;
}

/** The text of a table: UTF-8 or nothing. Failures: bad-table (empty, UTF-16, other bytes, a workbook). */
export function decodeTable(bytes: Uint8Array, file: string): Outcome<string> {
  const decoded = decodeChunks([bytes]);
  const text = Array.from(decoded.text).join("");
  return badEncoding(decoded.problem(), file) ?? ok(text.startsWith("\ufeff") ? text.slice(1) : text);
}

/** Parses CSV text (tab-separated where `file` ends in .tsv). Failures: bad-table. */
export function parseTable(text: string, file: string, options: TableOptions = {}): Outcome<Table> {
  return tableOf([text], file, options);
}

/** Parses the bytes of a table as they come: neither bytes nor text are ever held whole. Failures: those of decodeTable and parseTable. */
export function tableOfChunks(chunks: Iterable<Uint8Array>, file: string, options: TableOptions = {}): Outcome<Table> {
  const { text, problem } = decodeChunks(chunks);
  const table = tableOf(text, file, options);
  return badEncoding(problem(), file) ?? table;
}

function badEncoding(problem: EncodingProblem | null, file: string): ReturnType<typeof fail> | null {
  return problem === null ? null : badTable(problem.expected, `${problem.received} in ${file}`, problem.remedy);
}

function tableOf(text: Iterable<string>, file: string, options: TableOptions): Outcome<Table> {
  const rows: (readonly string[])[] = [];
  const numbers: number[] = [];
  const share = sharedCells();
  const reading = readRecords(text, /\.tsv$/i.test(file) ? "\t" : ",");
  let step = reading.next();
  const header = step.done === true ? undefined : step.value.cells;
  for (; step.done !== true; step = reading.next()) {
    const { cells, number } = step.value;
    if (cells === header) continue;
    rows.push(share(cells));
    numbers.push(number);
  }
  if (step.value !== null) return broken(step.value, header ?? [], file);
  if (header === undefined || rows.length === 0) {
    const lines = header === undefined ? "an empty file" : "a header and nothing under it";
    return badTable("a header and at least one row", `${lines} in ${file}`, "check that this is the right file");
  }
  const separator = otherSeparator(header, rows, numbers, file);
  if (separator !== null) return separator;
  const table = { file, header, rows, numbers };
  return options.ragged === true ? ok(table) : checkShape(table);
}

/** Most values of a column that are kept to be shared. */
const MOST_SHARED = 256;

/** One string for all cells of a column that say the same, where it has few values: most columns of a cohort do. */
function sharedCells(): (cells: readonly string[]) => readonly string[] {
  const known: (Map<string, string> | null)[] = [];
  return (cells) =>
    cells.map((cell, c) => {
      if (known[c] === undefined) known[c] = new Map();
      const values = known[c];
      if (values === null || values === undefined) return cell;
      const before = values.get(cell);
      if (before !== undefined) return before;
      if (values.size >= MOST_SHARED) known[c] = null;
      else values.set(cell, cell);
      return cell;
    });
}

/** Each name once, and as many cells in every row. */
function checkShape(table: Table): Outcome<Table> {
  const { file, header, rows } = table;
  const twice = header.find((name, i) => name !== "" && header.indexOf(name) !== i);
  if (twice !== undefined) {
    return badTable("each column name once", `\`${twice}\` twice in ${file}`, "rename one of the two columns");
  }
  const ragged = rows.findIndex((row) => row.length !== header.length);
  if (ragged < 0) return ok(table);
  const row = rows[ragged] as readonly string[];
  const commas = row.length > header.length && header.some((name) => name.startsWith("p_"));
  return badTable(
    `${header.length} cells in every row, as in the header`,
    `${row.length} in row ${rowNumber(table, ragged)} of ${file}`,
    `quote cells that contain commas${commas ? ", and write numbers with a decimal point (0.83, not 0,83)" : ""}`,
  );
}

function otherSeparator(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
  file: string,
): ReturnType<typeof fail> | null {
  const only = header.length === 1 ? (header[0] as string) : "";
  if (only.includes("\t")) {
    return badTable("columns separated by commas", `tabs in ${file}`, "name the file .tsv, or save it with commas");
  }
  if (!only.includes(";")) return null;
  const decimal = rows.findIndex((row) => /(^|;)\s*[-+]?\d*,\d+\s*(;|$)/.test(row.join(",")));
  if (decimal < 0) {
    return badTable("columns separated by commas", `semicolons in ${file}`, "save the table as comma-separated values");
  }
  return badTable(
    "columns separated by commas and numbers with a decimal point",
    `semicolons in ${file}, and a decimal comma in row ${numbers[decimal]}`,
    "save the table as comma-separated values with decimal points (in a spreadsheet: set its language to English first)",
  );
}

const SAID: Readonly<Record<CsvProblem["kind"], readonly [expected: string, received: string, remedy: string]>> = {
  "open-quote": ["every quote closed", "a quote that is never closed", "close the quote that opens in that row"],
  "stray-quote": [
    "quotes around a whole cell, a quote inside written twice",
    "a quote in the middle of a cell",
    "mend the quoting in that row",
  ],
  "long-cell": [
    `at most ${MAX_CELL} characters in a cell`,
    "a longer cell",
    "close the quote that opens there, or take that column out of the table",
  ],
  nul: ["text", "a NUL character", "save the table again as CSV UTF-8"],
};

function broken(problem: CsvProblem, header: readonly string[], file: string): ReturnType<typeof fail> {
  const name = problem.row === 1 ? "" : (header[problem.column] ?? "");
  const column = name === "" ? `${problem.column + 1}` : name.slice(0, 60);
  const [expected, received, remedy] = SAID[problem.kind];
  return badTable(expected, `${received} in column ${column}, row ${problem.row} of ${file}`, remedy);
}

function badTable(expected: string, received: string, remedy: string): ReturnType<typeof fail> {
  return fail("bad-table", { expected, received, remedy });
}

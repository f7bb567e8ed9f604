/**
 * The cells of a CSV text (RFC 4180) in one pass, whole or chunk by chunk, the same code in Node and in the browser. Lines may end in
 * \n, \r\n or \r, mixed. White space around a cell is taken away, inside quotes it stays. Written here because a problem must be named
 * by row and column and found before anything heavy is done; the parsers at hand give a line at best, or bring a copy of
 * Node's Buffer with them.
 */

/** Longest cell, in characters; above it a quote was left open or the file is no table. */
export const MAX_CELL = 65_536;

export interface CsvProblem {
  /** `open-quote`: never closed. `stray-quote`: a quote inside a bare cell, or text after a closing quote. */
  readonly kind: "open-quote" | "stray-quote" | "long-cell" | "nul";
  /** Row as a spreadsheet counts, the header is row 1. */
  readonly row: number;
  /** From 0. */
  readonly column: number;
}

export interface CsvRecords {
  readonly records: readonly (readonly string[])[];
  /** The row of each record as a spreadsheet counts; empty lines are left out but counted. */
  readonly numbers: readonly number[];
  /** Where reading stopped; null when the text was read to its end. */
  readonly problem: CsvProblem | null;
}

const [NUL, LF, CR, SPACE, TAB, QUOTE, MARK] = [0, 10, 13, 32, 9, 34, 0xfeff];

interface Cursor {
  text: string;
  readonly delimiter: number;
  at: number;
  problem: CsvProblem["kind"] | null;
}

/** One line of a table that is not empty. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** The row as a spreadsheet counts. */
  readonly number: number;
}

/** All records up to the first problem. Records have as many cells as the line has. `delimiter` is one character. */
export function csvRecords(text: string, delimiter: string): CsvRecords {
  const records: (readonly string[])[] = [];
  const numbers: number[] = [];
  const reading = readRecords([text], delimiter);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return { records, numbers, problem: step.value };
    records.push(step.value.cells);
    numbers.push(step.value.number);
  }
}

/**
 * The records of a text that comes in chunks, cut anywhere; no more of it is held than a chunk and the record that crosses its end.
 * Returns the problem at which reading stopped; the record that has it is yielded before, as far as it was read.
 */
export function* readRecords(chunks: Iterable<string>, delimiter: string): Generator<CsvRecord, CsvProblem | null> {
  const cursor: Cursor = { text: "", delimiter: delimiter.charCodeAt(0), at: 0, problem: null };
  let row = 1;
  let isFirst = true;
  for (const [chunk, isLast] of withLast(chunks)) {
    const rest = cursor.text.slice(cursor.at);
    cursor.text = rest === "" ? chunk : rest + chunk;
    cursor.at = 0;
    if (isFirst && cursor.text.charCodeAt(0) === MARK) cursor.at = 1;
    isFirst &&= cursor.text === "";
    while (cursor.at < cursor.text.length) {
      const start = cursor.at;
      const cells = readRecord(cursor);
      if (cursor.at >= cursor.text.length && !isLast) {
        // The record may go on in the next chunk.
        cursor.at = start;
        cursor.problem = null;
        break;
      }
      const isBlank = cells.length === 1 && cells[0] === "" && cursor.text.charCodeAt(start) !== QUOTE;
      if (!isBlank || cursor.problem !== null) yield { cells, number: row };
      if (cursor.problem !== null) return { kind: cursor.problem, row, column: cells.length - 1 };
      row++;
    }
  }
  return null;
}

/** Each chunk, and whether it is the last. */
function* withLast(chunks: Iterable<string>): Generator<readonly [chunk: string, isLast: boolean]> {
  let held: string | null = null;
  for (const chunk of chunks) {
    if (held !== null) yield [held, false];
    held = chunk;
  }
  if (held !== null) yield [held, true];
}

/** The cells of one line; leaves the cursor behind its end, or where a problem is, in the last cell. */
function readRecord(cursor: Cursor): string[] {
  const { text, delimiter } = cursor;
  const record: string[] = [];
  for (;;) {
    record.push(readCell(cursor));
    if (cursor.problem !== null || cursor.at >= text.length) return record;
    const code = text.charCodeAt(cursor.at++);
    if (code === delimiter) continue;
    if (code === CR && text.charCodeAt(cursor.at) === LF) cursor.at++;
    return record;
  }
}

function readCell(cursor: Cursor): string {
  const { text, delimiter } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code === delimiter || (code !== SPACE && code !== TAB)) break;
    cursor.at++;
  }
  return text.charCodeAt(cursor.at) === QUOTE ? readQuoted(cursor) : readBare(cursor);
}

/** Up to the delimiter or the end of the line. */
function readBare(cursor: Cursor): string {
  const { text, delimiter } = cursor;
  const start = cursor.at;
  for (; cursor.at < text.length; cursor.at++) {
    const code = text.charCodeAt(cursor.at);
    if (code === delimiter || code === LF || code === CR) break;
    if (code === QUOTE) cursor.problem = "stray-quote";
    else if (code === NUL) cursor.problem = "nul";
    else if (cursor.at - start >= MAX_CELL) cursor.problem = "long-cell";
    if (cursor.problem !== null) break;
  }
  return text.slice(start, cursor.at).trim();
}

/** From an opening quote to behind its closing one and the white space after it; two quotes stand for one. */
function readQuoted(cursor: Cursor): string {
  const { text } = cursor;
  let cell = "";
  let start = ++cursor.at;
  for (; ; cursor.at++) {
    const code = text.charCodeAt(cursor.at);
    if (cursor.at >= text.length) cursor.problem = "open-quote";
    else if (code === NUL) cursor.problem = "nul";
    else if (cell.length + cursor.at - start >= MAX_CELL && code !== QUOTE) cursor.problem = "long-cell";
    if (cursor.problem !== null) return cell;
    if (code !== QUOTE) continue;
    cell += text.slice(start, cursor.at);
    cursor.at++;
    if (text.charCodeAt(cursor.at) !== QUOTE) break;
    start = cursor.at;
  }
  const { delimiter } = cursor;
  for (; cursor.at < text.length; cursor.at++) {
    const code = text.charCodeAt(cursor.at);
    if (code === delimiter || code === LF || code === CR) break;
    if (code === SPACE || code === TAB) continue;
    cursor.problem = "stray-quote";
    break;
  }
  return cell;
}

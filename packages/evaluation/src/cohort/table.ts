/** Tables as they come in: text cells under a header. Looking a column up by the many names it has, and telling empty cells. */

export interface Table {
  /** Name of the file, for messages; folders in it may carry the number of a fold. */
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The row of each of `rows` as a spreadsheet counts, where empty lines made it another than its place + 2. */
  readonly numbers?: readonly number[];
}

/** What people write where they know nothing, beside the empty cell; compared in lower case. */
const MISSING = new Set([
  "",
  "na",
  "n/a",
  "#n/a",
  "nan",
  "null",
  "none",
  "unknown",
  "missing",
  "not available",
  "not applicable",
  "not evaluated",
  "not performed",
  "not reported",
  "performed but not available",
]);

/** True for an empty cell and for every way of writing one, in square brackets or not. */
export function isMissing(text: string): boolean {
  const bare = text.trim().toLowerCase();
  return MISSING.has(bare.startsWith("[") && bare.endsWith("]") ? bare.slice(1, -1) : bare);
}

/** A header cell as it is compared: lower case, blanks, dots and hyphens as underscores, no byte-order mark. */
export function plainName(header: string): string {
  return header
    .replace(/^\uFEFF/, "")
    .trim()
    .toLowerCase()
    .replace(/[\s.-]+/g, "_");
}

/** Position of the first of `names` (plain) that the header has; -1 for none. Earlier names win over earlier columns. */
export function findColumn(header: readonly string[], names: readonly string[]): number {
  const plain = header.map(plainName);
  for (const name of names) {
    const at = plain.indexOf(name);
    if (at >= 0) return at;
  }
  return -1;
}

/** Every cell of a column, trimmed; "" where a row is too short or the column is -1. */
export function cellsOf(table: Table, at: number): string[] {
  return table.rows.map((row) => (at < 0 ? "" : (row[at] ?? "").trim()));
}

/** Number of distinct values, missing ones not counted. */
export function distinctKnown(cells: readonly string[]): number {
  return new Set(cells.filter((c) => !isMissing(c))).size;
}

/** "3 slides", "1 slide". */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** The name of a file without its folders, as sentences use it. */
export function fileName(file: string): string {
  return file.split(/[/\\]/).at(-1) ?? file;
}

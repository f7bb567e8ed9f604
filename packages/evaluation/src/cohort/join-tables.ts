/**
 * Puts a second table beside the first: a clinical table by patient, a label table by slide or patient. Rows that say
 * different things of one slide are all kept, since the audit must see them; rows that only repeat each other count once.
 */
import { fail, groupBy, type Outcome, ok } from "@nacre/core";
import { barcodeOf } from "./barcode.ts";
import { knownColumns } from "./known-column.ts";
import { bareSlide } from "./slide-name.ts";
import { counted, fileName, findColumn, plainName, type Table } from "./table.ts";

export interface JoinedTable {
  readonly table: Table;
  readonly derived: readonly string[];
  readonly notes: readonly string[];
}

interface Key {
  readonly name: "slide" | "patient" | "barcode";
  readonly ofBase: (row: readonly string[]) => string;
  readonly ofExtra: (row: readonly string[]) => string;
}

/**
 * `base` with the columns of `extra`; where both have a column that is no id, the one of `extra` is taken. `label` is the
 * plain name of the label column, for rows that differ. Failures: `bad-table` where not one row finds its partner.
 */
export function joinTables(base: Table, extra: Table, label: string | null): Outcome<JoinedTable> {
  const keys = possibleKeys(base, extra);
  for (const key of keys) {
    const partners = groupBy(extra.rows, key.ofExtra);
    partners.delete("");
    if (base.rows.some((row) => partners.has(key.ofBase(row)))) return ok(joinBy(key, base, extra, partners, label));
  }
  return fail("bad-table", {
    expected: `rows of ${fileName(extra.file)} for the slides or patients of ${fileName(base.file)}`,
    received: `no id in common (first ${JSON.stringify(base.rows[0]?.join(", ").slice(0, 80) ?? "")} and ${JSON.stringify(extra.rows[0]?.join(", ").slice(0, 80) ?? "")})`,
    remedy: "give both tables a column of the same slides or patients",
  });
}

function possibleKeys(base: Table, extra: Table): Key[] {
  const b = knownColumns(base);
  const e = knownColumns(extra);
  const cell = (at: number) => (row: readonly string[]) => (row[at] ?? "").trim();
  const keys: Key[] = [];
  if (b.slide >= 0 && e.slide >= 0)
    keys.push({
      name: "slide",
      ofBase: (row) => bareSlide(cell(b.slide)(row)),
      ofExtra: (row) => bareSlide(cell(e.slide)(row)),
    });
  for (const at of [b.patient, b.case].filter((at) => at >= 0)) {
    for (const to of [e.patient, e.case].filter((to) => to >= 0))
      keys.push({ name: "patient", ofBase: cell(at), ofExtra: cell(to) });
  }
  if (b.barcoded.length > 0 && e.barcoded.length > 0)
    keys.push({ name: "barcode", ofBase: patientIn(b.barcoded), ofExtra: patientIn(e.barcoded) });
  return keys;
}

/** The patient of the first barcode in a row; "" for none. */
function patientIn(columns: readonly number[]): (row: readonly string[]) => string {
  return (row) => {
    for (const at of columns) {
      const found = barcodeOf(row[at] ?? "");
      if (found !== null) return found.patient;
    }
    return "";
  };
}

function joinBy(
  key: Key,
  base: Table,
  extra: Table,
  partners: ReadonlyMap<string, readonly (readonly string[])[]>,
  label: string | null,
): JoinedTable {
  const { slide, patient, case: ownCase } = knownColumns(base);
  const ids = new Set([slide, patient, ownCase]);
  // Column `at` of extra goes to its namesake in base, or to a new column behind.
  const header = [...base.header];
  const both: string[] = [];
  const target = extra.header.map((name) => {
    const at = base.header.indexOf(name);
    if (at >= 0 && !ids.has(at)) both.push(name);
    return at >= 0 ? (ids.has(at) ? -1 : at) : header.push(name) - 1;
  });
  const labelAt = label === null ? -1 : findColumn(extra.header, [label]);
  const distinct = new Map([...partners].map(([id, rows]) => [id, differing(rows, labelAt)]));
  const rows: string[][] = [];
  const used = new Set<string>();
  let alone = 0;
  for (const row of base.rows) {
    const id = key.ofBase(row);
    const found = distinct.get(id);
    if (found === undefined) alone++;
    else used.add(id);
    for (const other of found ?? [[]]) {
      const joined = header.map((_, at) => row[at] ?? "");
      for (const [from, to] of target.entries()) if (to >= 0 && found !== undefined) joined[to] = other[from] ?? "";
      rows.push(joined);
    }
  }
  const several = [...partners].filter(([, list]) => list.length > 1);
  const spare = partners.size - used.size;
  return {
    table: { file: base.file, header, rows },
    derived: [
      `rows of ${fileName(extra.file)} joined by ${key.name}: ${base.rows.length - alone} of ${counted(base.rows.length, "row")} found theirs`,
    ],
    notes: [
      ...(alone > 0
        ? [`${counted(alone, "row")} of ${fileName(base.file)} without a row in ${fileName(extra.file)}`]
        : []),
      ...(spare > 0
        ? [`${counted(spare, key.name)} of ${fileName(extra.file)} without a row in ${fileName(base.file)}`]
        : []),
      ...(several.length > 0 ? [severalRows(key.name, several, distinct, extra.file)] : []),
      ...(both.length > 0 ? [`${both.join(", ")}: in both tables, taken from ${fileName(extra.file)}`] : []),
    ],
  };
}

/** One row for each value of the label, the first of each; without a label the first row alone. */
function differing(rows: readonly (readonly string[])[], labelAt: number): (readonly string[])[] {
  const seen = new Map<string, readonly string[]>();
  for (const row of rows) {
    const value = labelAt < 0 ? "" : (row[labelAt] ?? "").trim();
    if (!seen.has(value)) seen.set(value, row);
  }
  return [...seen.values()];
}

function severalRows(
  key: string,
  several: readonly (readonly [string, readonly unknown[]])[],
  distinct: ReadonlyMap<string, readonly unknown[]>,
  file: string,
): string {
  const differ = several.filter(([id]) => (distinct.get(id)?.length ?? 0) > 1).length;
  const what = differ > 0 ? `${differ} of them with labels that differ, all kept` : "the first is used";
  return `${counted(several.length, key)} with several rows in ${fileName(file)} (first ${several[0]?.[0]}): ${what}`;
}

/** The name under which a label is looked for in a second table, plain; null for none. */
export function plainLabel(wanted: string | null | undefined): string | null {
  return wanted == null ? "label" : plainName(wanted);
}

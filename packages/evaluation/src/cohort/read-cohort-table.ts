/**
 * Reads the cohort tables of other tools without being told whose they are. Patient and hospital are derived from ids where
 * the table gives none or gives ones that cannot be; what was derived is said in sentences. Rows are kept as they come: a slide
 * listed twice stays listed twice, because finding that is the audit's work.
 */
import {
  type CaseId,
  type ClassifyTask,
  type CohortRow,
  caseId,
  fail,
  mpp,
  type Outcome,
  ok,
  patientId,
  type SlideId,
  siteId,
  slideIdOf,
} from "@nacre/core";
import { partNamed } from "../split/dialect/part-name.ts";
import { dialectOf } from "../split/dialect.ts";
import { type Barcode, barcodeOf } from "./barcode.ts";
import { type DateCells, dateCells } from "./date-cell.ts";
import { derivePatients } from "./derive-patient.ts";
import { codesTellLabel, deriveSites } from "./derive-site.ts";
import { joinTables, plainLabel } from "./join-tables.ts";
import { dialectOfCohort, type KnownColumns, knownColumns } from "./known-column.ts";
import { chooseLabel, type NamedCells } from "./label-column.ts";
import { slideNamed } from "./slide-name.ts";
import { cellsOf, counted, fileName, isMissing, type Table } from "./table.ts";

export interface CohortTable {
  /** One for each slide of each row, in the order of the table; duplicates kept. */
  readonly rows: readonly CohortRow[];
  /** null where the label is not known: `notes` then names the columns that could be it. */
  readonly task: ClassifyTask | null;
  readonly labelColumn: string | null;
  readonly dialect: string;
  /** Slides whose patient nothing names: each stands for a patient of its own. */
  readonly patientsUnknown: readonly SlideId[];
  /** Columns with cells that a spreadsheet made dates of, or whose dates cannot be read for sure. */
  readonly dates: readonly DateCells[];
  /** What was derived from ids or joined, one sentence each, with counts. */
  readonly derived: readonly string[];
  readonly notes: readonly string[];
}

export interface CohortTableOptions {
  /** Column of the label; left out, the only obvious one. */
  readonly label?: string | null;
  /** A second table with labels or clinical columns, joined by slide or patient. */
  readonly labels?: Table | null;
  /** The slides of the patients in the first table. */
  readonly slides?: Table | null;
}

/** A slide of a row before it is a CohortRow. */
interface Entry {
  readonly row: number;
  readonly path: string;
  readonly slide: SlideId;
  readonly barcode: Barcode | null;
}

/**
 * The cohort a table describes. A table without slides is one of patients: each row then stands for a slide of the same name.
 * Failures: `missing-column` (no slide and no patient, or no column of the label asked for), `bad-table` (tables that share no id, no
 * row with a slide), `one-class` and `bad-value` for a label that was asked for and cannot be one.
 */
export function cohortOfTable(table: Table, options: CohortTableOptions = {}): Outcome<CohortTable> {
  const joined = joinAll(table, options);
  if (!joined.ok) return joined;
  const { whole, dialect } = joined.value;
  const known = knownColumns(whole);
  if (known.slide < 0 && known.patient < 0) return noIds(whole);
  const listed = entriesOf(whole, known);
  if (listed.entries.length === 0) return noSlides(whole);
  const choice = chooseLabel(labelColumns(whole, known), whole.header, options.label ?? null);
  if (!choice.ok) return choice;
  const column = choice.value.task?.label ?? null;
  const { rows, patientsUnknown, derived, notes } = rowsOf(whole, known, listed.entries, column);
  return ok({
    rows,
    patientsUnknown,
    dates: dateCells(joined.value.tables, choice.value.column),
    task: choice.value.task,
    labelColumn: choice.value.column,
    dialect,
    derived: [...joined.value.derived, ...derived],
    notes: [...joined.value.notes, ...listed.notes, ...notes, ...choice.value.notes],
  });
}

interface Joined {
  readonly whole: Table;
  /** As they came, each behind those it is joined to. */
  readonly tables: readonly Table[];
  readonly dialect: string;
  readonly derived: readonly string[];
  readonly notes: readonly string[];
}

function joinAll(table: Table, { label, labels, slides }: CohortTableOptions): Outcome<Joined> {
  const tables = [table, ...(labels == null ? [] : [labels])];
  // The table of slides leads, whichever of the three it is; STAMP users give the clinical table first.
  const base = slides ?? tables.find((t) => knownColumns(t).slide >= 0) ?? table;
  let whole: Table = { ...base, header: base.header.map(cleanName) };
  const derived: string[] = [];
  const notes: string[] = [];
  for (const extra of tables.filter((t) => t !== base)) {
    const joined = joinTables(whole, { ...extra, header: extra.header.map(cleanName) }, plainLabel(label));
    if (!joined.ok) return joined;
    whole = joined.value.table;
    derived.push(...joined.value.derived);
    notes.push(...joined.value.notes);
  }
  const isStamp = base !== table || tables.some((t) => dialectOfCohort(t) === "stamp-clini");
  const own = dialectOfCohort(base);
  return ok({
    whole,
    tables: [base, ...tables.filter((t) => t !== base)],
    dialect: own === "stamp-slides" && isStamp ? "stamp" : own,
    derived,
    notes,
  });
}

function entriesOf(table: Table, known: KnownColumns): { entries: Entry[]; notes: string[] } {
  const entries: Entry[] = [];
  const empty: number[] = [];
  const at = known.slide >= 0 ? known.slide : known.patient;
  let lists = 0;
  for (const [row, cells] of table.rows.entries()) {
    const text = (cells[at] ?? "").trim();
    if (text === "" || isMissing(text)) {
      empty.push(row);
      continue;
    }
    const paths = text
      .split(";")
      .map((p) => p.trim())
      .filter((p) => p !== "");
    if (paths.length > 1) lists++;
    for (const path of paths) {
      const barcode = barcodeOf(path) ?? firstBarcode(cells, known.barcoded);
      entries.push({ row, path, slide: slideNamed(path), barcode });
    }
  }
  const notes: string[] = [];
  if (lists > 0) notes.push(`${counted(lists, "row")} with several slides in one cell, taken apart at the semicolons`);
  if (empty.length > 0)
    notes.push(
      `${counted(empty.length, "row")} without a ${known.slide < 0 ? "patient" : "slide"}, left out (first row ${(empty[0] as number) + 2} of ${fileName(table.file)})`,
    );
  return { entries, notes };
}

function rowsOf(
  table: Table,
  known: KnownColumns,
  entries: readonly Entry[],
  labelColumn: string | null,
): { rows: CohortRow[]; patientsUnknown: SlideId[]; derived: string[]; notes: string[] } {
  const given = known.slide >= 0 ? known.patient : -1;
  const name = given < 0 ? null : (table.header[given] ?? "");
  const cell = (entry: Entry, at: number): string => (at < 0 ? "" : (table.rows[entry.row]?.[at] ?? "").trim());
  const knownCell = (entry: Entry, at: number): string => (isMissing(cell(entry, at)) ? "" : cell(entry, at));
  const isOfPatients = known.slide < 0 && entries.every((e) => (e.barcode?.patient ?? e.path) === e.path);
  const people = isOfPatients
    ? { patients: entries.map((e) => e.path), isKnown: entries.map(() => true), derived: [], notes: [] }
    : derivePatients(
        entries.map((e) => ({ slide: e.slide, given: knownCell(e, given), barcode: e.barcode })),
        name,
      );
  const sites = deriveSites(
    entries.map((e) => e.barcode),
    known.sites.map((at) => ({ name: table.header[at] ?? "", cells: entries.map((e) => cell(e, at)) })),
  );
  const labelAt = labelColumn === null ? -1 : table.header.indexOf(labelColumn);
  const columns = table.header.flatMap((column, at) => (known.counters.includes(at) ? [] : [[column, at] as const]));
  const rows = entries.map((e, i): CohortRow => {
    const patient = people.patients[i] as string;
    const label = knownCell(e, labelAt);
    const site = sites.sites[i] ?? null;
    const values: Record<string, string> = {};
    for (const [column, at] of columns) values[column] = cell(e, at);
    return {
      slide: e.slide,
      path: e.path,
      patient: patientId(patient),
      case: caseOf(knownCell(e, known.case), e.slide, patient),
      site: site === null ? null : siteId(site),
      label: label === "" ? null : label,
      mpp: scaleOf(cell(e, known.mpp)),
      columns: values,
    };
  });
  const told = sites.isMapped
    ? codesTellLabel(
        entries.map((e, i) => ({
          patient: people.patients[i] as string,
          label: rows[i]?.label ?? null,
          source: e.barcode?.source ?? null,
        })),
      )
    : null;
  return {
    rows,
    patientsUnknown: entries.flatMap((e, i) => (people.isKnown[i] === true ? [] : [e.slide])),
    derived: [...people.derived, ...sites.derived, ...(told === null ? [] : [told])],
    notes: [
      ...(isOfPatients ? ["the table has no slide column: each row stands for a patient and for one slide"] : []),
      ...people.notes,
      ...sites.notes,
    ],
  };
}

/** The columns that could be a label: no ids, no hospital, no counters, no parts. */
function labelColumns(table: Table, known: KnownColumns): NamedCells[] {
  const taken = new Set([known.slide, known.patient, known.case, known.mpp, ...known.sites, ...known.counters]);
  for (const at of known.barcoded) taken.add(at);
  return table.header.flatMap((name, at) => {
    if (taken.has(at)) return [];
    const cells = cellsOf(table, at);
    const isPart = cells.every((c) => c === "" || partNamed(c) !== null);
    return isPart ? [] : [{ name, cells }];
  });
}

function firstBarcode(cells: readonly string[], columns: readonly number[]): Barcode | null {
  for (const at of columns) {
    const found = barcodeOf(cells[at] ?? "");
    if (found !== null) return found;
  }
  return null;
}

/** A case that only repeats the slide says nothing; the patient then stands for it. */
function caseOf(text: string, slide: SlideId, patient: string): CaseId {
  return caseId(text === "" || slideIdOf(text) === slide ? patient : text);
}

function scaleOf(text: string): CohortRow["mpp"] {
  const value = Number(text);
  return text !== "" && value >= 0.05 && value <= 10 ? mpp(value) : null;
}

function cleanName(name: string): string {
  return name.replace(/^\uFEFF/, "").trim();
}

function noIds(table: Table): Outcome<never> {
  if (dialectOf(table) !== null) {
    return fail("missing-column", {
      expected: `a cohort table in ${table.file}`,
      received: `a split file: ${table.header.join(", ")}`,
      remedy: "name it with --splits, beside a cohort table or alone",
    });
  }
  return fail("missing-column", {
    expected: `a column of slides or patients in ${table.file} (slide, slide_id, FILENAME, patient, case_id, PATIENT ...)`,
    received: table.header.join(", "),
    remedy: "name the column of slides `slide` and the column of patients `patient`",
  });
}

function noSlides(table: Table): Outcome<never> {
  return fail("bad-table", {
    expected: `rows with a slide or patient in ${table.file}`,
    received: `${counted(table.rows.length, "row")}, none with one`,
    remedy: "fill the column of slides",
  });
}

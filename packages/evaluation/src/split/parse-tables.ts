/**
 * Reads split tables that other tools wrote. What the tables say is kept even where it is wrong, a slide in two parts for
 * instance: finding that is the audit's work. Several tables are several folds; the same fold told twice (ragged and as
 * a matrix) is taken once when both agree. Foreign `val` is our `tune`, unless no table knows a test part at all: then it is
 * the part that was reported, and is taken as the test part.
 */
import { type CohortRow, type Fold, fail, type Outcome, ok, type SlideId, type Split } from "@nacre/core";
import { slideNamed } from "../cohort/slide-name.ts";
import { fileName } from "../cohort/table.ts";
import { partOfHeader } from "./dialect/part-name.ts";
import { dialectOf, type Placement, placementsOf, type SplitDialect, type SplitTable } from "./dialect.ts";
import { accountsOf, agreed, type FoldAccount, type KnownTable, placeTables } from "./fold-account.ts";
import { type IdKind, idMatcher } from "./match-id.ts";

export interface ParsedSplit {
  readonly split: Split;
  /** What each table was taken for. */
  readonly inputs: readonly { readonly file: string; readonly dialect: SplitDialect; readonly rows: number }[];
  /** The file each fold came from, in the order of `split.folds`; of several part files the first. */
  readonly files: readonly string[];
  /** Ids in the tables that the cohort does not know, each once. */
  readonly unknown: readonly string[];
  /** Tables of which the cohort knows not one id, with their ids; files of another programme, held external, are not among them. */
  readonly unmatched: readonly { readonly file: string; readonly ids: readonly string[] }[];
  /** Slides of the cohort that no table names. */
  readonly unlisted: readonly SlideId[];
  readonly notes: readonly string[];
}

/** The placements of one account, before ids are looked up. */
interface Telling {
  readonly file: string;
  readonly fold: number;
  readonly placements: readonly Placement[];
}

/**
 * The split that the tables describe. `cohort` null: every id is taken for a slide.
 * Failures: `bad-table` (no known dialect, an unreadable cell, two accounts of one fold that differ, no fold at all).
 */
export function parseSplitTables(
  tables: readonly SplitTable[],
  cohort: readonly CohortRow[] | null,
): Outcome<ParsedSplit> {
  const known: KnownTable[] = [];
  for (const table of tables) {
    const dialect = dialectOf(table);
    if (dialect === null) return unknownDialect(table);
    known.push({ table, dialect });
  }
  const told = tellingsOf(known);
  if (!told.ok) return told;
  const { tellings, notes } = withReportedPart(told.value.tellings, known);
  const { resolve, unknown, kinds } = resolver(cohort);
  const accounts = agreed(tellings.flatMap((t) => accountsOf(t.file, t.placements, t.fold, resolve)));
  if (!accounts.ok) return accounts;
  if (accounts.value.length === 0) return noFold(tables);
  const matched = [...kinds].filter((k) => k !== "slide").map((k) => `ids were matched by ${k.replace("-", " ")}`);
  return ok({
    ...assembled(accounts.value, cohort),
    inputs: known.map(({ table, dialect }) => ({ file: table.file, dialect, rows: table.rows.length })),
    unknown: [...unknown],
    unmatched: unknown.size === 0 ? [] : told.value.read.filter(({ ids }) => ids.every((id) => unknown.has(id))),
    notes: [...told.value.notes, ...notes, ...matched],
  });
}

/** The ids of one table at home in the cohort. */
interface ReadTable {
  readonly file: string;
  readonly ids: readonly string[];
}

function tellingsOf(
  known: readonly KnownTable[],
): Outcome<{ tellings: Telling[]; read: ReadTable[]; notes: string[] }> {
  const places = placeTables(known);
  const tellings = new Map<string, { file: string; fold: number; placements: Placement[] }>();
  const notes: string[] = [];
  const read: ReadTable[] = [];
  const elsewhere = new Set<string>();
  for (const [i, { table, dialect }] of known.entries()) {
    const { key, fold, isElsewhere } = places[i] as (typeof places)[number];
    const placements = placementsOf(table, dialect, isElsewhere);
    if (!Array.isArray(placements)) return badCell(table, placements.bad);
    const telling = tellings.get(key) ?? { file: table.file, fold, placements: [] };
    tellings.set(key, telling);
    for (const placement of placements) telling.placements.push(placement);
    if (isElsewhere) elsewhere.add(fileName(table.file));
    else if (placements.length > 0) {
      read.push({ file: table.file, ids: [...new Set(placements.flatMap((p) => idsIn(p.id)))] });
    }
    if (dialect === "fold-column")
      notes.push(`${fileName(table.file)}: folds are numbered; each is tested once and the other folds train`);
    if (dialect === "flamby") notes.push(`${fileName(table.file)}: column fold2 names the centre and was not used`);
  }
  if (elsewhere.size > 0)
    notes.push(`${[...elsewhere].join(", ")}: ids of another programme than those of training, so they are external`);
  return ok({ tellings: [...tellings.values()].filter((t) => t.placements.length > 0), read, notes });
}

/** Where nothing is called test, the foreign `val` is what was reported. */
function withReportedPart(
  tellings: readonly Telling[],
  known: readonly KnownTable[],
): { tellings: readonly Telling[]; notes: string[] } {
  const all = tellings.flatMap((t) => t.placements);
  const namesTest = known.some(({ table, dialect }) => dialect.startsWith("clam") && hasTestColumn(table));
  if (namesTest || all.some((p) => p.part === "test") || !all.some((p) => p.isForeignTune === true))
    return { tellings, notes: [] };
  return {
    tellings: tellings.map((t) => ({
      ...t,
      placements: t.placements.map((p) => (p.isForeignTune === true ? { ...p, part: "test" as const } : p)),
    })),
    notes: [
      "no table names a test part: val is all that is held out, so it is taken as the test part (a number reported on it may also have chosen the model)",
    ],
  };
}

function hasTestColumn(table: SplitTable): boolean {
  return table.header.some((name) => partOfHeader(name) === "test");
}

function resolver(cohort: readonly CohortRow[] | null): {
  resolve: (id: string) => readonly SlideId[];
  unknown: Set<string>;
  kinds: Set<IdKind>;
} {
  const unknown = new Set<string>();
  const kinds = new Set<IdKind>();
  const match = cohort === null ? null : idMatcher(cohort);
  const one = (id: string): readonly SlideId[] => {
    if (match === null) return [slideNamed(id)];
    const found = match(id);
    if (found === null) unknown.add(id);
    else kinds.add(found.kind);
    return found?.slides ?? [];
  };
  const resolve = (id: string): readonly SlideId[] => (id.includes(";") ? idsIn(id).flatMap(one) : one(id));
  return { resolve, unknown, kinds };
}

/** The ids of a cell: survival tables list all slides of a patient in one. */
function idsIn(cell: string): readonly string[] {
  if (!cell.includes(";")) return [cell];
  return cell
    .split(";")
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
}

function assembled(
  accounts: readonly FoldAccount[],
  cohort: readonly CohortRow[] | null,
): Pick<ParsedSplit, "split" | "files" | "unlisted"> {
  // External slides belong to no fold; a table that holds nothing else makes none.
  const isFold = ({ parts: { train, tune, test, external } }: FoldAccount): boolean =>
    external.length === 0 || train.length + tune.length + test.length > 0;
  const folds = accounts.filter(isFold);
  const listed = new Set<SlideId>();
  for (const { parts } of accounts) for (const slides of Object.values(parts)) for (const s of slides) listed.add(s);
  return {
    split: {
      by: "file",
      folds: folds.map(({ fold, parts: { train, tune, test } }): Fold => ({ fold, train, tune, test })),
      external: [...new Set(accounts.flatMap((f) => f.parts.external))],
    },
    files: folds.map((f) => f.file),
    unlisted: [...new Set((cohort ?? []).filter((r) => !listed.has(r.slide)).map((r) => r.slide))],
  };
}

function unknownDialect(table: SplitTable): Outcome<never> {
  return fail("bad-table", {
    expected: `${table.file} to have the columns train, val and test, or slide, part and fold`,
    received: `columns ${table.header.map((h) => JSON.stringify(h)).join(", ")}`,
    remedy: "write the split as a table with the columns slide, part and fold",
  });
}

function badCell(table: SplitTable, received: string): Outcome<never> {
  return fail("bad-table", {
    expected: `true or false, a part (train, tune, test, external) or a fold number in ${table.file}`,
    received,
    remedy: "correct that cell",
  });
}

function noFold(tables: readonly SplitTable[]): Outcome<never> {
  return fail("bad-table", {
    expected: "at least one table that divides slides",
    received: tables.length === 0 ? "no table" : tables.map((t) => t.file).join(", "),
    remedy: "give the files that list slides, for CLAM splits_0.csv rather than splits_0_descriptor.csv",
  });
}

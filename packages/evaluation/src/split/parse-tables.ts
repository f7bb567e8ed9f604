/**
 * Reads split tables that other tools wrote. What the tables say is kept even where it is wrong, a slide in two parts for
 * instance: finding that is the audit's work. Several tables are several folds; the same fold told twice (ragged and as
 * a matrix) is taken once when both agree.
 */
import {
  type CohortRow,
  canonicalJson,
  type Fold,
  fail,
  type Outcome,
  ok,
  type SlideId,
  type Split,
  slideIdOf,
} from "@nacre/core";
import { dialectOf, type Placement, placementsOf, type SplitDialect, type SplitTable } from "./dialect.ts";
import { type IdKind, idMatcher } from "./match-id.ts";

export interface ParsedSplit {
  readonly split: Split;
  /** What each table was taken for. */
  readonly inputs: readonly { readonly file: string; readonly dialect: SplitDialect; readonly rows: number }[];
  /** The file each fold came from, in the order of `split.folds`. */
  readonly files: readonly string[];
  /** Ids in the tables that the cohort does not know, each once. */
  readonly unknown: readonly string[];
  /** Slides of the cohort that no table names. */
  readonly unlisted: readonly SlideId[];
  readonly notes: readonly string[];
}

interface FoldUnderWay {
  readonly file: string;
  readonly fold: number;
  readonly parts: Readonly<Record<"train" | "tune" | "test" | "external", SlideId[]>>;
}

/**
 * The split that the tables describe. `cohort` null: every id is taken for a slide.
 * Failures: `bad-table` (no known dialect, an unreadable cell, two accounts of one fold that differ, no fold at all).
 */
export function parseSplitTables(
  tables: readonly SplitTable[],
  cohort: readonly CohortRow[] | null,
): Outcome<ParsedSplit> {
  const inputs: ParsedSplit["inputs"][number][] = [];
  const folds = new Map<number, FoldUnderWay>();
  const unknown = new Set<string>();
  const kinds = new Set<IdKind>();
  const match = cohort === null ? null : idMatcher(cohort);
  const resolve = (id: string): readonly SlideId[] => {
    if (match === null) return [slideIdOf(id)];
    const found = match(id);
    if (found === null) unknown.add(id);
    else kinds.add(found.kind);
    return found?.slides ?? [];
  };
  for (const [i, table] of tables.entries()) {
    const dialect = dialectOf(table);
    if (dialect === null) return unknownDialect(table);
    inputs.push({ file: table.file, dialect, rows: table.rows.length });
    if (dialect === "clam-descriptor") continue;
    const placements = placementsOf(table, dialect);
    if (!Array.isArray(placements)) return badCell(table, placements.bad);
    for (const fold of foldsOf(table, placements, foldNumber(table.file) ?? i, resolve)) {
      const earlier = folds.get(fold.fold);
      if (earlier === undefined) folds.set(fold.fold, fold);
      else if (!isSame(earlier, fold)) return twoAccounts(earlier, fold);
    }
  }
  if (folds.size === 0) return noFold(tables);
  return ok(
    assemble(
      [...folds.values()].sort((a, b) => a.fold - b.fold),
      inputs,
      unknown,
      kinds,
      cohort,
    ),
  );
}

/** The last number in a file name: `splits_3_bool.csv` is fold 3. */
function foldNumber(file: string): number | null {
  const name = file.split(/[/\\]/).at(-1) ?? "";
  const digits = name.match(/(\d+)(?!.*\d)/)?.[1];
  return digits === undefined || digits.length > 4 ? null : Number(digits);
}

function foldsOf(
  table: SplitTable,
  placements: readonly Placement[],
  number: number,
  resolve: (id: string) => readonly SlideId[],
): FoldUnderWay[] {
  const folds = new Map<number, FoldUnderWay>();
  const seen = new Set<string>();
  const open = (fold: number): FoldUnderWay => {
    const known = folds.get(fold) ?? { file: table.file, fold, parts: { train: [], tune: [], test: [], external: [] } };
    folds.set(fold, known);
    return known;
  };
  // External slides belong to no fold; they are kept with the first and collected at the end.
  const first = placements.find((p) => p.fold !== null)?.fold ?? number;
  for (const { id, part, fold } of placements) {
    const target = open(fold ?? first);
    for (const slide of resolve(id)) {
      const key = `${target.fold}/${part}/${slide}`;
      if (!seen.has(key)) target.parts[part].push(slide);
      seen.add(key);
    }
  }
  return [...folds.values()];
}

function isSame(a: FoldUnderWay, b: FoldUnderWay): boolean {
  const sorted = (f: FoldUnderWay): string =>
    canonicalJson(Object.fromEntries(Object.entries(f.parts).map(([part, slides]) => [part, [...slides].sort()])));
  return sorted(a) === sorted(b);
}

function assemble(
  folds: readonly FoldUnderWay[],
  inputs: ParsedSplit["inputs"],
  unknown: ReadonlySet<string>,
  kinds: ReadonlySet<IdKind>,
  cohort: readonly CohortRow[] | null,
): ParsedSplit {
  const external = [...new Set(folds.flatMap((f) => f.parts.external))];
  const listed = new Set(folds.flatMap((f) => Object.values(f.parts).flat()));
  const notes = [...kinds].filter((k) => k !== "slide").map((k) => `ids were matched by ${k.replace("-", " ")}`);
  return {
    split: {
      by: "file",
      folds: folds.map(({ fold, parts: { train, tune, test } }): Fold => ({ fold, train, tune, test })),
      external,
    },
    inputs,
    files: folds.map((f) => f.file),
    unknown: [...unknown],
    unlisted: (cohort ?? []).map((r) => r.slide).filter((s) => !listed.has(s)),
    notes,
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

function twoAccounts(a: FoldUnderWay, b: FoldUnderWay): Outcome<never> {
  return fail("bad-table", {
    expected: `one account of fold ${a.fold}`,
    received: `${a.file} and ${b.file}, which differ`,
    remedy: "give only one of them, or number the files by fold",
  });
}

function noFold(tables: readonly SplitTable[]): Outcome<never> {
  return fail("bad-table", {
    expected: "at least one table that divides slides",
    received: tables.length === 0 ? "no table" : tables.map((t) => t.file).join(", "),
    remedy: "give the files that list slides, for CLAM splits_0.csv rather than splits_0_descriptor.csv",
  });
}

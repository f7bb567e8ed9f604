/**
 * The split that an audit is about, on the rows of its cohort: split files, or else the columns of the cohort that divide it.
 * Ids that only the split files know take part as rows without a label; a file of which the cohort knows nobody is refused,
 * since every check would pass on it.
 */
import { type CohortRow, fail, type Outcome, ok, type SlideId } from "@nacre/core";
import { ownSplitOf, type ParsedSplit, parseSplitTables, strangersOf } from "@nacre/evaluation";
import { listed } from "../report/number-text.ts";
import type { Table } from "../study/table.ts";

/** A cohort that may be divided. */
export interface Divisible {
  readonly rows: readonly CohortRow[];
  readonly patientsUnknown: readonly SlideId[];
  /** Path of the cohort table; null where the split files are the cohort. */
  readonly file: string | null;
}

export interface PlacedSplit {
  /** Those of the cohort, and behind them the strangers. */
  readonly rows: readonly CohortRow[];
  readonly split: ParsedSplit | null;
  readonly strangers: readonly SlideId[];
  readonly patientsUnknown: readonly SlideId[];
  /** Columns of the cohort that were read as its split. */
  readonly columns: readonly string[];
  readonly derived: readonly string[];
  readonly notes: readonly string[];
}

/** Failures: those of `parseSplitTables`, and bad-table for a split file without one id that the cohort knows. */
export function placeSplits(splits: readonly Table[], cohort: Divisible): Outcome<PlacedSplit> {
  const { rows, patientsUnknown, file } = cohort;
  const own = file === null ? null : ownSplitOf(file, rows);
  if (splits.length === 0) return ok(ownPlaces(own, cohort));
  const none = { strangers: [], patientsUnknown, columns: own?.columns ?? [], derived: [] };
  const unused =
    own === null || own.table === null
      ? []
      : [`${columnsText(own.columns)} of the cohort not read as a split, since split files were given`];
  const first = parseSplitTables(splits, rows);
  if (!first.ok) return first;
  const { unknown, unmatched, notes } = first.value;
  if (unknown.length === 0) return ok({ ...none, rows, split: first.value, notes: [...unused, ...notes] });
  const patients = new Set(rows.map((r) => r.patient));
  const foreign = unmatched.find(({ ids }) => !strangersOf(ids, rows).rows.some((r) => patients.has(r.patient)));
  if (foreign !== undefined) return noneKnown(foreign, rows);
  const strangers = strangersOf(unknown, rows);
  const all = [...rows, ...strangers.rows];
  const split = parseSplitTables(splits, all);
  if (!split.ok) return split;
  return ok({
    ...none,
    rows: all,
    split: split.value,
    strangers: strangers.rows.map((r) => r.slide),
    patientsUnknown: [...patientsUnknown, ...strangers.patientsUnknown],
    notes: [...unused, ...split.value.notes],
  });
}

/** The split in the columns of the cohort, where it has one. What cannot be read as one is said, since nobody asked for it. */
function ownPlaces(own: ReturnType<typeof ownSplitOf> | null, { rows, patientsUnknown }: Divisible): PlacedSplit {
  const passed = own?.passedOver ?? [];
  const notes =
    passed.length === 0
      ? []
      : [
          `${columnsText(passed)} named like a split and not read as one: other words than parts in it; name split files with --splits`,
        ];
  const none = { rows, split: null, strangers: [], patientsUnknown, columns: [], derived: [], notes };
  if (own === null || own.table === null) return none;
  const parsed = parseSplitTables([own.table], rows);
  if (!parsed.ok) {
    const why = `${columnsText(own.columns)} not read as a split: expected ${parsed.failure.expected}, received ${parsed.failure.received}`;
    return { ...none, notes: [...notes, `${why}; name split files with --splits`] };
  }
  return {
    ...none,
    split: { ...parsed.value, inputs: [] },
    columns: own.columns,
    derived: [`split: ${columnsText(own.columns)} of the cohort, since no split file was given`],
    notes: [...notes, ...parsed.value.notes],
  };
}

function columnsText(columns: readonly string[]): string {
  return `${columns.length === 1 ? "column" : "columns"} ${listed(columns)}`;
}

function noneKnown(
  { file, ids }: { readonly file: string; readonly ids: readonly string[] },
  rows: readonly CohortRow[],
): Outcome<never> {
  return fail("bad-table", {
    expected: `slides, cases or patients of the cohort in ${file}, such as ${rows[0]?.slide ?? ""}`,
    received: `${ids.length === 1 ? "one id" : `${ids.length} ids`} that the cohort does not know, for example ${ids[0]}`,
    remedy: "give the cohort that was divided, or audit the split files alone",
  });
}

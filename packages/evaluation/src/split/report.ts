/** Who is in which part: the first table of an honest report. */
import type { ClassifyTask, CohortRow, Role, SlideId, Split } from "@nacre/core";
import type { SiteImbalance } from "./by-site.ts";
import type { UnusedSlide } from "./person.ts";

/** One part of one fold. `fold` is null for the external part, which all folds share. */
export interface PartCount {
  readonly part: Role;
  readonly fold: number | null;
  readonly patients: number;
  readonly slides: number;
  /** Patients of each site, label; a patient with two counts in both. Sorted by name. */
  readonly sites: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, number>>;
  /** First and last date, where the cohort has a column of that name. */
  readonly dates: { readonly first: string; readonly last: string } | null;
}

export interface SplitReport {
  readonly parts: readonly PartCount[];
  /** Slides in no part of any fold, with the reason. */
  readonly unused: readonly UnusedSlide[];
  /** Only for splits by site. */
  readonly imbalance: SiteImbalance | null;
  /** What a reader must know: sites joined, patients dropped, classes absent from a part. */
  readonly notes: readonly string[];
}

/** Counts of every part of a split. */
export function countParts(
  split: Split,
  cohort: readonly CohortRow[],
  task: ClassifyTask,
  dateColumn: string = "date",
): PartCount[] {
  const rowOf = new Map(cohort.map((r) => [r.slide, r]));
  const count = (part: Role, fold: number | null, slides: readonly SlideId[]): PartCount => {
    const rows = slides.map((s) => rowOf.get(s)).filter((r) => r !== undefined);
    return {
      part,
      fold,
      patients: new Set(rows.map((r) => r.patient)).size,
      slides: slides.length,
      sites: tally(rows, (r) => r.site),
      labels: inOrder(
        tally(rows, (r) => r.label),
        task.classes,
      ),
      dates: span(rows.map((r) => r.columns[dateColumn]?.trim() ?? "")),
    };
  };
  const parts = split.folds.flatMap((f) => [
    count("train", f.fold, f.train),
    count("tune", f.fold, f.tune),
    count("test", f.fold, f.test),
  ]);
  return split.external.length === 0 ? parts : [...parts, count("external", null, split.external)];
}

function tally(rows: readonly CohortRow[], key: (row: CohortRow) => string | null): Record<string, number> {
  const members = new Map<string, Set<string>>();
  for (const row of rows) {
    const name = key(row);
    if (name === null) continue;
    const set = members.get(name);
    if (set === undefined) members.set(name, new Set([row.patient]));
    else set.add(row.patient);
  }
  return Object.fromEntries([...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, set]) => [name, set.size]));
}

function inOrder(counts: Readonly<Record<string, number>>, classes: readonly string[]): Record<string, number> {
  return Object.fromEntries(classes.map((c) => [c, counts[c] ?? 0]));
}

function span(dates: readonly string[]): PartCount["dates"] {
  const known = dates.filter((d) => d !== "").sort();
  return known.length === 0 ? null : { first: known[0] as string, last: known.at(-1) as string };
}

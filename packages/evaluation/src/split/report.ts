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
  const indexOf = new Map(cohort.map((r, i) => [r.slide, i]));
  const patients = new Distinct(cohort, () => "");
  const sites = new Distinct(cohort, (r) => r.site);
  const labels = new Distinct(cohort, (r) => r.label);
  const count = (part: Role, fold: number | null, slides: readonly SlideId[]): PartCount => {
    const rows = Uint32Array.from(slides.map((s) => indexOf.get(s)).filter((i) => i !== undefined));
    return {
      part,
      fold,
      patients: patients.count(rows)[""] ?? 0,
      slides: slides.length,
      sites: sites.count(rows),
      labels: inOrder(labels.count(rows), task.classes),
      dates: span(rows, (i) => cohort[i]?.columns[dateColumn]?.trim() ?? ""),
    };
  };
  const parts = split.folds.flatMap((f) => [
    count("train", f.fold, f.train),
    count("tune", f.fold, f.tune),
    count("test", f.fold, f.test),
  ]);
  return split.external.length === 0 ? parts : [...parts, count("external", null, split.external)];
}

/**
 * Distinct patients of each value of a trait. A pair of patient and value has a number, and a stamp says in which count it was
 * met last: many counts over one large cohort need no set each.
 */
class Distinct {
  /** Of each row the pair, -1 without a value; of each pair its value. */
  readonly #pair: Int32Array;
  readonly #valueOf: number[] = [];
  readonly #values: string[];
  readonly #stamp: Uint32Array;
  #count = 0;

  constructor(cohort: readonly CohortRow[], traitOf: (row: CohortRow) => string | null) {
    const values = new Map<string, number>();
    const pairs = new Map<string, Map<number, number>>();
    this.#pair = Int32Array.from(cohort, (row) => {
      const trait = traitOf(row);
      if (trait === null) return -1;
      const value = values.get(trait) ?? values.size;
      values.set(trait, value);
      const own = pairs.get(row.patient) ?? new Map<number, number>();
      pairs.set(row.patient, own);
      const pair = own.get(value) ?? this.#valueOf.push(value) - 1;
      own.set(value, pair);
      return pair;
    });
    this.#values = [...values.keys()];
    this.#stamp = new Uint32Array(this.#valueOf.length);
  }

  /** Patients of each value among rows, the values sorted; absent values are left out. */
  count(rows: Uint32Array): Record<string, number> {
    const stamp = ++this.#count;
    const counts = new Uint32Array(this.#values.length);
    for (const row of rows) {
      const pair = this.#pair[row] as number;
      if (pair < 0 || this.#stamp[pair] === stamp) continue;
      this.#stamp[pair] = stamp;
      const value = this.#valueOf[pair] as number;
      counts[value] = (counts[value] as number) + 1;
    }
    const named = this.#values.map((name, v) => [name, counts[v] as number] as const).filter(([, n]) => n > 0);
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function inOrder(counts: Readonly<Record<string, number>>, classes: readonly string[]): Record<string, number> {
  return Object.fromEntries(classes.map((c) => [c, counts[c] ?? 0]));
}

function span(rows: Uint32Array, dateOf: (row: number) => string): PartCount["dates"] {
  let first: string | null = null;
  let last: string | null = null;
  for (const row of rows) {
    const date = dateOf(row);
    if (date === "") continue;
    if (first === null || date < first) first = date;
    if (last === null || date > last) last = date;
  }
  return first === null || last === null ? null : { first, last };
}

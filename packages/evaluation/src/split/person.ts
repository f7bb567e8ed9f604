/** The unit of every split: a person with all the slides that can be used. Nothing below this unit is ever divided. */
import type { ClassifyTask, CohortRow, SlideId } from "@nacre/core";

export interface Person {
  readonly id: string;
  /** Index into the classes: the most frequent label of the slides, the first class of equals. */
  readonly label: number;
  readonly rows: readonly CohortRow[];
  /** Sites of the slides, each once. */
  readonly sites: readonly string[];
}

/** A slide that no part may hold, and why. */
export interface UnusedSlide {
  readonly slide: SlideId;
  readonly reason: string;
}

/** The people of a cohort in order of first appearance, and the slides without a usable label. */
export function peopleOf(
  cohort: readonly CohortRow[],
  classes: readonly string[],
): { people: Person[]; unused: UnusedSlide[] } {
  const known = new Map(classes.map((name, i) => [name, i]));
  const groups = new Map<string, CohortRow[]>();
  const unused: UnusedSlide[] = [];
  for (const row of cohort) {
    if (row.label === null) unused.push({ slide: row.slide, reason: "no label" });
    else if (!known.has(row.label)) unused.push({ slide: row.slide, reason: `label ${row.label} is not a class` });
    else {
      const rows = groups.get(row.patient);
      if (rows === undefined) groups.set(row.patient, [row]);
      else rows.push(row);
    }
  }
  const people = [...groups].map(([id, rows]) => ({
    id,
    label: commonest(rows.map((r) => known.get(r.label ?? "") as number)),
    rows,
    sites: [...new Set(rows.map((r) => r.site).filter((s) => s !== null))],
  }));
  return { people, unused };
}

/** Slides of people, in their order. */
export function slidesOf(people: Iterable<Person>): SlideId[] {
  const slides: SlideId[] = [];
  for (const p of people) for (const r of p.rows) slides.push(r.slide);
  return slides;
}

/** People with each label, [k]. */
export function labelCounts(people: Iterable<Person>, classes: ClassifyTask["classes"]): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const p of people) counts[p.label] = (counts[p.label] as number) + 1;
  return counts;
}

function commonest(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([a, na], [b, nb]) => nb - na || a - b)[0]?.[0] as number;
}

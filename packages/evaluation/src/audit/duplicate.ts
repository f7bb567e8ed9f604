/** The same slide, or the same pixels, more than once. */
import { type CohortRow, groupBy, type SlideId } from "@nacre/core";
import { areSwapped } from "../cohort/swapped-column.ts";
import {
  type AuditContext,
  type AuditFold,
  BIT,
  type Example,
  type Finding,
  type FindingKind,
  patientsOf,
  shareOfTest,
} from "./finding.ts";

/** Slides that are listed more than once in the cohort; under two patients they are refused, whatever the parts. */
export function duplicateSlides(context: AuditContext): Finding[] {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const { slide } of context.cohort) {
    if (once.has(slide)) twice.add(slide);
    else once.add(slide);
  }
  const rows = context.cohort.filter((r) => twice.has(r.slide));
  const groups = [...groupBy(rows, (r) => r.slide).values()];
  const disputed = groups.filter((g) => patientsOf(g).size > 1);
  const others = groups.filter((g) => patientsOf(g).size === 1);
  return [
    ...disputedSlides(context, disputed),
    ...duplicateFindings(context, "duplicate-slide", others, "listed more than once"),
  ];
}

/** Slides that several patients claim. */
function disputedSlides(context: AuditContext, groups: readonly (readonly CohortRow[])[]): Finding[] {
  const [first] = groups;
  if (first === undefined) return [];
  const claimants = patientsOf(groups.flat());
  const isSwapped = areSwapped(context.cohort);
  return [
    {
      kind: "duplicate-slide",
      severity: "refuse",
      count: groups.length,
      share: shareOfTest(context, (p) => claimants.has(p)),
      examples: groups.slice(0, context.examples).map((g) => ({
        fold: null,
        patient: null,
        slides: [(g[0] as CohortRow).slide],
        note: `${(g[0] as CohortRow).slide} is listed under ${patientsOf(g).size} patients: ${[...patientsOf(g)].slice(0, 4).join(", ")}`,
      })),
      effect: isSwapped
        ? "The columns of slides and patients look swapped: every row has a patient of its own, and slides repeat, so patients are divided"
        : "One slide cannot be of two people, so nobody knows which patients are kept whole",
      remedy: isSwapped ? "rename the two columns, and audit again" : "correct the patient of each row",
    },
  ];
}

/** Slides of equal content. `groups` hold slide ids with one content hash. */
export function duplicatePixels(context: AuditContext, groups: readonly (readonly SlideId[])[]): Finding[] {
  return duplicateFindings(context, "duplicate-pixels", rowsOf(context, groups), "of identical content");
}

/** Pairs of slides whose features, or pictures, all but coincide. Never proof, so never refused. */
export function nearDuplicates(
  context: AuditContext,
  pairs: readonly (readonly [SlideId, SlideId])[],
  what: string,
): Finding[] {
  const found = duplicateFindings(context, "near-duplicate", rowsOf(context, pairs), what);
  return found.map((f) => ({ ...f, severity: f.severity === "refuse" ? "warn" : "info" }));
}

/** The rows of each group that the cohort holds; groups of which fewer than two are left say nothing. */
function rowsOf({ cohort }: AuditContext, groups: readonly (readonly SlideId[])[]): CohortRow[][] {
  const wanted = new Set(groups.flat());
  const rowOf = new Map(cohort.filter((r) => wanted.has(r.slide)).map((r) => [r.slide, r]));
  return groups.map((g) => g.map((s) => rowOf.get(s)).filter((r) => r !== undefined)).filter((g) => g.length > 1);
}

/** One finding for the groups that lie in two parts (refused) and one for the others (a warning). */
function duplicateFindings(
  context: AuditContext,
  kind: FindingKind,
  groups: readonly (readonly CohortRow[])[],
  what: string,
): Finding[] {
  if (groups.length === 0) return [];
  const outside = new Set(context.external.map((r) => r.slide));
  const touched = new Map<AuditFold, Set<string>>();
  const across = new Set<readonly CohortRow[]>();
  for (const fold of context.folds) {
    const here = new Set<string>();
    touched.set(fold, here);
    for (const group of groups) {
      const bits = group.reduce(
        (all, r) =>
          all |
          (fold.slideBits[context.index.rowOf.get(r.slide) ?? -1] ?? 0) |
          (outside.has(r.slide) ? BIT.external : 0),
        0,
      );
      if ((bits & (bits - 1)) === 0) continue;
      across.add(group);
      for (const r of group) here.add(r.patient);
    }
  }
  const within = groups.filter((g) => !across.has(g));
  const share = shareOfTest(context, (p, fold) => touched.get(fold)?.has(p) === true);
  return [
    ...findingOf(kind, [...across], { what: `${what}, in two parts`, isLeak: true, share, most: context.examples }),
    ...findingOf(kind, within, { what, isLeak: false, share: null, most: context.examples }),
  ];
}

function findingOf(
  kind: FindingKind,
  groups: readonly (readonly CohortRow[])[],
  {
    what,
    isLeak,
    share,
    most,
  }: { readonly what: string; readonly isLeak: boolean; readonly share: number | null; readonly most: number },
): Finding[] {
  if (groups.length === 0) return [];
  return [
    {
      kind,
      severity: isLeak ? "refuse" : "warn",
      count: new Set(groups.flat().map((r) => r.slide)).size,
      share,
      examples: groups.slice(0, most).map((g) => exampleOf(g, what)),
      effect: isLeak
        ? "What is reported on was learned from, so the number is too high"
        : "The same tissue counts more than once, so intervals are too narrow",
      remedy: "keep one slide of each group and leave the others out",
    },
  ];
}

function exampleOf(group: readonly CohortRow[], what: string): Example {
  const patients = [...new Set(group.map((r) => r.patient))];
  const slides = new Set(group.map((r) => r.slide));
  return {
    fold: null,
    patient: patients.length === 1 ? (patients[0] as string) : null,
    slides: group.slice(0, 8).map((r) => r.slide),
    note: `${slides.size === 1 ? `${slides.values().next().value} in ${group.length} rows` : `${group.length} slides ${what}`}${patients.length > 1 ? `, under ${patients.length} patients` : ""}`,
  };
}

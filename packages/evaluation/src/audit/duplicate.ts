/** The same slide, or the same pixels, more than once. */
import type { CohortRow, Role, SlideId } from "@nacre/core";
import {
  type AuditContext,
  type AuditFold,
  type Example,
  type Finding,
  type FindingKind,
  MAX_EXAMPLES,
  rolesOf,
  shareOfTest,
} from "./finding.ts";

/** Slides that are listed more than once in the cohort. */
export function duplicateSlides(context: AuditContext): Finding[] {
  const rows = new Map<string, CohortRow[]>();
  for (const row of context.cohort) {
    const known = rows.get(row.slide);
    if (known === undefined) rows.set(row.slide, [row]);
    else known.push(row);
  }
  const groups = [...rows.values()].filter((g) => g.length > 1);
  return duplicateFindings(context, "duplicate-slide", groups, "listed more than once");
}

/** Slides of equal content. `groups` hold slide ids with one content hash. */
export function duplicatePixels(context: AuditContext, groups: readonly (readonly SlideId[])[]): Finding[] {
  const rowOf = new Map(context.cohort.map((r) => [r.slide, r]));
  const known = groups
    .map((g) => g.map((s) => rowOf.get(s)).filter((r) => r !== undefined))
    .filter((g) => g.length > 1);
  return duplicateFindings(context, "duplicate-pixels", known, "of identical content");
}

/** Pairs of slides whose features, or pictures, all but coincide. Never proof, so never refused. */
export function nearDuplicates(
  context: AuditContext,
  pairs: readonly (readonly [SlideId, SlideId])[],
  what: string,
): Finding[] {
  const rowOf = new Map(context.cohort.map((r) => [r.slide, r]));
  const groups = pairs.map((p) => p.map((s) => rowOf.get(s)).filter((r) => r !== undefined));
  const found = duplicateFindings(
    context,
    "near-duplicate",
    groups.filter((g) => g.length > 1),
    what,
  );
  return found.map((f) => ({ ...f, severity: f.severity === "refuse" ? "warn" : "info" }));
}

/** One finding for the groups that lie in two parts (refused) and one for the others (a warning). */
function duplicateFindings(
  context: AuditContext,
  kind: FindingKind,
  groups: readonly (readonly CohortRow[])[],
  what: string,
): Finding[] {
  const outside = new Set(context.external.map((r) => r.slide));
  const touched = new Map<AuditFold, Set<string>>();
  const across = new Set<readonly CohortRow[]>();
  for (const fold of context.folds) {
    const roles = rolesOf(fold);
    const here = new Set<string>();
    touched.set(fold, here);
    for (const group of groups) {
      const parts = new Set<Role>(group.flatMap((r) => [...(roles.get(r.slide) ?? [])]));
      if (group.some((r) => outside.has(r.slide))) parts.add("external");
      if (parts.size < 2) continue;
      across.add(group);
      for (const r of group) here.add(r.patient);
    }
  }
  const within = groups.filter((g) => !across.has(g));
  const share = shareOfTest(context.folds, (p, fold) => touched.get(fold)?.has(p) === true);
  return [
    ...findingOf(kind, [...across], `${what}, in two parts`, { isLeak: true, share }),
    ...findingOf(kind, within, what, { isLeak: false, share: null }),
  ];
}

function findingOf(
  kind: FindingKind,
  groups: readonly (readonly CohortRow[])[],
  what: string,
  { isLeak, share }: { readonly isLeak: boolean; readonly share: number | null },
): Finding[] {
  if (groups.length === 0) return [];
  return [
    {
      kind,
      severity: isLeak ? "refuse" : "warn",
      count: new Set(groups.flat().map((r) => r.slide)).size,
      share,
      examples: groups.slice(0, MAX_EXAMPLES).map((g) => exampleOf(g, what)),
      effect: isLeak
        ? "What is reported on was learned from, so the number is too high"
        : "The same tissue counts more than once, so intervals are too narrow",
      remedy: "keep one slide of each group and leave the others out",
    },
  ];
}

function exampleOf(group: readonly CohortRow[], what: string): Example {
  const patients = [...new Set(group.map((r) => r.patient))];
  return {
    fold: null,
    patient: patients.length === 1 ? (patients[0] as string) : null,
    slides: group.slice(0, 8).map((r) => r.slide),
    note: `${group.length} slides ${what}${patients.length > 1 ? `, under ${patients.length} patients` : ""}`,
  };
}

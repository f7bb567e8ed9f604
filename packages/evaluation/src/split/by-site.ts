/** Folds of whole sites. Sites that share a patient are kept together, since the patient may not be divided either. */
import { fail, type Outcome, ok } from "@nacre/core";
import { counted } from "../cohort/table.ts";
import type { Person } from "./person.ts";
import { searchSiteFolds } from "./site-search.ts";

/** How far the folds are from even, and how far they had to be. */
export interface SiteImbalance {
  /** sum over labels and folds of (k n_lf - n_l)^2, in patients; 0 is even. */
  readonly objective: number;
  /** What no division of patients, sites ignored, can be below. */
  readonly lowerBound: number;
  /** True where the bound is met: no better division exists. False says nothing. */
  readonly optimal: boolean;
  /** Largest |k n_lf - n_l| / n_l: 0 even, 1 a fold with twice its due of a label or with none of it. */
  readonly worst: number;
}

export interface SiteDivision {
  /** Test people of each fold. */
  readonly parts: Person[][];
  /** Sites of each fold, sorted. */
  readonly sites: string[][];
  readonly imbalance: SiteImbalance;
  /** Sites joined because a patient has slides from each of them. */
  readonly joined: readonly (readonly string[])[];
}

/** Failures: `bad-value` (a person without a site), `bad-study` (more folds than sites). */
export function divideSites(
  people: readonly Person[],
  classCount: number,
  folds: number,
  seed: number,
): Outcome<SiteDivision> {
  const homeless = people.filter((p) => p.sites.length === 0);
  if (homeless.length > 0) {
    return fail("bad-value", {
      expected: "a site for every patient, since the split is by site",
      received: `${counted(homeless.length, "patient")} without one (first ${homeless[0]?.id})`,
      remedy: "fill the site column, or split by patient",
    });
  }
  const groups = siteGroups(people);
  if (groups.length < folds) return tooFewSites(groups, folds);
  const groupOf = new Map(groups.flatMap((sites, g) => sites.map((s) => [s, g] as const)));
  const counts = groups.map(() => new Array<number>(classCount).fill(0));
  for (const p of people) {
    const row = counts[groupOf.get(p.sites[0] as string) as number] as number[];
    row[p.label] = (row[p.label] as number) + 1;
  }
  const found = searchSiteFolds(counts, folds, seed);
  const parts: Person[][] = Array.from({ length: folds }, () => []);
  for (const p of people) parts[found.fold[groupOf.get(p.sites[0] as string) as number] as number]?.push(p);
  const sites: string[][] = Array.from({ length: folds }, () => []);
  for (const [g, names] of groups.entries()) sites[found.fold[g] as number]?.push(...names);
  return ok({
    parts,
    sites: sites.map((s) => s.sort()),
    imbalance: {
      objective: found.objective,
      lowerBound: found.lowerBound,
      optimal: found.objective === found.lowerBound,
      worst: worstDeviation(parts, classCount),
    },
    joined: groups.filter((g) => g.length > 1),
  });
}

/** Sites that must stay together, in sorted order; most groups hold one site. */
export function siteGroups(people: readonly Person[]): string[][] {
  const parent = new Map<string, string>();
  const root = (site: string): string => {
    let at = site;
    while (parent.get(at) !== at) at = parent.get(at) as string;
    return at;
  };
  for (const p of people) {
    for (const site of p.sites) if (!parent.has(site)) parent.set(site, site);
    for (const site of p.sites.slice(1)) parent.set(root(site), root(p.sites[0] as string));
  }
  const groups = new Map<string, string[]>();
  for (const site of [...parent.keys()].sort()) {
    const members = groups.get(root(site));
    if (members === undefined) groups.set(root(site), [site]);
    else members.push(site);
  }
  return [...groups.values()];
}

function tooFewSites(groups: readonly string[][], folds: number): Outcome<never> {
  const names = groups.map((g) => g.join(" + "));
  return fail("bad-study", {
    expected: `at most ${counted(groups.length, "fold")}, since a site is never divided and ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""} remain`,
    received: `folds: ${folds}`,
    remedy:
      groups.length >= 2
        ? `set folds to ${groups.length} or fewer, or leave fewer sites external`
        : "split by patient, or leave fewer sites external",
  });
}

function worstDeviation(parts: readonly Person[][], classCount: number): number {
  let worst = 0;
  for (let c = 0; c < classCount; c++) {
    const inFold = parts.map((people) => people.filter((p) => p.label === c).length);
    const total = inFold.reduce((a, b) => a + b, 0);
    if (total === 0) continue;
    for (const n of inFold) worst = Math.max(worst, Math.abs(parts.length * n - total) / total);
  }
  return worst;
}

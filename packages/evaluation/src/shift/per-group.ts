/**
 * Does one site or scanner score patients otherwise than the others? Distribution of the scores of each group against the
 * rest (or a named group): stability index and Kolmogorov-Smirnov distance, Holm over the groups. A shift is not yet a fault: a
 * site with sicker patients should score higher. To tell the two apart, give the patients of one label only.
 */
import { adjustKnown } from "../compare/multiplicity.ts";
import { type KsTest, kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { type StabilityIndex, stabilityIndex } from "./stability-index.ts";

export interface GroupScores {
  readonly group: string;
  /** Score of each patient of the group. */
  readonly scores: ArrayLike<number>;
}

export interface PerGroupOptions {
  /** The group all others are held against. Default: each group against the rest. */
  readonly reference?: string;
  /** Most bins of the stability index. Default 10. */
  readonly bins?: number;
  /** Default 0.05. */
  readonly level?: number;
}

export interface GroupShift {
  readonly group: string;
  readonly n: number;
  /** Mean score; null for a group without patients. */
  readonly mean: number | null;
  readonly stability: StabilityIndex;
  /** null where the group or its reference is empty. */
  readonly ks: KsTest | null;
  /** p of the Kolmogorov-Smirnov test, Holm over the groups. */
  readonly adjusted: number | null;
  /** True where `adjusted` is below the level. */
  readonly isShifted: boolean;
}

/**
 * One row for each group but the reference, in the order given.
 * @throws RangeError for an unknown reference, a group named twice or a score that is not a number
 */
export function perGroupShift(
  groups: readonly GroupScores[],
  { reference, bins = 10, level = 0.05 }: PerGroupOptions = {},
): GroupShift[] {
  expectGroups(groups, reference);
  const rows = groups
    .filter((g) => g.group !== reference)
    .map(({ group, scores }) => {
      const base = groups.filter((g) => (reference === undefined ? g.group !== group : g.group === reference));
      const against = joined(base);
      const n = scores.length;
      return {
        group,
        n,
        mean: n === 0 ? null : Array.from(scores).reduce((a, b) => a + b, 0) / n,
        stability: stabilityIndex(against, scores, bins),
        ks: kolmogorovSmirnov(scores, against),
      };
    });
  const adjusted = adjustKnown(rows.map((r) => r.ks?.p ?? null));
  return rows.map((r, i) => {
    const p = adjusted[i] as number | null;
    return { ...r, adjusted: p, isShifted: p !== null && p < level };
  });
}

function joined(groups: readonly GroupScores[]): Float64Array {
  const all = new Float64Array(groups.reduce((sum, g) => sum + g.scores.length, 0));
  let at = 0;
  for (const { scores } of groups) {
    all.set(scores, at);
    at += scores.length;
  }
  return all;
}

function expectGroups(groups: readonly GroupScores[], reference: string | undefined): void {
  const names = groups.map((g) => g.group);
  if (reference !== undefined && !names.includes(reference))
    throw new RangeError(`expected a reference among ${names.join(", ")}, received ${reference}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`expected every group once, received ${twice} twice; join its scores`);
  for (const { group, scores } of groups) {
    const at = Array.from(scores).findIndex((s) => !Number.isFinite(s));
    if (at >= 0)
      throw new RangeError(
        `expected a finite score, received ${scores[at]} at index ${at} of group ${group}; leave it out`,
      );
  }
}

/**
 * Does a number differ among groups of patients? The groups are different people, so their values are independent, each with
 * a bootstrap standard error. Cochran's Q (1954) = sum w (value - mean)^2, w = 1 / SE^2, is chi-squared where errors are
 * known; they are not, so p is that of Welch's F (1951), which is Q corrected for n - strata degrees of freedom in each group.
 * Chosen over permuting the membership: that asks whether scores are distributed alike, and so finds a shift of all
 * scores that leaves an AUROC as it was; it also needs samples that can be pooled. Each group is also held against the
 * weighted mean of the others (Student's t, Satterthwaite's degrees of freedom).
 */
import { studentQuantile } from "../distribution/quantile.ts";
import { fTail, studentTail } from "../distribution/tail.ts";
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import type { Metric, Sized } from "../metric/metric.ts";
import { deviation } from "./difference.ts";
import { type CompareOptions, type Judged, judge } from "./judge.ts";
import { adjustKnown } from "./multiplicity.ts";
import { defaultStrata } from "./same-patients.ts";

export interface GroupSample<S extends Sized> {
  readonly group: string;
  readonly sample: S;
}

export interface GroupDifference {
  readonly group: string;
  readonly n: number;
  readonly estimate: Estimate;
  /** This group minus the weighted mean of the others. */
  readonly againstRest: Estimate;
  /** Two-sided, for `againstRest`; null where it is undefined. */
  readonly p: number | null;
}

export interface SubgroupDifference {
  readonly groups: readonly GroupDifference[];
  /** Cochran's Q, null with fewer than two groups that have a standard error. */
  readonly q: number | null;
  /** One less than the groups tested. */
  readonly df: number;
  /** Of Welch's F. */
  readonly p: number | null;
  /** Unweighted mean over the groups that have a value: every group counts alike. */
  readonly average: Estimate;
  /** The group farthest from the perfect value, with its n; null where no group has a value. */
  readonly worst: { readonly group: string; readonly n: number; readonly estimate: Estimate } | null;
  /** Groups that took no part in the test, each with the reason. */
  readonly leftOut: readonly { readonly group: string; readonly reason: string }[];
}

interface Measured {
  readonly group: string;
  readonly n: number;
  readonly estimate: Estimate;
  readonly value: number;
  readonly error: number;
  /** Degrees of freedom behind the error. */
  readonly df: number;
}

type Shown = Pick<Measured, "group" | "n" | "estimate">;

/** Tests one metric among groups of different patients. A group without a standard error is left out and named. */
export function subgroupDifference<S extends Sized>(
  groups: readonly GroupSample<S>[],
  metric: Metric<S>,
  options: Omit<CompareOptions, "strata">,
): SubgroupDifference {
  const measured = groups.map(({ group, sample }) => {
    const [judged] = judge([sample], metric, options) as [Judged];
    const shown = { group, n: sample.n, estimate: judged.estimate };
    return { shown, tested: withError(shown, judged.replicates, new Set(defaultStrata(sample) ?? [0]).size) };
  });
  const judged = measured.map((m) => m.shown);
  const tested = measured.flatMap((m) => (m.tested === null ? [] : [m.tested]));
  const { q, p } = welch(tested);
  return {
    groups: judged.map((g) => ({ ...g, ...againstRest(g, tested, metric.title) })),
    q,
    df: Math.max(0, tested.length - 1),
    p,
    average: averageOf(judged, tested, metric.title),
    worst: worstOf(judged, metric.perfect),
    leftOut: judged
      .filter((g) => tested.every((t) => t.group !== g.group))
      .map((g) => ({ group: g.group, reason: g.estimate.reason ?? "too few patients for a standard error" })),
  };
}

export interface ColumnDifference {
  readonly column: string;
  readonly difference: SubgroupDifference;
}

export interface CorrectedColumn extends ColumnDifference {
  /** p of the column, Holm over all columns. */
  readonly adjusted: number | null;
  /** p of each group against the rest, in the order of the groups, Holm over all groups of all columns. */
  readonly groupsAdjusted: readonly (number | null)[];
}

/** Holm's correction over everything asked: the columns are one family, the groups of all columns another. */
export function correctSubgroups(columns: readonly ColumnDifference[]): CorrectedColumn[] {
  const byColumn = adjustKnown(columns.map((c) => c.difference.p));
  const byGroup = adjustKnown(columns.flatMap((c) => c.difference.groups.map((g) => g.p))).values();
  return columns.map((c, i) => ({
    ...c,
    adjusted: byColumn[i] as number | null,
    groupsAdjusted: c.difference.groups.map(() => byGroup.next().value as number | null),
  }));
}

/** Spread of the replicates, enlarged for what resampling within strata takes away; the width of a closed form where they all agree. */
function withError(shown: Shown, replicates: Float64Array | null, strata: number): Measured | null {
  const { value, low, high } = shown.estimate;
  const df = shown.n - strata;
  if (value === null || low === null || high === null || replicates === null || df < 1) return null;
  const spread = deviation(replicates.filter((v) => !Number.isNaN(v))) * Math.sqrt(shown.n / df);
  const error = spread > 0 ? spread : (high - low) / (2 * Z95);
  return error > 0 ? { ...shown, value, error, df } : null;
}

/** Mean weighted by 1 / SE^2, and its standard error. */
function pooled(groups: readonly Measured[]): { mean: number; error: number } {
  let sum = 0;
  let total = 0;
  for (const { value, error } of groups) {
    sum += value / error ** 2;
    total += 1 / error ** 2;
  }
  return { mean: sum / total, error: Math.sqrt(1 / total) };
}

function welch(groups: readonly Measured[]): { q: number | null; p: number | null } {
  const k = groups.length;
  if (k < 2) return { q: null, p: null };
  const { mean, error } = pooled(groups);
  const q = groups.reduce((sum, g) => sum + ((g.value - mean) / g.error) ** 2, 0);
  const lambda = groups.reduce((sum, g) => sum + (1 - (error / g.error) ** 2) ** 2 / g.df, 0);
  const f = q / (k - 1) / (1 + (2 * (k - 2) * lambda) / (k * k - 1));
  return { q, p: fTail(f, k - 1, (k * k - 1) / (3 * lambda)) };
}

function againstRest(
  { group, n }: { readonly group: string; readonly n: number },
  tested: readonly Measured[],
  title: string,
): { againstRest: Estimate; p: number | null } {
  const method = `${title}, group minus the weighted mean of the other groups; 95 % t interval`;
  const own = tested.find((t) => t.group === group);
  const others = tested.filter((t) => t.group !== group);
  if (own === undefined || others.length === 0) {
    const reason = own === undefined ? "the group has no standard error" : "no other group has a standard error";
    return { againstRest: undefinedEstimate(n, method, reason), p: null };
  }
  const rest = pooled(others);
  const value = own.value - rest.mean;
  const error = Math.hypot(own.error, rest.error);
  const restDf = others.reduce((sum, g) => sum + g.df, 0);
  const df = error ** 4 / (own.error ** 4 / own.df + rest.error ** 4 / restDf);
  const half = studentQuantile(0.975, df) * error;
  const estimate = { value, low: value - half, high: value + half, n, method };
  return { againstRest: estimate, p: Math.min(1, 2 * studentTail(Math.abs(value) / error, df)) };
}

function averageOf(groups: readonly Shown[], tested: readonly Measured[], title: string): Estimate {
  const method = `${title}, unweighted mean over groups; 95 % normal interval`;
  const known = groups.filter((g) => g.estimate.value !== null);
  const n = known.reduce((sum, g) => sum + g.n, 0);
  if (known.length === 0) return undefinedEstimate(n, method, "no group has a value");
  const value = known.reduce((sum, g) => sum + (g.estimate.value as number), 0) / known.length;
  if (tested.length < known.length) {
    return { value, low: null, high: null, n, method, reason: "a group has no standard error" };
  }
  const half = (Z95 * Math.hypot(...tested.map((t) => t.error))) / known.length;
  return { value, low: value - half, high: value + half, n, method };
}

function worstOf(groups: readonly Shown[], perfect: number): SubgroupDifference["worst"] {
  const distance = (g: { readonly estimate: Estimate }): number => Math.abs((g.estimate.value as number) - perfect);
  const known = groups.filter((g) => g.estimate.value !== null);
  return known.reduce<SubgroupDifference["worst"]>((w, g) => (w === null || distance(g) > distance(w) ? g : w), null);
}

/**
 * Shift per site and per scanner for a scorecard: are the scores of one group distributed otherwise than those of the rest? All patients
 * first, then those of one label at a time: a site with sicker patients scores higher with no fault of the model, but among patients of
 * one label a difference is the model's, or the scanner's.
 */
import type { ClassifyTask } from "@nacre/core";
import { positiveIndex } from "@nacre/core";
import type { PatientPrediction } from "../prediction.ts";
import { groupsOf, NOT_RECORDED } from "../subgroup.ts";
import { type GroupShift, perGroupShift } from "./per-group.ts";

/** Where a slide comes from. */
const COLUMNS = ["site", "scanner"] as const;
/** More groups than this are no list to read. */
const MOST_GROUPS = 60;

export interface ColumnShift {
  readonly column: string;
  /** Scores of the positive class of each group against all other groups; empty where `reason` says why. */
  readonly groups: readonly GroupShift[];
  /** The same among patients of one label; corrected over the groups of that label. */
  readonly withinLabel: readonly { readonly label: string; readonly groups: readonly GroupShift[] }[];
  /** Why nothing is compared; null where it is. */
  readonly reason: string | null;
}

/** One entry for site and scanner each; patients for whom it is not recorded are left out. */
export function shiftByColumn(patients: readonly PatientPrediction[], task: ClassifyTask): ColumnShift[] {
  const positive = positiveIndex(task);
  return COLUMNS.map((column) => {
    const known = groupsOf(patients, column).filter((g) => g.group !== NOT_RECORDED);
    const reason = reasonAgainst(known.length, column);
    if (reason !== null) return { column, groups: [], withinLabel: [], reason };
    const of = (label: number | null): GroupShift[] =>
      perGroupShift(known.map(({ group, members }) => ({ group, scores: scoresOf(members, { positive, label }) })));
    const withinLabel = task.classes.map((label, c) => ({ label, groups: of(c) }));
    return { column, groups: of(null), withinLabel, reason: null };
  });
}

/** Probability of the positive class of the patients of one label; of all where it is null. */
function scoresOf(
  members: readonly PatientPrediction[],
  { positive, label }: { readonly positive: number; readonly label: number | null },
): Float64Array {
  const scores = new Float64Array(members.length);
  let n = 0;
  for (const p of members) if (label === null || p.label === label) scores[n++] = p.probabilities[positive] as number;
  return scores.subarray(0, n);
}

function reasonAgainst(groups: number, column: string): string | null {
  if (groups === 0) return `no patient has a ${column}`;
  if (groups === 1) return `every patient is of one ${column}`;
  return groups > MOST_GROUPS ? `${groups} different values, more than ${MOST_GROUPS}` : null;
}

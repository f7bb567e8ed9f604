/** The split the audit would make instead: sites whole where that is possible, patients whole in any case. */
import { type ClassifyTask, type CohortRow, fail, type Outcome, ok, type Split } from "@nacre/core";
import { siteGroups } from "../split/by-site.ts";
import { nestedSplit } from "../split/nested.ts";
import { peopleOf } from "../split/person.ts";
import type { SplitReport } from "../split/report.ts";
import { splitCohort } from "../split/split-cohort.ts";

export type ProposalKind = "site" | "patient" | "time" | "nested";

export interface Proposal {
  readonly by: ProposalKind;
  /** Test parts that differ; a nested split meets each with as many inner folds. */
  readonly folds: number;
  /** Why this one, in one sentence. */
  readonly reason: string;
  readonly split: Split;
  readonly report: SplitReport;
}

export interface ProposalOptions {
  readonly seed: number;
  /** Default: by site where every patient has one, else by patient. */
  readonly by?: ProposalKind;
  /** The most folds. Default 5. */
  readonly folds?: number;
  readonly dateColumn?: string;
}

const TUNE = 0.2;

/**
 * The most folds, up to five, that keep two classes in every part: by site first, then by patient; or the kind that was asked
 * for. Failures: `one-class` (no division keeps two classes in every part), and those of `splitCohort` for the kind asked for.
 */
export function proposeSplit(
  cohort: readonly CohortRow[],
  task: ClassifyTask,
  { seed, by, folds = 5, dateColumn }: ProposalOptions,
): Outcome<Proposal> {
  const { people } = peopleOf(cohort, task.classes);
  const isSited = people.length > 0 && people.every((p) => p.sites.length > 0);
  const sites = isSited ? siteGroups(people).length : 0;
  const date = dateColumn === undefined ? {} : { dateColumn };
  const made = (kind: ProposalKind, most: number, reason: (report: SplitReport) => string): Outcome<Proposal> => {
    let failure: Outcome<Proposal> | null = null;
    for (let k = most; k >= (kind === "time" ? 1 : 2); k--) {
      const options = { task, folds: k, seed, ...date };
      const split =
        kind === "nested"
          ? nestedSplit(cohort, { ...options, by: isSited ? "site" : "patient", inner: Math.max(2, k - 1) })
          : splitCohort(cohort, { ...options, by: kind, tune: TUNE });
      if (split.ok) return ok({ by: kind, folds: k, reason: reason(split.value.report), ...split.value });
      failure ??= split;
    }
    return failure ?? nothing();
  };
  const bySite = (): Outcome<Proposal> =>
    made("site", Math.min(folds, sites), ({ imbalance }) => {
      const note = imbalance?.optimal ? "as even as any division of patients could be" : "as even as the search found";
      return `every site lies in one fold, so each number is about hospitals the model has not seen; ${note}`;
    });
  const byPatient = (reason: string): Outcome<Proposal> =>
    made("patient", Math.min(folds, people.length), () => reason);
  if (by === "time") {
    return made("time", folds, () => "each fold learns from earlier patients and is tested on later ones");
  }
  if (by === "nested") {
    const whole = isSited ? "sites" : "patients";
    return made("nested", Math.min(folds, isSited ? sites : people.length), () => {
      return `${whole} are whole in the outer and in the inner folds, so choices never see the part that is reported`;
    });
  }
  if (by === "site") return bySite();
  if (by === "patient") return byPatient("patients are kept whole");
  const sited = isSited ? bySite() : null;
  if (sited?.ok) return sited;
  const why = isSited
    ? "no division of the sites keeps two classes in every part"
    : "sites are not known for every patient";
  return byPatient(`${why}, so patients are kept whole`);
}

function nothing(): Outcome<never> {
  return fail("one-class", {
    expected: "patients of two classes for two folds or more",
    received: "too few patients or sites",
    remedy: "add patients, or ask for another kind of split",
  });
}

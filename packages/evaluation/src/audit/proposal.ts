/** The split the audit would make instead: sites whole where that is possible, patients whole in any case. */
import type { ClassifyTask, CohortRow, Split } from "@nacre/core";
import { siteGroups } from "../split/by-site.ts";
import { peopleOf } from "../split/person.ts";
import type { SplitReport } from "../split/report.ts";
import { splitCohort } from "../split/split-cohort.ts";

export interface Proposal {
  readonly by: "site" | "patient";
  readonly folds: number;
  /** Why this one, in one sentence. */
  readonly reason: string;
  readonly split: Split;
  readonly report: SplitReport;
}

/** The most folds, up to five, that keep two classes in every part: by site first, then by patient. Null where none does. */
export function proposeSplit(cohort: readonly CohortRow[], task: ClassifyTask, seed: number): Proposal | null {
  const { people } = peopleOf(cohort, task.classes);
  const isSited = people.length > 0 && people.every((p) => p.sites.length > 0);
  const most = isSited ? Math.min(5, siteGroups(people).length) : 0;
  for (let folds = most; folds >= 2; folds--) {
    const made = splitCohort(cohort, { task, by: "site", folds, tune: 0.2, seed });
    if (!made.ok) continue;
    const { imbalance } = made.value.report;
    const note = imbalance?.optimal ? "as even as any division of patients could be" : "as even as the search found";
    const reason = `every site lies in one fold, so each number is about hospitals the model has not seen; ${note}`;
    return { by: "site", folds, reason, ...made.value };
  }
  const why = isSited
    ? "no division of the sites keeps two classes in every part"
    : "sites are not known for every patient";
  for (let folds = Math.min(5, people.length); folds >= 2; folds--) {
    const made = splitCohort(cohort, { task, by: "patient", folds, tune: 0.2, seed });
    if (made.ok) return { by: "patient", folds, reason: `${why}, so patients are kept whole`, ...made.value };
  }
  return null;
}

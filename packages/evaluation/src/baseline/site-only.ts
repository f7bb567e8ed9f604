/** The baseline that stands beside every result: the label predicted from the hospital alone. */
import type { ClassifyTask, CohortRow } from "@nacre/core";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { peopleOf } from "../split/person.ts";
import { type BaselineOptions, columnBaseline } from "./column-baseline.ts";

/**
 * AUROC of the site alone in stratified folds over the labelled patients (with site-preserved folds it would be 0.5 by
 * construction). A patient of several sites counts under their joint name. Undefined where no site, or only one, is known.
 */
export function siteOnlyBaseline(cohort: readonly CohortRow[], task: ClassifyTask, options: BaselineOptions): Estimate {
  const known = peopleOf(cohort, task.classes).people.filter((p) => p.sites.length > 0);
  const cases = known.map((p) => ({ value: [...p.sites].sort().join(" + "), label: p.label }));
  const sites = new Set(cases.map((c) => c.value)).size;
  if (sites < 2) {
    const reason = sites === 0 ? "no site is known" : "all patients come from one site";
    return undefinedEstimate(cases.length, "AUROC of the site alone", reason);
  }
  return columnBaseline(cases, task.classes.length, options);
}

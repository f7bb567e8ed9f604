/** What a part of classes has beside its measures, as clauses: recalibration and triage. null where there is nothing to say. */
import { counted, decimal, estimateText, listed } from "../../report/number-text.ts";
import type { Estimate, PartScore } from "../../report/score.ts";

/** How the probabilities were recalibrated, on whom, and whether it helped. */
export function recalibrationText({ recalibration: r }: PartScore): string | null {
  if (r === null) return null;
  if (r.refused !== null) return `recalibration was not fitted: ${r.refused}`;
  const fitted = `recalibration tried on ${counted(r.tune.n, "tune patient")}, judged on ${counted(r.test.n, "other")}`;
  const methods = r.methods.flatMap(({ method, after }) => (after === null ? [] : [`${method} ${numbersText(after)}`]));
  return `${fitted}; as it is ${numbersText(r.before)}${methods.length === 0 ? "" : `; after ${methods.join("; after ")}`}`;
}

function numbersText({ ece, brier }: { readonly ece: Estimate; readonly brier: Estimate }): string {
  return `ECE ${estimateText(ece)} and Brier score ${estimateText(brier)}`;
}

/** Who needs no second look, at which target, and whether the thresholds were chosen on others. */
export function triageText({ triage }: PartScore): string | null {
  if (triage === null) return null;
  const { ruleOut, ruleIn } = triage;
  const zones = [ruleOut, ...(ruleIn === null ? [] : [ruleIn])].map((zone) =>
    zone.kind === "ready"
      ? zone.sentence
      : `no threshold for a ${zone.target.rate} of at least ${decimal(zone.target.least, 2)}: ${zone.reason}`,
  );
  const caution = triage.optimistic
    ? ` (optimistic: ${triage.optimisticBecause ?? "chosen on the same patients"})`
    : "";
  return `${listed(zones)}${caution}`;
}

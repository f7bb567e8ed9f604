/** What the scorecard says beside its main numbers, as sentences: calls, grades, recalibration, triage. null where there is nothing to say. */
import { BEYOND_NAMES } from "../../report/answers/measure-name.ts";
import { counted, decimal, estimateText, listed } from "../../report/number-text.ts";
import type { Estimate } from "../../report/score.ts";
import type { Known } from "../known.ts";
import { perPart } from "./score-fact.ts";

/** F1, MCC, log loss, sensitivity and specificity at 0.5 and their kin, part by part. */
export function moreFact(known: Known): string | null {
  return perPart(known.card, (part) => measuresText(part.more));
}

/** Agreement that counts how far a grade is off; only where the classes are grades. */
export function ordinalFact(known: Known): string | null {
  return perPart(known.card, (part) => (part.ordinal === null ? null : measuresText(part.ordinal)));
}

function measuresText(measures: Readonly<Record<string, Estimate>>): string | null {
  const said = Object.entries(measures).map(([name, e]) => `${BEYOND_NAMES[name] ?? name} ${estimateText(e)}`);
  return said.length === 0 ? null : said.join(", ");
}

/** How the probabilities were recalibrated, on whom, and whether it helped. */
export function recalibrationFact(known: Known): string | null {
  return perPart(known.card, ({ recalibration: r }) => {
    if (r === null) return null;
    if (r.refused !== null) return `recalibration was not fitted: ${r.refused}`;
    const fitted = `recalibration tried on ${counted(r.tune.n, "tune patient")}, judged on ${counted(r.test.n, "other")}`;
    const methods = r.methods.flatMap(({ method, after }) =>
      after === null ? [] : [`${method} ${numbersText(after)}`],
    );
    return `${fitted}; as it is ${numbersText(r.before)}${methods.length === 0 ? "" : `; after ${methods.join("; after ")}`}`;
  });
}

function numbersText({ ece, brier }: { readonly ece: Estimate; readonly brier: Estimate }): string {
  return `ECE ${estimateText(ece)} and Brier score ${estimateText(brier)}`;
}

/** Who needs no second look, at which target, and whether the thresholds were chosen on others. */
export function triageFact(known: Known): string | null {
  return perPart(known.card, ({ triage }) => {
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
  });
}

/** What the scorecard says beside its main numbers, as sentences: calls, grades, recalibration, triage. null where there is nothing to say. */
import type { Known } from "../known.ts";
import { measuresText, perPart } from "./per-part.ts";

/** F1, MCC, log loss, sensitivity and specificity at 0.5 and their kin; of other answers what their kind has; part by part. */
export function moreFact(known: Known): string | null {
  return perPart(known, (part) => measuresText(part.beside));
}

/** Agreement that counts how far a grade is off; only where the classes are grades. */
export function ordinalFact(known: Known): string | null {
  return perPart(known, (part) => measuresText(part.grades));
}

/** Tests and references beside the measures. */
export function remarkFact(known: Known): string | null {
  return perPart(known, ({ remarks }) => (remarks.length === 0 ? null : remarks.join("; ")));
}

/** How the probabilities were recalibrated, on whom, and whether it helped. */
export function recalibrationFact(known: Known): string | null {
  return perPart(known, (part) => part.recalibration);
}

/** Who needs no second look, at which target, and whether the thresholds were chosen on others. */
export function triageFact(known: Known): string | null {
  return perPart(known, (part) => part.triage);
}

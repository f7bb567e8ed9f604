/** On whom the calibration of each fold was fitted, and that in words that stand beside the numbers. */
import type { CalibrationChoice } from "./choose.ts";
import type { TuneSource } from "./tuned-fold.ts";

/** A part, with the number of patients of each class. */
export interface CalibrationPart {
  readonly n: number;
  readonly classes: Readonly<Record<string, number>>;
}

export interface CalibrationFold {
  /** null: the rows name no fold. */
  readonly fold: number | null;
  readonly from: TuneSource;
  /** Patients fitted on and judged on. */
  readonly tune: CalibrationPart;
  readonly test: CalibrationPart;
  /** Why nothing was fitted; null where it was. */
  readonly refused: string | null;
  /** What its tune part alone chose; null where nothing was fitted. */
  readonly choice: CalibrationChoice | null;
}

/** On whom each fold was fitted, and whom it was applied to. */
export function ruleOf(folds: readonly CalibrationFold[], judged: number): string {
  const [first] = folds;
  if (first === undefined) return "not fitted: no tune patient";
  if (folds.length > 1) {
    const sizes = folds.map((f) => f.tune.n);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    const patients = least === most ? `${least}` : `${least} to ${most}`;
    return (
      `fitted fold by fold on the tune patients of the fold (${patients}), predicted by its own model, and applied to the ${judged} patients which that model judged: ` +
      "no label reaches a probability of its own patient"
    );
  }
  if (first.from !== "all-folds") return `fitted on ${first.tune.n} tune patients, judged on ${judged} others`;
  return (
    `fitted on the ${first.tune.n} tune patients of all folds, each predicted by the model of its own fold, and judged on ${judged} others, ` +
    "predicted by the mean of the models, which can be less sure of itself than each of them"
  );
}

/** Which folds have no fit and why; null where all have one. */
export function whereRefused(folds: readonly CalibrationFold[]): string | null {
  const refused = folds.filter((f) => f.refused !== null);
  const [first, ...more] = refused;
  if (first === undefined) return null;
  const where = folds.length === 1 ? "" : `fold ${first.fold ?? "(none)"}: `;
  const others = more.length === 0 ? "" : `; and ${more.length} more of ${folds.length} folds`;
  return `${where}${first.refused}${others}`;
}

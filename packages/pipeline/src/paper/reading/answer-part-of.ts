/** What readings of risks, numbers and labels share: the part as every kind has it, and the verdict. */
import type { AnswerScore } from "../../judge/judge-answers.ts";
import { partsOf } from "../../report/answers/answer-part.ts";
import { lead } from "../../report/answers/score-section.ts";
import { estimateText } from "../../report/number-text.ts";
import type { Estimate } from "../../report/score.ts";
import type { AnswerCard } from "../known.ts";
import type { Baseline, ReadingPart } from "./reading.ts";
import { meanPool } from "./wording.ts";

type Shared = Pick<
  ReadingPart,
  "role" | "n" | "unlabelled" | "bags" | "headline" | "groups" | "folds" | "grades" | "recalibration" | "triage"
>;

/** Counts, headline, groups and folds; nothing that classes alone have. */
export function sharedPart(score: AnswerScore, role: ReadingPart["role"]): Shared {
  const { n, unlabelled, bags, subgroups, folds, measures, headline } = score;
  return {
    role,
    n,
    unlabelled,
    bags,
    headline: measures[headline] as Estimate,
    groups: subgroups,
    folds,
    grades: [],
    recalibration: null,
    triage: null,
  };
}

/** The mean pool, where the card is of a run. */
export function answerBaselines({ baselines }: Pick<AnswerCard, "baselines">): Baseline[] | null {
  return baselines === undefined ? null : [meanPool(baselines.meanPool)];
}

/** What the report says first, and how the plainest model does. */
export function answerVerdict(card: Pick<AnswerCard, "internal" | "external" | "baselines">): string {
  const pool = card.baselines?.meanPool;
  const rival = pool?.external ?? pool?.internal ?? null;
  const where = pool?.external ? "external" : "internal";
  const beside =
    rival === null
      ? ""
      : ` Averaging all tiles with a linear head gives ${estimateText(rival)} on the same ${where} patients.`;
  return `${lead(partsOf(card), card)}${beside}`;
}

/** The parts of a scorecard of risks, numbers or labels that hold patients, as a page names and draws them. */
import type { AnswerScore } from "../../judge/judge-answers.ts";

export interface AnswerPart<Score> {
  readonly name: "External" | "Internal";
  readonly role: "external" | "internal";
  readonly score: Score;
}

/** External first; a part without a patient is absent. */
export function partsOf<Score extends AnswerScore>(card: {
  readonly internal: Score;
  readonly external: Score | null;
}): AnswerPart<Score>[] {
  const { internal, external } = card;
  const isEmpty = internal.n === 0 && internal.unlabelled === 0;
  return [
    ...(external === null ? [] : [{ name: "External", role: "external", score: external } as const]),
    ...(isEmpty ? [] : [{ name: "Internal", role: "internal", score: internal } as const]),
  ];
}

/** The parts whose score is of this kind; all of a scorecard are of one. */
export function partsOfKind<K extends AnswerScore["kind"]>(
  parts: readonly AnswerPart<AnswerScore>[],
  kind: K,
): AnswerPart<Extract<AnswerScore, { readonly kind: K }>>[] {
  return parts.flatMap((p) =>
    p.score.kind === kind ? [{ ...p, score: p.score as Extract<AnswerScore, { readonly kind: K }> }] : [],
  );
}

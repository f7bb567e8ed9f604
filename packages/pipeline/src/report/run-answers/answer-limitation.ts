/** Limitations of a run of risks, numbers or labels: those it hands in, and those its numbers show. */
import type { AnswerScorecard } from "../../judge/judge-answers.ts";
import { counted, listed } from "../number-text.ts";
import type { ReportData } from "../report-data.ts";
import { FEW } from "../verdict.ts";

type Judged = Pick<AnswerScorecard, "task" | "internal" | "external">;

/** @param cards by the name of the question, "" where there is one */
export function answerLimitations(data: ReportData, cards: readonly (readonly [string, Judged])[]): string[] {
  const kinds = new Set(cards.map(([, card]) => card.task.kind));
  const told = data.audit.findings.filter((f) => f.kind === "column-predicts-label" && f.severity !== "info");
  const columns = [...new Set(told.map((f) => f.column ?? "a column"))];
  return [
    ...data.limitations,
    ...(data.synthetic
      ? [
          "Slides of this study are synthetic: tissue, stain and scanner are drawn by a program. No number here is clinical performance.",
        ]
      : []),
    ...cards.flatMap(([name, card]) => sizeLimits(name === "" ? "" : `${name}: `, card)),
    ...(data.parts.some((p) => p.part === "external")
      ? []
      : ["No external site: nothing here says how the model does elsewhere."]),
    ...(columns.length === 0
      ? []
      : [
          `The answer can be guessed without pixels from ${listed(columns)}; the model may have learned that instead of the tissue.`,
        ]),
    ...(kinds.has("survive")
      ? [
          "Whoever was lost from sight is taken to fare like those who stayed. Risks order patients; they are no probabilities, and no time of an event is foretold.",
        ]
      : []),
    "Attention says where the model put its weight and contribution what each tile added to the prediction. Neither is a cause, nor an annotation, and no pathologist has checked them.",
    "Labels are taken as they stand in the table; errors in them limit every number here.",
    "Research use only. This is not a medical device, and nothing here supports a decision about a patient.",
  ];
}

function sizeLimits(before: string, { internal, external }: Judged): string[] {
  return [internal, external].flatMap((part, i) => {
    if (part === null) return [];
    const events = part.kind === "survive";
    const n = events ? part.events : part.n;
    const where = i === 0 ? "internal" : "external";
    return n >= FEW
      ? []
      : [
          `${before === "" ? "The" : `${before}the`} ${where} part has ${counted(n, events ? "event" : "patient")}; at least ${FEW} are usually advised.`,
        ];
  });
}

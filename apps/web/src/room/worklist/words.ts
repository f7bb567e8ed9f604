/** The words of triage and of a case's state, and their tones. */
import type { CasePrediction, CaseState, TriageGroup } from "@nacre/api";
import type { Tone } from "../ui/index.ts";

interface Word {
  readonly title: string;
  readonly tone: Tone;
  readonly says: string;
}

export const TRIAGE: Readonly<Record<TriageGroup, Word>> = {
  "rule-in": { title: "Rule-in", tone: "bad", says: "at or above the rule-in threshold: read first" },
  unsure: { title: "You decide", tone: "warn", says: "the thresholds do not decide: a person does" },
  abstained: {
    title: "Look yourself",
    tone: "info",
    says: "no answer to go by: a slide failed, or the model gave none",
  },
  "rule-out": { title: "Rule-out", tone: "good", says: "below the rule-out threshold" },
  none: { title: "No answer yet", tone: "neutral", says: "no run has answered this case" },
};

export const STATE: Readonly<Record<CaseState, Word>> = {
  new: { title: "New", tone: "neutral", says: "nobody has taken it" },
  open: { title: "Open", tone: "info", says: "somebody is reading it" },
  drafted: { title: "Drafted", tone: "warn", says: "a report is begun" },
  signed: { title: "Signed", tone: "good", says: "the report is signed" },
};

export const TRIAGE_GROUPS = ["rule-in", "unsure", "abstained", "rule-out", "none"] as const satisfies TriageGroup[];
export const CASE_STATES = ["new", "open", "drafted", "signed"] as const satisfies CaseState[];

/** The answer that stands for a prediction: of the positive class, else the likeliest, else the only number. */
export function headline(prediction: CasePrediction): CasePrediction["answers"][number] | null {
  const { answers, positive } = prediction;
  const named = answers.find((answer) => answer.name === positive);
  if (named !== undefined) return named;
  if (answers.length === 0) return null;
  return answers.reduce((best, answer) => (answer.value > best.value ? answer : best));
}

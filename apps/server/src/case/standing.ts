/**
 * Where a case stands in the worklist, from a model's answer and the run's judgement. In the order of need:
 * ruled in (most likely first), then what is left to a person, then what no model could answer, then what was ruled out.
 * Where no rule-in threshold is used, what is left to a person may be surely positive: the likeliest go first. Where there is one, the rest
 * lies between two thresholds, and the least sure go first.
 */
import { type TriageGroup, writeHeld, writeNumber, writeProbability } from "@nacre/api";
import type { Judgement } from "./judgement.ts";

export { judgementOf } from "./judgement.ts";

export interface Answered {
  readonly answers: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: "probability" | "number" | "risk";
  }[];
  /** Class reported as positive; null: the judgement's, or none. */
  readonly positive: string | null;
  /** Fold whose model answered: a patient of the test part is held against that fold's thresholds. */
  readonly fold?: number | null;
}

export interface Standing {
  readonly triage: TriageGroup;
  /** 0 to 1. Ruled in 0.8 and above, left to a person 0.5 to 0.8, unanswered 0.4, ruled out below 0.2. */
  readonly need: number;
  readonly why: string;
  /** The number that `order: "value"` sorts by; null where there is no one number. */
  readonly value: number | null;
}

/** Needs of the cases that no model's answer ranks. */
export const NEED_UNANSWERED = 0.4;
export const NEED_NO_RUN = 0.3;

export function standing({ answers, positive, fold }: Answered, judgement: Judgement): Standing {
  if (answers.length === 0 || answers.some(({ value }) => !Number.isFinite(value))) {
    return { triage: "abstained", need: NEED_UNANSWERED, why: "The model gave no answer: look yourself.", value: null };
  }
  switch (kindOf(answers, judgement.task ?? null)) {
    case "classify":
      return ofClasses(answers, positive ?? judgement.positive, { judgement, fold: fold ?? null });
    case "ordinal":
      return ofGrades(answers);
    case "multilabel":
      return ofLabels(answers);
    case "survive":
      return ofRisk(answers);
    case "regress":
      return ofNumber(answers);
    case "multitask":
      return unordered(
        `${answers.length} numbers answer several questions, which have no common order: look yourself.`,
      );
  }
}

type Answer = Answered["answers"][number];
type Kind = "classify" | "ordinal" | "multilabel" | "survive" | "regress" | "multitask";
const KINDS: readonly string[] = ["classify", "ordinal", "multilabel", "survive", "regress", "multitask"];

function kindOf(answers: readonly Answer[], said: string | null): Kind {
  if (said !== null && KINDS.includes(said)) return said as Kind;
  const units = new Set(answers.map(({ unit }) => unit));
  if (units.size > 1) return "multitask";
  if (units.has("risk")) return "survive";
  if (units.has("number")) return "regress";
  const sum = answers.reduce((total, { value }) => total + value, 0);
  return Math.abs(sum - 1) < 0.01 ? "classify" : "multilabel";
}

interface Held {
  readonly judgement: Judgement;
  readonly fold: number | null;
}

function ofClasses(answers: readonly Answer[], positive: string | null, { judgement, fold }: Held): Standing {
  const asked = answers.find(({ name }) => name === positive);
  if (asked === undefined || answers.length > 2) return ofManyClasses(answers, asked ?? null);
  const p = asked.value;
  const { ruleOut, ruleIn } = thresholdsFor(judgement, fold);
  const basis = judgement.basis ?? { ruleOut: "no rule-out is known", ruleIn: "no rule-in is known" };
  if (ruleIn !== null && p >= ruleIn) {
    const [said, at] = writeHeld(p, [ruleIn]);
    const why = `${asked.name} ${said}, at or above the rule-in threshold ${at} (${basis.ruleIn}).`;
    return { triage: "rule-in", need: 0.8 + 0.2 * clamp(p), why, value: p };
  }
  if (ruleOut !== null && p < ruleOut) {
    const [said, at] = writeHeld(p, [ruleOut]);
    const why = `${asked.name} ${said}, below the rule-out threshold ${at} (${basis.ruleOut}).`;
    return { triage: "rule-out", need: 0.2 * clamp(p) * 0.999, why, value: p };
  }
  const rank = ruleIn === null ? clamp(p) : unsureness(p, ruleOut ?? 0, ruleIn);
  const why = `${asked.name} ${leftOpen(p, ruleOut, ruleIn) ?? `${writeProbability(p)}; left to a person (${basis.ruleOut})`}.`;
  return { triage: "unsure", need: unsureNeed(rank), why, value: p };
}

/** Which thresholds left the answer to a person; null where there are none. */
function leftOpen(p: number, ruleOut: number | null, ruleIn: number | null): string | null {
  const held = [ruleOut, ruleIn].filter((at) => at !== null);
  const [said, first, second] = writeHeld(p, held);
  if (ruleOut !== null && ruleIn !== null)
    return `${said}; between the thresholds ${first} and ${second}: left to a person`;
  if (ruleOut !== null) return `${said}; not below the rule-out threshold ${first}: left to a person`;
  return ruleIn === null ? null : `${said}; below the rule-in threshold ${first}: left to a person`;
}

/** Those of the fold that answered, where it has its own. */
function thresholdsFor(
  { ruleOut, ruleIn, folds }: Judgement,
  fold: number | null,
): { ruleOut: number | null; ruleIn: number | null } {
  if (fold === null || folds === undefined) return { ruleOut, ruleIn };
  // Folds without a number: one threshold for the whole test part.
  return folds.find((f) => f.fold === fold) ?? folds.find((f) => f.fold === null) ?? { ruleOut: null, ruleIn: null };
}

/** 1 in the middle between two thresholds, 0 at either. */
function unsureness(p: number, low: number, high: number): number {
  if (high <= low) return 1;
  return clamp(1 - Math.abs((2 * (p - low)) / (high - low) - 1));
}

function ofManyClasses(answers: readonly Answer[], asked: Answer | null): Standing {
  const best = answers.reduce((a, b) => (b.value > a.value ? b : a));
  const why = `Most likely ${best.name} (${writeProbability(best.value)}); several classes have no thresholds, so it is left to a person, the least sure first.`;
  return {
    triage: "unsure",
    need: unsureNeed(clamp(1 - best.value) / (1 - 1 / Math.max(2, answers.length))),
    why,
    value: asked?.value ?? best.value,
  };
}

function ofGrades(answers: readonly Answer[]): Standing {
  const grade = answers.reduce((sum, { value }, at) => sum + value * at, 0);
  const best = answers.reduce((a, b) => (b.value > a.value ? b : a));
  const why = `Most likely ${best.name} (${writeProbability(best.value)}); left to a person, the highest grades first.`;
  return { triage: "unsure", need: unsureNeed(grade / Math.max(1, answers.length - 1)), why, value: grade };
}

function ofLabels(answers: readonly Answer[]): Standing {
  const best = answers.reduce((a, b) => (b.value > a.value ? b : a));
  const why = `Likeliest of ${answers.length} labels: ${best.name} (${writeProbability(best.value)}); left to a person.`;
  return { triage: "unsure", need: unsureNeed(best.value), why, value: best.value };
}

function ofRisk([first]: readonly Answer[]): Standing {
  const risk = (first as Answer).value;
  const why = `Risk ${writeNumber(risk)}: higher risks go first; a risk has no thresholds, so it is left to a person.`;
  return { triage: "unsure", need: unsureNeed(1 / (1 + Math.exp(-risk))), why, value: risk };
}

function ofNumber([first]: readonly Answer[]): Standing {
  const { name, value } = first as Answer;
  return {
    ...unordered(
      `${name} ${writeNumber(value)}: whether high or low needs somebody sooner is not known; left to a person.`,
    ),
    value,
  };
}

function unordered(why: string): Standing {
  return { triage: "unsure", need: unsureNeed(0.5), why, value: null };
}

function unsureNeed(rank: number): number {
  return 0.5 + 0.299 * clamp(rank);
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}

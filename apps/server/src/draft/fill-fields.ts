/** What a machine may write into a draft, each value with where it comes from. It stays marked until a person confirms or rewrites it. */
import type { CasePrediction, DraftField } from "@nacre/api";
import { emptyField, type Template, type TemplateField } from "./template.ts";

export interface Known {
  readonly slides: number;
  readonly failedSlides: number;
  /** null: no run answered, or none is to be used. */
  readonly prediction: CasePrediction | null;
  /** Tiles that weighed most: slide's name and level-0 place. */
  readonly tiles: readonly { readonly slide: string; readonly x: number; readonly y: number }[];
}

export function fillFields(template: Template, known: Known): DraftField[] {
  return template.fields.map((field) => {
    const filled = filledWith(field, known);
    return filled === null ? emptyField(field) : { ...emptyField(field), ...filled, origin: "machine" };
  });
}

type Filled = Pick<DraftField, "value" | "evidence">;

function filledWith({ fill, choices }: TemplateField, known: Known): Filled | null {
  if (fill === undefined) return null;
  if (fill === "slides") {
    const read = known.slides - known.failedSlides;
    if (known.slides === 0) return null;
    return { value: read, evidence: `${read} of ${known.slides} slides of the case could be read` };
  }
  const { prediction } = known;
  if (prediction === null || prediction.answers.length === 0) return null;
  if (fill === "answer")
    return { value: `${prediction.text}. ${prediction.calibration}`, evidence: source(prediction, known) };
  const value = choiceOf(prediction, choices ?? [], fill.choice);
  return value === null ? null : { value, evidence: `${prediction.text}; ${source(prediction, known)}` };
}

/** The choice that is called as the likeliest class is. A class that is less likely than all others together is no suggestion. */
function choiceOf(
  { answers, task }: CasePrediction,
  choices: readonly string[],
  others: Readonly<Record<string, string>>,
): string | null {
  if (task !== "classify" && task !== "ordinal") return null;
  const best = answers.reduce((a, b) => (b.value > a.value ? b : a));
  if (best.unit !== "probability" || best.value <= 0.5) return null;
  const called = best.name.toLowerCase().replaceAll("_", " ").trim();
  const other = Object.hasOwn(others, called) ? others[called] : undefined;
  return other ?? choices.find((choice) => choice.toLowerCase() === called) ?? null;
}

function source({ study, part, fold, synthetic }: CasePrediction, { tiles, failedSlides, slides }: Known): string {
  const where = tiles.slice(0, 3).map(({ slide, x, y }) => `${slide} at ${Math.round(x)}, ${Math.round(y)}`);
  return [
    `study ${study}, ${part} part${fold === null ? "" : `, model of fold ${fold}`}`,
    ...(where.length === 0 ? [] : [`tiles that weighed most: ${where.join("; ")}`]),
    ...(failedSlides === 0 ? [] : [`${failedSlides} of ${slides} slides could not be read`]),
    ...(synthetic ? ["synthetic data"] : []),
  ].join("; ");
}

/** A slide's label and prediction in words: label, probability of the class that matters, right or wrong. */
import { decimal } from "./number-text.ts";
import type { Asked, SlideEntry } from "./report-data.ts";

/**
 * The class a slide is called, by the referee's rule: of two classes the positive one at 0.5 or more, of more the one of highest
 * probability, the first of equals. null without a prediction.
 */
export function predictedClass(slide: SlideEntry, asked: Asked): { name: string; probability: number } | null {
  const p = slide.probabilities;
  if (p === null || p.length === 0) return null;
  if (p.length !== asked.classes.length) {
    throw new TypeError(
      `expected ${asked.classes.length} probabilities for ${slide.slide}, received ${p.length}; give one a class, in the order of the classes`,
    );
  }
  let best = p.length === 2 ? callOfTwo(p, asked) : 0;
  if (p.length > 2) for (let i = 1; i < p.length; i++) if ((p[i] as number) > (p[best] as number)) best = i;
  return { name: asked.classes[best] as string, probability: p[best] as number };
}

function callOfTwo(p: readonly number[], asked: Asked): number {
  const positive = asked.classes.indexOf(asked.positive);
  return (p[positive] as number) >= 0.5 ? positive : 1 - positive;
}

/** Probability of the positive class of two; null otherwise. */
export function positiveProbability(slide: SlideEntry, asked: Asked): number | null {
  return slide.probabilities?.[asked.classes.indexOf(asked.positive)] ?? null;
}

/** "fold 0, test", "external", "" where the slide is in no part. */
export function partText(slide: SlideEntry): string {
  if (slide.part === null) return "";
  return slide.fold === null ? slide.part : `fold ${slide.fold}, ${slide.part}`;
}

/** "external · label mutant · called mutant (probability 0.91)". */
export function outcomeText(slide: SlideEntry, asked: Asked): string {
  const predicted = predictedClass(slide, asked);
  const said =
    slide.answer ??
    (predicted === null ? "no prediction" : `called ${predicted.name} (probability ${decimal(predicted.probability)})`);
  const wrong = predicted !== null && slide.label !== null && predicted.name !== slide.label ? " · not the label" : "";
  return [partText(slide), slide.site === null ? "" : `from ${slide.site}`, `label ${slide.label ?? "missing"}`, said]
    .filter((t) => t !== "")
    .join(" · ")
    .concat(wrong);
}

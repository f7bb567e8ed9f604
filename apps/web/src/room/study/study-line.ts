/** Where in a study's text a failure points, and a text to begin with. */
import type { ApiFailure } from "@nacre/api";

/** Line from 1, or null where the failure names none: a parser's own "line 3", or the line of the key that is named. */
export function lineOf(failure: Pick<ApiFailure, "expected" | "received">, text: string): number | null {
  const told = /\bline (\d+)/.exec(`${failure.received} ${failure.expected}`)?.[1];
  if (told !== undefined) return Number(told);
  const keys = /^([\w-]+(?:[.[][\w\]-]+)*)\b/.exec(failure.expected)?.[1]?.split(/[.[\]]+/) ?? [];
  const lines = text.split("\n");
  // The innermost key that the text has; a key that is wanting belongs to the one around it.
  for (const key of keys.filter((word) => /^[a-z]/i.test(word)).reverse()) {
    const at = lines.findIndex((line) => new RegExp(`^[\\s{-]*${key}\\s*:|[{,]\\s*${key}\\s*:`).test(line));
    if (at >= 0) return at + 1;
  }
  return null;
}

/** Where a line stands in the text, from and to, in characters. */
export function spanOfLine(text: string, line: number): readonly [number, number] {
  const lines = text.split("\n");
  const from = lines.slice(0, line - 1).reduce((sum, own) => sum + own.length + 1, 0);
  return [from, from + (lines[line - 1]?.length ?? 0)];
}

/** A study of two classes, to be filled in. */
export function templateStudy(name: string): string {
  return `name: ${name}
cohort: cohort.csv      # slide, patient, site and the label
slides: slides          # folder of the slides
task:
  kind: classify
  label: diagnosis      # column of the cohort
  positive: tumour
encoder: texture
aggregator: { name: abmil }
split:
  by: patient           # or site
  folds: 5
  tune: 0.2
seed: 7
`;
}

/** Where in a study's text a failure points, and a text to begin with. */
import type { ApiFailure } from "@nacre/api";

/**
 * Line from 1, or null where the failure names none: a parser's own "line 3", else the line of the key that is named, else that of a word that
 * was received and stands in the text.
 */
export function lineOf(failure: Pick<ApiFailure, "expected" | "received">, text: string): number | null {
  const told = /\bline (\d+)/.exec(`${failure.received} ${failure.expected}`)?.[1];
  if (told !== undefined) return Number(told);
  const lines = text.split("\n");
  const named = /^([a-z][\w-]*(?:[.[][\w\]-]+)*)\b/i.exec(failure.expected)?.[1] ?? "";
  const own = lineOfPath(named, lines);
  if (own !== null) return own;
  for (const word of [...quotedIn(failure.expected), ...quotedIn(failure.received), failure.received]) {
    const at = word === "" ? -1 : lines.findIndex((line) => line.trim() === word || wordsOf(line).includes(word));
    if (at >= 0) return at + 1;
  }
  const paths = failure.expected.match(/\b[a-z]\w*(?:\.\w+)+\b/gi) ?? [];
  return paths.map((path) => lineOfPath(path, lines)).find((line) => line !== null) ?? null;
}

/** The innermost key that the text has; a key that is wanting belongs to the one around it. */
function lineOfPath(path: string, lines: readonly string[]): number | null {
  const keys = path.split(/[.[\]]+/).filter((key) => /^[a-z]/i.test(key));
  for (const key of keys.reverse()) {
    const at = lines.findIndex((line) => new RegExp(`^[\\s{-]*${key}\\s*:|[{,]\\s*${key}\\s*:`).test(line));
    if (at >= 0) return at + 1;
  }
  return null;
}

const quotedIn = (text: string): string[] => [...text.matchAll(/[`"]([^`"]+)[`"]/g)].map(([, word = ""]) => word);

/** Keys and values of a line, without what is remarked on it. */
const wordsOf = (line: string): string[] => line.replace(/\s#.*$/, "").split(/[\s:,{}[\]"']+/);

/** Where a line stands in the text, from and to, in characters. */
export function spanOfLine(text: string, line: number): readonly [number, number] {
  const lines = text.split("\n");
  const from = lines.slice(0, line - 1).reduce((sum, own) => sum + own.length + 1, 0);
  return [from, from + (lines[line - 1]?.length ?? 0)];
}

/** A study of two classes, to be filled in. What it leaves out is settled on the cohort: hospitals are kept apart where two or more are named. */
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
  tune: 0.2             # share of patients that says when to stop
  # external: [site-c]  # a hospital that no fold sees
seed: 7
`;
}

/** Entries that both checklists ask for, each under its own number. */
import { type Answer, type Entry, part } from "./checklist.ts";
import { limitLines, verdictFact } from "./fact/limit-fact.ts";
import { objectiveFact, titleFact } from "./fact/study-fact.ts";
import type { Known } from "./known.ts";
import { readingsOf } from "./reading/readings.ts";

/** Title and abstract. @param asked what the title is asked for @param rest what of it the author must state */
export function titleAndAbstract(known: Known, asked: string, rest: string): Entry[] {
  return [
    ["1", asked, part(titleFact(known), "study.yaml", rest)],
    ["2", "abstract", part(verdictFact(known), "summary.md", "a structured abstract around these numbers")],
  ];
}

/** Development, evaluation or both. @param rest what of it the author must state */
export function objectiveAnswer(known: Known, rest: string): Answer {
  return part(objectiveFact(known), "study.yaml", rest);
}

/** Limits that a program sees. */
export function limitationAnswer(known: Known): Answer {
  return part(limitLines(known)?.join(" ") ?? null, "report.html", "limits that no program can see");
}

/** "Made with nacre 0.1.0"; null where it is not known. */
export function nacreText({ facts }: Known): string | null {
  const version = facts?.versions.find(([name]) => name === "nacre")?.[1];
  return version === undefined ? null : `Made with nacre ${version}`;
}

/** Where every prediction is to be found. */
export function predictionFiles({ card }: Known): string {
  const several = readingsOf(card).length > 1;
  return several
    ? "predictions-<task>.csv hold every prediction of each task"
    : "predictions.csv holds every prediction";
}

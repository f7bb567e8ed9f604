/** The verdict and the limits of a run, as plain sentences; null where only a table was judged. */
import type { Known } from "../known.ts";
import { readingsOf } from "../reading/readings.ts";
import { perReading } from "./per-part.ts";

/** What the run shows, external first, and no claim that the intervals do not carry. */
export function verdictFact(known: Known): string | null {
  const { report } = known;
  return report === null ? null : perReading(known, (reading) => reading.verdict(report));
}

/** Limits that a program sees, each once: those of single tasks, then those of all. */
export function limitLines({ report, card }: Known): string[] | null {
  if (report === null) return null;
  const each = readingsOf(card).map((reading) => reading.limits(report));
  const lines = [...new Set(each.flat())];
  const isShared = (line: string): boolean => each.every((own) => own.includes(line));
  return [...lines.filter((line) => !isShared(line)), ...lines.filter(isShared)];
}

/** Entries made from a seed: patients with a label and a score that separates the labels as well as `strength` says. */
import { type ClassifyTask, randomStream } from "@nacre/core";
import type { BoardEntry, EntryFacts } from "../../src/board/board-entry.ts";
import type { PredictionRow } from "../../src/prediction.ts";

export const QUESTION: ClassifyTask = { kind: "classify", label: "label", classes: ["no", "yes"], positive: "yes" };

export interface MadeRows {
  readonly n: number;
  readonly strength: number;
  readonly seed: number;
  readonly part?: "test" | "external";
  readonly folds?: number;
  /** Patients left out of the table. */
  readonly without?: (i: number) => boolean;
}

/** Patients p0, p1, ...: every second one is `yes`, in every table. */
export function madeRows({
  n,
  strength,
  seed,
  part = "test",
  folds = 2,
  without = () => false,
}: MadeRows): PredictionRow[] {
  const random = randomStream(seed, "made", part);
  return Array.from({ length: n }, (_, i): PredictionRow => {
    const label = i % 2 === 1 ? "yes" : "no";
    const p = 1 / (1 + Math.exp(-(strength * (label === "yes" ? 1 : -1) + random.normal())));
    const patient = `${part}-${i}`;
    return {
      slide: `${patient}-s`,
      case: patient,
      patient,
      site: null,
      part,
      fold: part === "test" ? Math.floor(i / 2) % folds : null,
      label,
      probabilities: [1 - p, p],
    };
  }).filter((_, i) => !without(i));
}

export function entry(
  encoder: string,
  rows: readonly PredictionRow[],
  change: Partial<EntryFacts> & { readonly question?: ClassifyTask } = {},
): BoardEntry {
  return {
    name: encoder,
    task: "task",
    encoder,
    aggregator: "abmil",
    seed: null,
    question: QUESTION,
    rows,
    barred: [],
    ...change,
  };
}

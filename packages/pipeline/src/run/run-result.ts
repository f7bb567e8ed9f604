/** What a run came to, for whoever started it. */
import type { SlideState } from "../extract/slide-state.ts";
import type { AnyRunScorecard } from "../judge/judge-question.ts";
import type { RunFolder } from "./run-folder.ts";

export interface RunResult {
  readonly out: string;
  readonly slides: Readonly<Record<SlideState["state"], number>>;
  /** Slides that failed. */
  readonly failed: number;
  readonly failures: readonly { readonly slide: string; readonly kind: string; readonly received: string }[];
  readonly models: readonly string[];
  /** null where the run stopped before judging. */
  readonly scorecard: AnyRunScorecard | null;
  readonly report: string | null;
  /** What a reader should know of the run beside its numbers. */
  readonly notes: readonly string[];
}

/** What became of the slides. */
export function outcomeOf(
  folder: RunFolder,
  states: readonly SlideState[],
): Pick<RunResult, "out" | "slides" | "failed" | "failures"> {
  const failures = states.flatMap((s) =>
    s.state === "failed" && s.failure !== null ? [{ slide: s.row.slide, ...s.failure }] : [],
  );
  return { out: folder.path, slides: countStates(states), failed: failures.length, failures };
}

function countStates(states: readonly SlideState[]): RunResult["slides"] {
  const counts = { ready: 0, unlabelled: 0, removed: 0, failed: 0 };
  for (const s of states) counts[s.state]++;
  return counts;
}

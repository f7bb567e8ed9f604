/** Which run's heatmap is looked at, and how. The choice of colours and strength is kept in this browser; the run stands in the address. */
import { type CasePrediction, type Heatmap, readCase, readHeatmap, type SlideFacts, searchAlike } from "@nacre/api";
import { useState } from "react";
import { useSearchParams } from "wouter";
import type { CallFailure } from "../../client/call.ts";
import { useCall } from "../../client/use-call.ts";
import { keep, kept } from "../../shell/kept.ts";
import { useMay } from "../../shell/session.tsx";

export interface HeatView {
  readonly layer: "attention" | "contribution";
  /** Share of the scale, 0 to 1: weaker tiles are left out. */
  readonly threshold: number;
  readonly opacity: number;
}

export interface Heat {
  /** Runs that answered about the slide's case. */
  readonly runs: readonly CasePrediction[];
  readonly run: string | null;
  readonly chooseRun: (run: string | null) => void;
  readonly isOn: boolean;
  readonly toggle: () => void;
  readonly heatmap: Heatmap | undefined;
  readonly failure: CallFailure | null;
  readonly view: HeatView;
  readonly change: (part: Partial<HeatView>) => void;
  /** Said where the slide lies outside of what the run's archive holds; null: it does not, or nobody knows. */
  readonly outside: string | null;
}

const HOUR = 3_600_000;
const DEFAULT: HeatView = { layer: "attention", threshold: 0.15, opacity: 0.55 };

function keptView(): HeatView {
  try {
    return { ...DEFAULT, ...(JSON.parse(kept("heat") ?? "{}") as Partial<HeatView>) };
  } catch {
    return DEFAULT;
  }
}

export function useHeat(facts: SlideFacts): Heat {
  const [params, setParams] = useSearchParams();
  const [view, setView] = useState(keptView);
  const page = useCall(readCase, facts.case === null ? null : { params: { case: facts.case } }, { freshMs: 60_000 });
  const runs = page.data?.predictions ?? [];
  const named = params.get("run");
  const run = named ?? runs[0]?.run ?? null;
  const isOn = run !== null && (params.get("heat") ?? (named === null ? "off" : "on")) === "on";
  const answer = useCall(readHeatmap, run !== null && isOn ? { params: { slide: facts.key, run } } : null, {
    freshMs: HOUR,
  });
  const mayAsk = useMay("reader");
  const alike = useCall(
    searchAlike,
    run !== null && mayAsk ? { body: { run, like: { kind: "slide" as const, slide: facts.key }, k: 1 } } : null,
    { freshMs: HOUR },
  );
  const put = (name: string, value: string | null): void =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return {
    runs: runs.filter((row, i) => runs.findIndex((other) => other.run === row.run) === i),
    run,
    chooseRun: (next) => put("run", next),
    isOn,
    toggle: () => put("heat", isOn ? "off" : "on"),
    heatmap: isOn ? answer.data : undefined,
    failure: isOn ? answer.error : null,
    view,
    change: (part) => {
      const next = { ...view, ...part };
      keep("heat", JSON.stringify(next));
      setView(next);
    },
    outside: alike.data?.isOutside === true ? alike.data.text : null,
  };
}

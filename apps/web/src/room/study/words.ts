/** What runs and their numbers are called. */
import type { RunRow, RunState } from "@nacre/api";
import { type Tone, writeMeasure, writeReach } from "../ui/index.ts";

export const STATE: Readonly<Record<RunState, { readonly title: string; readonly tone: Tone }>> = {
  queued: { title: "Waiting", tone: "neutral" },
  running: { title: "Running", tone: "info" },
  stopped: { title: "Stopped", tone: "warn" },
  finished: { title: "Finished", tone: "good" },
  failed: { title: "Failed", tone: "bad" },
  refused: { title: "Refused", tone: "bad" },
};

/** Whether something of the run may change by itself. */
export const isLive = (state: RunState): boolean => state === "queued" || state === "running";

const TITLES: Readonly<Record<string, string>> = {
  "calibration.slope": "Calibration slope",
  "calibration.intercept": "Calibration intercept",
  "calibration.inTheLarge": "Calibration in the large",
  auroc: "AUROC",
  auprc: "AUPRC",
  cIndex: "C-index",
  ece: "Calibration error (ECE)",
  brier: "Brier score",
  balancedAccuracy: "Balanced accuracy",
  mcc: "Matthews correlation",
  f1: "F1",
  weightedF1: "Weighted F1",
  r2: "R²",
  eceMass: "Calibration error, bins of equal mass",
  ppv: "Positive predictive value",
  npv: "Negative predictive value",
};

/** A measure's name as a report writes it; one that is not known is spelled out. */
export function measureTitle(name: string): string {
  const last = name.split(".").at(-1) ?? name;
  const own =
    TITLES[name] ??
    TITLES[last] ??
    last.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return own.replace(/^./, (c) => c.toUpperCase());
}

/** What a simpler predictor of a scorecard is. */
export function baselineTitle(name: string): string {
  if (name === "siteOnly") return "The hospital's name alone, no pixel";
  if (name.includes("difference")) return "This model less the mean of the tiles";
  return name.startsWith("meanPool") ? "The mean of all tiles, linear" : measureTitle(name);
}

export type Headline = RunRow["numbers"][number];

/** "0.91 (0.84 to 0.96), n = 40"; without an interval, so said. */
export function numberText({ value, low, high, n }: Omit<Headline, "name" | "part">): string {
  if (value === null) return "not defined";
  return `${writeMeasure(value)} (${writeReach(low, high) ?? "no interval"})${n === null ? "" : `, n = ${n.toLocaleString("en-GB")}`}`;
}

/** "2 h 5 min", "under a minute". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return "under a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What a step says of itself, with its models by name: "fit-0 epoch 3" is "fold 0, epoch 3". */
export function noteText(note: string): string {
  return note.replace(/^(fit|baseline)-(\d+) /, (_, kind: string, fold: string) =>
    kind === "fit" ? `fold ${fold}, ` : `fold ${fold} of the baseline, `,
  );
}

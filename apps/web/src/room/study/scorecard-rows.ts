/** A scorecard as rows: every estimate in it, wherever it stands. Scorecards differ by task; what all share is the form of an estimate. */
import type { MeasureRow } from "../ui/index.ts";

export interface EstimateRow extends Omit<MeasureRow, "title"> {
  /** "auroc", "calibration.slope". */
  readonly name: string;
}

/** Parts of a scorecard that are tables of their own, in the full report. */
const ELSEWHERE = new Set(["folds", "subgroups", "decision", "confusion", "perClass", "triage", "recalibration"]);
const DEEPEST = 3;

/** The estimates of a part, in its order. */
export function estimateRows(part: unknown, path: readonly string[] = []): EstimateRow[] {
  if (!isRecord(part)) return [];
  return Object.entries(part).flatMap(([key, value]) => {
    if (!isRecord(value) || (path.length === 0 && ELSEWHERE.has(key))) return [];
    const own = [...path, key];
    const inner = own.length < DEEPEST && !("value" in value) ? estimateRows(value, own) : [];
    return "value" in value && "n" in value ? [rowOf(own.join("."), value)] : inner;
  });
}

function rowOf(name: string, value: Record<string, unknown>): EstimateRow {
  const number = (key: string): number | null => (typeof value[key] === "number" ? value[key] : null);
  const text = (key: string): string | null => (typeof value[key] === "string" ? value[key] : null);
  return {
    name,
    value: number("value"),
    low: number("low"),
    high: number("high"),
    n: number("n"),
    method: text("method"),
    reason: text("reason"),
  };
}

const PARTED = "; ";
const SHARED = 3;

/** What the methods of most rows have in common, such as the bootstrap: said once, it need not be read in every row. */
export function sharedMethod(rows: readonly Pick<EstimateRow, "method">[]): string | null {
  const counts = new Map<string, number>();
  for (const { method } of rows)
    for (const part of new Set(method?.split(PARTED))) counts.set(part, (counts.get(part) ?? 0) + 1);
  const [[part, count] = ["", 0]] = [...counts].sort(([, a], [, b]) => b - a);
  return count >= SHARED ? part : null;
}

export function withoutMethod(method: string | null, shared: string | null): string | null {
  if (method === null || shared === null) return method;
  return method
    .split(PARTED)
    .filter((part) => part !== shared)
    .join(PARTED);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

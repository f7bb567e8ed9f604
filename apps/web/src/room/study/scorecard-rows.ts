/** A scorecard as rows: every estimate in it, wherever it stands. Scorecards differ by task; what all share is the form of an estimate. */

export interface EstimateRow {
  /** "auroc", "calibration.slope". */
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number | null;
  readonly method: string | null;
  /** Why there is no value or no interval. */
  readonly reason: string | null;
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

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Exit codes, a public contract: scripts branch on them. */
import type { FailureKind } from "@nacre/core";

export const EXIT = {
  done: 0,
  someFailed: 1,
  usage: 2,
  refused: 3,
  noResult: 4,
  cancelled: 130,
} as const;

const USAGE: ReadonlySet<FailureKind> = new Set([
  "bad-usage",
  "bad-study",
  "bad-table",
  "missing-column",
  "bad-value",
  "duplicate-id",
  "one-class",
  "too-few",
  "unfinished",
  "encoder-mismatch",
  "bad-encoder",
]);

/** The exit code of a command that ended with this failure. */
export function exitCodeOf(kind: FailureKind): number {
  if (kind === "cancelled") return EXIT.cancelled;
  if (kind === "refused" || kind === "conflicting-label") return EXIT.refused;
  return USAGE.has(kind) ? EXIT.usage : EXIT.noResult;
}

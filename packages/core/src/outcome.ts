/**
 * Failures of data travel as values: one bad slide in ten thousand is a row in a table, not the end of a run.
 * A failure always answers three questions: what was expected, what came, what to do.
 */

/** Every way in which data can fail, by name. People script against these names. */
export type FailureKind =
  // files
  | "missing-file"
  | "empty-file"
  | "truncated-file"
  | "unreadable-file"
  | "unsupported-format"
  | "unsupported-codec"
  | "hostile-file"
  // pixels and scale
  | "broken-tile"
  | "no-scale"
  | "implausible-scale"
  | "out-of-bounds"
  | "no-tissue"
  | "too-few-tiles"
  // features and models
  | "encoder-mismatch"
  | "bad-encoder"
  | "not-finite"
  | "empty-bag"
  | "dimension-mismatch"
  | "bad-features"
  | "bad-model"
  | "bad-weights"
  | "no-places"
  | "no-covariates"
  | "no-events"
  | "diverged"
  // tables and studies
  | "bad-usage"
  | "bad-study"
  | "bad-table"
  | "missing-column"
  | "bad-value"
  | "duplicate-id"
  | "one-class"
  | "too-few"
  | "unlabelled"
  | "nothing-usable"
  // honesty
  | "refused"
  | "duplicate-pixels"
  | "conflicting-label"
  // the world
  | "disk-full"
  | "no-permission"
  | "no-device"
  | "locked"
  | "unfinished"
  | "cancelled"
  | "internal";

export interface Failure {
  readonly kind: FailureKind;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export function ok<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function fail(
  kind: FailureKind,
  what: Omit<Failure, "kind">,
): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { kind, ...what } };
}

/** One sentence for a person: "expected ..., received ...; remedy". */
export function describeFailure(f: Failure): string {
  return `${f.kind}: expected ${f.expected}; received ${f.received}. ${capitalise(f.remedy)}.`;
}

/** A failure on its way through code that cannot return one (a callback, a worker). Caught at a door and made a value again. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: Failure;
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(describeFailure(failure), options);
    this.failure = failure;
  }
}

/** The value, or the failure thrown as `FailureError`. For callers who have nothing to add to it. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new FailureError(outcome.failure);
}

/** Throws a failure from where an Outcome cannot be returned. */
export function raise(kind: FailureKind, what: Omit<Failure, "kind">): never {
  throw new FailureError({ kind, ...what });
}

export function isFailureError(error: unknown, ...kinds: readonly FailureKind[]): error is FailureError {
  return error instanceof FailureError && (kinds.length === 0 || kinds.includes(error.failure.kind));
}

/**
 * Runs `body` and turns a `FailureError` into a value. Cancellation (an AbortError) becomes `cancelled`;
 * anything else is a programmer's mistake and goes on.
 */
export async function attempt<T>(body: () => Promise<T> | T): Promise<Outcome<T>> {
  try {
    return ok(await body());
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    if (error instanceof Error && error.name === "AbortError") {
      return fail("cancelled", {
        expected: "the work to finish",
        received: "a request to stop",
        remedy: "run the same command with --resume to go on where it stopped",
      });
    }
    throw error;
  }
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How the readers of weights fail: thrown inside, a value at the door, always with the file and the place in it. */
import { isFailureError, type Outcome, ok, raise } from "@nacre/core";

const COPY_AGAIN = "copy or download the file again, and compare its size and hash with the source";

/** Bytes that cannot be what they claim. @throws FailureError bad-weights */
export function broken(expected: string, received: string, remedy = COPY_AGAIN): never {
  return raise("bad-weights", { expected, received, remedy });
}

/** A file that ends before what it announces. @throws FailureError truncated-file */
export function endsEarly(expected: string, received: string): never {
  return raise("truncated-file", { expected, received, remedy: COPY_AGAIN });
}

/** A file of another kind, or one that we chose not to read. @throws FailureError unsupported-format */
export function unsupported(expected: string, received: string, remedy: string): never {
  return raise("unsupported-format", { expected, received, remedy });
}

/** What `body` gives, or the failure that it threw, as a value. Anything else is our own mistake and goes on. */
export function reading<T>(body: () => T): Outcome<T> {
  try {
    return ok(body());
  } catch (error) {
    if (isFailureError(error)) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** Deflate, the compression of zip entries (RFC 1951), where the size of the result is known: for numpy's savez_compressed. */
import { inflateSync } from "fflate";
import { broken, endsEarly } from "../broken.ts";

/** fflate's code for input that stops inside a block. */
const UNEXPECTED_END = 0;

/** Inflates to exactly `size` bytes. @throws FailureError truncated-file, bad-weights */
export function inflate(input: Uint8Array, size: number, where: string): Uint8Array {
  if (input.length === 0) return endsEarly(`${size} bytes inflated of ${where}`, "none");
  const { inflated, problem } = attemptInflate(input, size);
  if (inflated !== null && inflated.length === size) return inflated;
  if (problem === UNEXPECTED_END)
    return endsEarly(`${size} bytes inflated of ${where}`, "data that stop inside a block");
  return broken(`${size} bytes inflated of ${where}`, inflated === null ? "damaged data" : `${inflated.length} bytes`);
}

function attemptInflate(input: Uint8Array, size: number): { inflated: Uint8Array | null; problem: unknown } {
  try {
    // One byte more than is due, so that data that go on beyond it are noticed.
    return { inflated: inflateSync(input, { out: new Uint8Array(size + 1) }), problem: null };
  } catch (error) {
    return { inflated: null, problem: (error as { code?: unknown }).code };
  }
}

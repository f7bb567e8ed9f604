/**
 * A parser that asks for bytes and does not care whether they come at once or later: a generator that yields spans and
 * is handed their bytes. One TIFF parser so serves files, which can answer without waiting, and Blobs, which cannot.
 */
import type { ByteSource } from "./byte-source.ts";
import type { Span } from "./span.ts";

export type Reading<T> = Generator<Span, T, Uint8Array>;

/** The bytes of a span, inside a Reading: `const head = yield* bytesAt(0, 16)`. */
export function* bytesAt(offset: number, length: number): Reading<Uint8Array> {
  return yield { offset, length };
}

/** Drives a Reading to its end; waits only where the source cannot answer at once. */
export async function drive<T>(reading: Reading<T>, source: ByteSource, signal?: AbortSignal): Promise<T> {
  let step = reading.next();
  while (!step.done) {
    const { offset, length } = step.value;
    const bytes = source.readSync ? source.readSync(offset, length) : await source.read(offset, length, signal);
    step = reading.next(bytes);
  }
  return step.value;
}

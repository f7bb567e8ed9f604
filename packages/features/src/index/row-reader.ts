/**
 * Rows of a store as an index asks for them: numbered through all parts, standardised. Rows in order are read a few megabytes at a time,
 * others one by one, so that neither the archive nor a slide of a million tiles has to fit into memory.
 */
import { standardise } from "./standardise.ts";
import type { StoredVectors } from "./vector-store.ts";

const WINDOW_BYTES = 4 * 2 ** 20;

/** Every `stride`-th tile of each part; `starts` holds the first row of each part, and the end. */
export interface RowRule {
  readonly starts: Int32Array;
  readonly stride: number;
}

/** Most rows of each part that are kept, one after the other. */
export function startsOf(parts: StoredVectors["parts"], stride: number): Int32Array {
  const starts = new Int32Array(parts.length + 1);
  parts.forEach(({ n }, part) => {
    starts[part + 1] = (starts[part] as number) + Math.ceil(n / stride);
  });
  return starts;
}

/** The part that a row belongs to. */
export function partOf(starts: Int32Array, row: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if ((starts[mid] as number) <= row) low = mid;
    else high = mid;
  }
  return low;
}

interface Window {
  readonly part: number;
  readonly first: number;
  readonly features: Float32Array;
}

/** Writes a row of the store into an array of d numbers. The store must be open. */
export function rowReader(
  stored: StoredVectors,
  { starts, stride }: RowRule,
): (row: number, into: Float32Array) => void {
  const { d, parts } = stored;
  const most = Math.max(1, Math.floor(WINDOW_BYTES / (4 * d)));
  let window: Window = { part: -1, first: 0, features: new Float32Array() };
  let last = -2;
  return (row, into) => {
    const part = partOf(starts, row);
    const tile = (row - (starts[part] as number)) * stride;
    const at = (tile - window.first) * d;
    const isInside = part === window.part && at >= 0 && at < window.features.length;
    if (!isInside) {
      const count = row === last + 1 ? Math.min(most, (parts[part] as { n: number }).n - tile) : 1;
      window = { part, first: tile, features: stored.featureRows(part, tile, count) };
    }
    last = row;
    standardise(window.features, stored, into, (tile - window.first) * d);
  };
}

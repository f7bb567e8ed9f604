/** Binary profiles of a batch as a graph is fed with them, and which patients of it belong together. */
import type { TensorData } from "@nacre/graph";

/** One entry a column: 1 present, 0 absent, null not known. */
export type Profile = readonly (0 | 1 | null)[];

/** A bag and its patient's profiles, in the order of the request; an empty list of entries is not allowed, one of nulls is. */
export interface Profiled {
  readonly id: string;
  readonly profiles: readonly Profile[];
}

/** `profile.<p>`, `known.<p>`, `agree.<p>` and `among.<p>` of each profile p. */
export function profileFeeds(group: readonly Profiled[], columns: readonly number[]): Record<string, TensorData> {
  const b = group.length;
  const feeds: Record<string, TensorData> = {};
  for (const [p, g] of columns.entries()) {
    const rows = group.map(({ profiles }) => profiles[p] as Profile);
    const flat = rows.flat();
    feeds[`profile.${p}`] = { data: Float32Array.from(flat, (value) => value ?? 0), dims: [b, g] };
    feeds[`known.${p}`] = { data: Float32Array.from(flat, (value) => (value === null ? 0 : 1)), dims: [b, g] };
    const pairs = rows.flatMap((one) => rows.map((other) => (agree(one, other) ? 1 : 0)));
    feeds[`agree.${p}`] = { data: Float32Array.from(pairs), dims: [b, b] };
    const told = rows.map((row) => row.some((value) => value !== null));
    const none = !told.includes(true);
    const among = rows.flatMap(() => told.map((is) => (is || none ? 1 : 0)));
    feeds[`among.${p}`] = { data: Uint8Array.from(among), dims: [b, b] };
  }
  return feeds;
}

/** Whether two profiles are the same in all that is known of both, and something is. */
export function agree(one: Profile, other: Profile): boolean {
  const shared = one.flatMap((value, j) => (value === null || (other[j] ?? null) === null ? [] : [value === other[j]]));
  return shared.length > 0 && shared.every((same) => same);
}

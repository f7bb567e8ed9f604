/** A few strands of the same work side by side. When one fails, the others are told to stop and waited for, so that nothing still runs (or writes) afterwards. */

/** Runs `lane` `count` times at once. Rejects with the first error, after every lane has ended. */
export async function inLanes(
  count: number,
  signal: AbortSignal | undefined,
  lane: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const own = new AbortController();
  const both = signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]);
  let first: { readonly error: unknown } | null = null;
  const guarded = async (): Promise<void> => {
    try {
      await lane(both);
    } catch (error) {
      first ??= { error };
      own.abort();
    }
  };
  await Promise.all(Array.from({ length: count }, guarded));
  if (first !== null) throw (first as { readonly error: unknown }).error;
}

/** A database that is away for a minute is waited for: what was asked is asked again, ever more slowly, and somebody is told once. */
import { setTimeout as rest } from "node:timers/promises";

const CODES = /^(08...|57P0[1-5]|53300|40001|40P01|25006|E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_).*)$/;
const WORDS = /connection|terminat|timeout|timed out|socket|starting up|shutting down|not queryable/i;

/** Whether an error says that the database was not reached, or that it asks to be asked again; anything else is a mistake of ours. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAway);
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && CODES.test(code)) return true;
  // The driver's own complaints have no code.
  return code === undefined && WORDS.test(error.message);
}

export interface Patience {
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Told when the database is first missed, and when it is back. */
  readonly say?: (text: string) => void;
  readonly firstMs?: number;
  readonly mostMs?: number;
}

/** Does `body` until it comes through. @throws what `body` throws where the database is there, or where the signal has come */
export async function patiently<T>(body: () => Promise<T>, options: Patience = {}): Promise<T> {
  const { signal, say, firstMs = 200, mostMs = 10_000 } = options;
  const since = performance.now();
  for (let tries = 0; ; tries++) {
    try {
      const value = await body();
      if (tries > 0) say?.(`the database is back after ${Math.ceil((performance.now() - since) / 1000)} s`);
      return value;
    } catch (error) {
      if (!isAway(error) || signal?.aborted === true) throw error;
      if (tries === 0) say?.(`the database is away (${(error as Error).message || "no answer"}); waiting for it`);
      const wait = Math.min(mostMs, firstMs * 2 ** tries) * (0.5 + Math.random() / 2);
      await rest(wait, undefined, signal === undefined ? {} : { signal }).catch(() => {});
    }
  }
}

/** For `catch`: `value` where the database is away; any other error goes on. */
export function awayIs<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isAway(error)) return value;
    throw error;
  };
}

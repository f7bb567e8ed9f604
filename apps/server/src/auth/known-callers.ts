/**
 * Who stands behind a credential, remembered for a moment: a view asks for dozens of tiles at once, and a look into the database for each
 * costs more than the tiles. What ends a token or a session here is felt at once; what another service at the same database ends, after
 * `FRESH_MS`. Only good credentials are remembered, by their hashes.
 */
import type { Caller } from "./caller.ts";

export interface KnownCaller {
  readonly caller: Caller;
  /** When the credential is over by itself; null: never. */
  readonly ends: Date | null;
}

export const FRESH_MS = 2000;
const MOST = 1000;

class KnownCallers {
  readonly #known = new Map<string, { readonly found: KnownCaller; readonly since: number }>();
  #age = 0;

  /** The caller of a credential's hash: remembered, or looked for. */
  async of(hash: string, now: Date, look: () => Promise<KnownCaller | null>): Promise<Caller | null> {
    const had = this.#known.get(hash);
    if (had !== undefined && isGood(had.found, had.since, now)) return had.found.caller;
    this.#known.delete(hash);
    const age = this.#age;
    const found = await look();
    if (found === null) return null;
    if (this.#known.size >= MOST) this.#known.clear();
    // Something may have ended while this was looked for.
    if (age === this.#age) this.#known.set(hash, { found, since: now.getTime() });
    return found.caller;
  }

  forget(): void {
    this.#age++;
    this.#known.clear();
  }
}

function isGood({ ends }: KnownCaller, since: number, now: Date): boolean {
  return Math.abs(now.getTime() - since) < FRESH_MS && (ends === null || ends > now);
}

const MEMORIES = new WeakMap<object, KnownCallers>();

/** The memory that belongs to a database. */
export function knownCallers(db: object): KnownCallers {
  const had = MEMORIES.get(db) ?? new KnownCallers();
  MEMORIES.set(db, had);
  return had;
}

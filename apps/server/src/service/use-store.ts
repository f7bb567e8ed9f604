/** What the command line does with the store of a service that is not running: the first token, and the check of the trail. */
import { attempt, type Outcome, unwrap } from "@nacre/core";
import { hasToken, makeToken, type TokenSpec } from "../auth/token.ts";
import { openStore, type Store, type StoreOptions } from "../store/open-store.ts";
import { openTrail, type TrailHead, verifyTrail } from "../trail/open-trail.ts";
import type { TrailCheck } from "../trail/trail.ts";

async function withStore<T>(where: StoreOptions, use: (store: Store) => Promise<T>): Promise<Outcome<T>> {
  return attempt(async () => {
    const store = unwrap(await openStore(where));
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  });
}

export interface TokenMade {
  readonly token: string;
  readonly id: string;
}

/** As makeTokenIn, where nobody has a good token yet; null where somebody has: the service starts. */
export function makeFirstTokenIn(where: StoreOptions, spec: TokenSpec): Promise<Outcome<TokenMade | null>> {
  return withStore(where, async (store) => ((await hasToken(store.db, new Date())) ? null : madeToken(store, spec)));
}

/** Makes a token from the command line: how the first admin comes in. The trail says so. */
export function makeTokenIn(where: StoreOptions, spec: TokenSpec): Promise<Outcome<TokenMade>> {
  return withStore(where, (store) => madeToken(store, spec));
}

async function madeToken({ db }: Store, spec: TokenSpec): Promise<TokenMade> {
  const { token, row } = await makeToken(db, spec, new Date());
  const trail = openTrail({ db, now: () => new Date(), log: { info: () => {}, error: () => {} } });
  const { role, rights, projects } = spec;
  await trail.note(null, {
    action: "token.made",
    subject: row.id,
    details: { role, rights, projects, how: "command line" },
  });
  return { token, id: row.id };
}

/** @param told a head that the log or the end of the service told */
export function verifyTrailIn(where: StoreOptions, told?: TrailHead): Promise<Outcome<TrailCheck>> {
  return withStore(where, ({ db }) => verifyTrail(db, told));
}

/** Sessions of browsers: a random cookie, its hash in the database, an end after half an hour without a request and after twelve hours in any case. */
import { type Person, personSchema } from "@nacre/api";
import type { Kysely } from "kysely";
import type { ServerConfig } from "../config.ts";
import type { Tables } from "../store/tables.ts";
import { knownCallers } from "./known-callers.ts";
import { hashSecret, newSecret } from "./secret.ts";
import { goodTokenId } from "./token.ts";

export const COOKIE = "nacre_session";
export const IDLE_MS = 30 * 60_000;
export const LONGEST_MS = 12 * 3_600_000;
/** The time of the last request is written at most this often. */
const SEEN_EVERY_MS = 30_000;

type Db = Kysely<Tables>;

export interface OpenSession {
  readonly person: Person;
  readonly sha256: string;
  /** Sent back by the page with all that changes something. */
  readonly csrf: string;
}

/** Begins a session. @returns the cookie's value beside it; it is kept nowhere */
export async function beginSession(
  db: Db,
  person: Person,
  now: Date,
): Promise<OpenSession & { readonly cookie: string }> {
  const cookie = newSecret();
  const [sha256, csrf] = [hashSecret(cookie), newSecret()];
  await db.deleteFrom("session").where("ends", "<", now).execute();
  await db
    .insertInto("session")
    .values({
      sha256,
      csrf,
      person: JSON.stringify(person),
      created: now.toISOString(),
      seen: now.toISOString(),
      ends: new Date(now.getTime() + LONGEST_MS).toISOString(),
    })
    .execute();
  return { person, sha256, csrf, cookie };
}

/** The session of a cookie; null where it is unknown or over. One that a token began is over with the token. @param isRequest the person asks now: half an hour begins anew */
export async function findSession(
  db: Db,
  cookie: string,
  now: Date,
  { isRequest = true } = {},
): Promise<(OpenSession & { readonly ends: Date }) | null> {
  const sha256 = hashSecret(cookie);
  const row = await db.selectFrom("session").selectAll().where("sha256", "=", sha256).executeTakeFirst();
  if (row === undefined) return null;
  const kept = personSchema.parse(row.person);
  const isOver = row.ends <= now || now.getTime() - row.seen.getTime() > IDLE_MS;
  const token = isOver || kept.how !== "token" ? null : await goodTokenId(db, kept.id, now);
  if (isOver || (kept.how === "token" && token === null)) {
    await endSession(db, sha256);
    return null;
  }
  if (isRequest && now.getTime() - row.seen.getTime() > SEEN_EVERY_MS)
    await db.updateTable("session").set({ seen: now.toISOString() }).where("sha256", "=", sha256).execute();
  const ends = token?.ends == null || token.ends > row.ends ? row.ends : token.ends;
  return { person: token?.person ?? kept, sha256, csrf: row.csrf, ends };
}

export async function endSession(db: Db, sha256: string): Promise<void> {
  await db.deleteFrom("session").where("sha256", "=", sha256).execute();
  knownCallers(db).forget();
}

/** How the cookie is set: out of reach of scripts, not sent from other sites' forms, over https alone where there is https. */
export function cookieOptions(config: ServerConfig) {
  return {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: config.publicUrl?.startsWith("https:") ?? false,
  } as const;
}

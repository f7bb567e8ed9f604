/** Tokens: `nacre_` and 32 random bytes, told once, kept as a hash, with a role, rights, projects and an end. */
import { randomUUID } from "node:crypto";
import { type Person, type Right, type Role, roleSchema } from "@nacre/api";
import type { Kysely, Selectable } from "kysely";
import { notFound } from "../serve/refuse.ts";
import type { Tables } from "../store/tables.ts";
import { knownCallers } from "./known-callers.ts";
import { hashSecret, newSecret } from "./secret.ts";

const PREFIX = "nacre_";
const DAY_MS = 86_400_000;
/** The time of last use is written at most this often. */
const USED_EVERY_MS = 60_000;

export const ROLES: readonly Role[] = roleSchema.options;

type Row = Selectable<Tables["token"]>;
type Db = Kysely<Tables>;

export interface TokenSpec {
  readonly name: string;
  readonly role: Role;
  readonly rights: readonly Right[];
  /** Keys of projects; null: all. */
  readonly projects: readonly string[] | null;
  /** Null: it does not end by itself. */
  readonly days: number | null;
}

/** A row as the interface tells it: without the hash. */
export type TokenRow = ReturnType<typeof tokenRow>;

/** Makes a token. @returns its secret, which is kept nowhere, and its row */
export async function makeToken(db: Db, spec: TokenSpec, now: Date): Promise<{ token: string; row: TokenRow }> {
  const token = PREFIX + newSecret();
  const row = await db
    .insertInto("token")
    .values({
      id: randomUUID(),
      sha256: hashSecret(token),
      name: spec.name,
      role: spec.role,
      rights: JSON.stringify(spec.rights),
      projects: spec.projects === null ? null : JSON.stringify(spec.projects),
      created: now.toISOString(),
      expires: spec.days === null ? null : new Date(now.getTime() + spec.days * DAY_MS).toISOString(),
      revoked: null,
      used: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { token, row: tokenRow(row) };
}

export async function listTokens(db: Db): Promise<TokenRow[]> {
  const rows = await db.selectFrom("token").selectAll().orderBy("created", "desc").execute();
  return rows.map(tokenRow);
}

/** Ends a token; one that has ended keeps its time. @throws ApiRefusal not-found */
export async function revokeToken(db: Db, id: string, now: Date): Promise<TokenRow> {
  await db
    .updateTable("token")
    .set({ revoked: now.toISOString() })
    .where("id", "=", id)
    .where("revoked", "is", null)
    .execute();
  knownCallers(db).forget();
  const row = await db.selectFrom("token").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? notFound("a token") : tokenRow(row);
}

/** Who a token stands for; null where it is unknown, ended or revoked. */
export async function personOfToken(db: Db, token: string, now: Date): Promise<Person | null> {
  return (await goodToken(db, token, now))?.person ?? null;
}

interface GoodToken {
  readonly person: Person;
  readonly ends: Date | null;
}

/** The same, and when it ends. */
export async function goodToken(db: Db, token: string, now: Date): Promise<GoodToken | null> {
  if (!token.startsWith(PREFIX)) return null;
  const row = await db.selectFrom("token").selectAll().where("sha256", "=", hashSecret(token)).executeTakeFirst();
  if (row === undefined || !isValid(row, now)) return null;
  if (row.used === null || now.getTime() - row.used.getTime() > USED_EVERY_MS)
    await db.updateTable("token").set({ used: now.toISOString() }).where("id", "=", row.id).execute();
  return { person: personOf(row), ends: row.expires };
}

/** Whether there is any token that somebody could sign in with. */
export async function hasToken(db: Db, now: Date): Promise<boolean> {
  const rows = await db.selectFrom("token").selectAll().where("revoked", "is", null).execute();
  return rows.some((row) => isValid(row, now));
}

/** When the last good token of an admin ends; null: never; undefined: there is none. */
export async function adminUntil(db: Db, now: Date): Promise<Date | null | undefined> {
  const rows = await db.selectFrom("token").selectAll().where("revoked", "is", null).execute();
  const good = rows.filter((row) => row.role === "admin" && isValid(row, now)).map(({ expires }) => expires);
  return good.includes(null) ? null : good.sort((a, b) => Number(a) - Number(b)).at(-1);
}

/** Who the token of an id stands for, for sessions that it began: it ends with the token. */
export async function goodTokenId(db: Db, id: string, now: Date): Promise<GoodToken | null> {
  const row = await db.selectFrom("token").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined || !isValid(row, now) ? null : { person: personOf(row), ends: row.expires };
}

function isValid(row: Row, now: Date): boolean {
  return row.revoked === null && (row.expires === null || row.expires > now);
}

function personOf(row: Row): Person {
  return { id: row.id, name: row.name, role: row.role, rights: row.rights, projects: row.projects, how: "token" };
}

function tokenRow(row: Row) {
  const { id, name, role, rights, projects } = row;
  const moment = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id,
    name,
    role,
    rights,
    projects,
    created: row.created.toISOString(),
    expires: moment(row.expires),
    revoked: moment(row.revoked),
    used: moment(row.used),
  };
}

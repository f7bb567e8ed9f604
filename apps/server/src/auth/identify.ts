/** Finds out who sends a request: a bearer token, the cookie of a session, or this machine's own user on loopback. */
import "@fastify/cookie";
import type { Person, Right } from "@nacre/api";
import type { FastifyRequest } from "fastify";
import { refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import type { Caller } from "./caller.ts";
import { knownCallers } from "./known-callers.ts";
import { isLoopback, needsSignIn } from "./openness.ts";
import { hashSecret } from "./secret.ts";
import { COOKIE, findSession } from "./session.ts";
import { goodToken } from "./token.ts";

type Known = Pick<Services, "config" | "db" | "now">;

/** @throws ApiRefusal signed-out where a token is given that is not good */
export async function identify(request: FastifyRequest, { config, db, now }: Known): Promise<Caller> {
  const bearer = bearerOf(request);
  if (bearer !== undefined) {
    const caller = config.tokens ? await callerOfToken(db, bearer, now()) : null;
    if (caller !== null) return caller;
    return refuse("signed-out", {
      expected: "a token that is known, not revoked and not over",
      received: "another",
      remedy: "ask an admin for a new one",
    });
  }
  const cookie = request.cookies[COOKIE];
  const caller = cookie === undefined ? null : await callerOfCookie(db, cookie, now());
  if (caller !== null) return caller;
  if (needsSignIn(config) || !isFromHere(request)) return { person: null, session: null };
  return { person: localPerson(config.localRights ?? ["identifiers"]), session: null };
}

/** The token that a request bears, good or not. */
export function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer (\S{1,400})$/i.exec(request.headers.authorization ?? "")?.[1];
}

function callerOfToken(db: Known["db"], token: string, now: Date): Promise<Caller | null> {
  return knownCallers(db).of(hashSecret(token), now, async () => {
    const good = await goodToken(db, token, now);
    return good === null ? null : { caller: { person: good.person, session: null }, ends: good.ends };
  });
}

function callerOfCookie(db: Known["db"], cookie: string, now: Date): Promise<Caller | null> {
  return knownCallers(db).of(`session ${hashSecret(cookie)}`, now, async () => {
    const session = await findSession(db, cookie, now);
    return session === null ? null : { caller: { person: session.person, session }, ends: session.ends };
  });
}

/** A caller on this machine that is no proxy. */
export function isFromHere(request: FastifyRequest): boolean {
  const forwarded = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded"].some((h) => h in request.headers);
  return !forwarded && isLoopback(request.socket.remoteAddress ?? "");
}

function localPerson(rights: readonly Right[]): Person {
  return {
    id: "local",
    name: "this machine's user",
    role: "admin",
    rights: [...rights],
    projects: null,
    how: "loopback",
  };
}

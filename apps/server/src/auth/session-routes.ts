/** Signing in and out with a token, and what a page must know before anything else. */
import { readSession, signInWithToken, signOut } from "@nacre/api";
import { type Handled, handle } from "../serve/handle.ts";
import { refuse } from "../serve/refuse.ts";
import { VERSION } from "../service/version.ts";
import { callerOf } from "./caller.ts";
import { beginSession, endSession } from "./session.ts";
import { setSessionCookie } from "./session-cookie.ts";
import { personOfToken } from "./token.ts";

export const NOTICE = "Research use only. Not a medical device.";

export const sessionRoutes: readonly Handled[] = [
  handle(readSession, async ({ request, services: { config } }) => {
    const { person, session } = callerOf(request);
    const signIn: ("oidc" | "token")[] = [];
    if (config.oidc !== undefined) signIn.push("oidc");
    if (config.tokens) signIn.push("token");
    return { person, csrf: session?.csrf ?? null, signIn, version: VERSION, notice: NOTICE };
  }),
  handle(signInWithToken, async ({ request, body, services: { config, db, now, trail } }) => {
    const person = config.tokens ? await personOfToken(db, body.token, now()) : null;
    if (person === null)
      return refuse("signed-out", {
        expected: "a token that is known, not revoked and not over",
        received: "another",
        remedy: "look whether it was copied whole; else ask an admin for a new one",
      });
    await trail.note(person, { action: "session.begun", details: { how: "token" } });
    const session = await beginSession(db, person, now());
    setSessionCookie(request, session.cookie, config);
    return { person, csrf: session.csrf };
  }),
  handle(signOut, async ({ request, services: { config, db, trail } }) => {
    const { person, session } = callerOf(request);
    if (session !== null) {
      await trail.note(person, { action: "session.ended" });
      await endSession(db, session.sha256);
    }
    setSessionCookie(request, null, config);
    return { done: true as const };
  }),
];

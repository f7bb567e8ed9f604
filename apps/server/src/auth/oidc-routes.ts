/**
 * Signing in at the identity provider: away and back again, to the page that was asked for. These two addresses redirect browsers; they
 * are no part of the interface that programs use.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { plainPage } from "../serve/plain-page.ts";
import { signInLimit } from "../serve/rate.ts";
import { reasonOf } from "../service/reason.ts";
import type { Services } from "../services.ts";
import { type Claims, personOfClaims } from "./oidc-client.ts";
import { beginSession, COOKIE, cookieOptions } from "./session.ts";
import { type NotSignedIn, whyNotSignedIn } from "./why-not-signed-in.ts";

export const OIDC_PATH = "/api/session/oidc";
const KEPT_COOKIE = "nacre_oidc";
const KEPT_S = 600;

const keptSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), to: z.string() });

export function addOidc(app: FastifyInstance, services: Services): void {
  const { config, provider: client } = services;
  if (config.oidc === undefined || client === null) return;
  const provider = config.oidc;
  const kept = { ...cookieOptions(config), path: OIDC_PATH };
  const limited = { config: { rateLimit: signInLimit }, exposeHeadRoute: false };

  app.get<{ Querystring: { to?: unknown } }>(OIDC_PATH, limited, async (request, reply) => {
    const to = ownPath(request.query.to);
    try {
      const begun = await client.begin(`${baseOf(request, services)}${OIDC_PATH}/callback`);
      reply.setCookie(KEPT_COOKIE, JSON.stringify({ ...begun.kept, to }), { ...kept, maxAge: KEPT_S });
      return reply.redirect(begun.url, 302);
    } catch (error) {
      request.log.error({ err: error, reason: reasonOf(error) }, "the identity provider cannot be reached");
      return sayNo(reply, 503, "The identity provider does not answer. Try again in a minute.");
    }
  });

  app.get(`${OIDC_PATH}/callback`, limited, async (request, reply) => {
    const remembered = readKept(request.cookies[KEPT_COOKIE]);
    reply.clearCookie(KEPT_COOKIE, kept);
    if (remembered === null) return sayNo(reply, 400, "This sign-in was not begun here, or it took too long.");
    const current = new URL(request.url, baseOf(request, services));
    const claims = await client.finish(current, remembered).catch((error: unknown): NotSignedIn => {
      const why = whyNotSignedIn(error);
      request.log.warn({ err: error, reason: reasonOf(error), said: why.word }, "sign-in refused");
      return why;
    });
    if (!isClaims(claims)) return sayNo(reply, claims.status, claims.text);
    const person = personOfClaims(claims, provider);
    if (person === null) {
      await services.trail.note(null, { action: "session.refused", details: { how: "oidc", why: "no role" } });
      return sayNo(reply, 403, "You are known, but none of your groups has a role here. Ask an admin of this service.");
    }
    await services.trail.note(person, { action: "session.begun", details: { how: "oidc", role: person.role } });
    const session = await beginSession(services.db, person, services.now());
    reply.setCookie(COOKIE, session.cookie, cookieOptions(config));
    return reply.redirect(ownPath(remembered.to), 302);
  });
}

function isClaims(answer: Claims | NotSignedIn): answer is Claims {
  return "sub" in answer;
}

/** The address under which the browser sees the service. */
function baseOf(request: FastifyRequest, { config }: Services): string {
  return (config.publicUrl ?? `http://${request.headers.host}`).replace(/\/$/, "");
}

/** A path of this service, whatever was asked for: another site is never a place to go on to. */
export function ownPath(asked: unknown): string {
  const here = "http://nacre.invalid";
  if (typeof asked !== "string" || !/^\/(?![/\\])/.test(asked) || /[\\\s]/.test(asked)) return "/";
  const url = URL.canParse(asked, here) ? new URL(asked, here) : null;
  if (url === null || url.origin !== here || url.pathname.startsWith("/api")) return "/";
  // A path of `/.//host` is made `//host`: read again, it would lead there.
  return /^\/[/\\]/.test(url.pathname) ? "/" : url.pathname + url.search + url.hash;
}

function readKept(cookie: string | undefined) {
  try {
    return keptSchema.parse(JSON.parse(cookie ?? "null"));
  } catch {
    return null;
  }
}

function sayNo(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .type("text/html; charset=utf-8")
    .send(plainPage("Not signed in", text, { to: "/", text: "Back to the start" }));
}

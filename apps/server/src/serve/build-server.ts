/** Puts the table of handlers onto an app: guards before each, inputs parsed, replies sent, failures told in one shape. */

import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import { ROUTES, type Route } from "@nacre/api";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { callerOf, NOBODY, rememberCaller } from "../auth/caller.ts";
import { checkHost, checkOrigin, checkRole } from "../auth/guard.ts";
import { identify } from "../auth/identify.ts";
import { addOidc } from "../auth/oidc-routes.ts";
import { rememberReply } from "../auth/session-cookie.ts";
import { VERSION } from "../service/version.ts";
import type { Services } from "../services.ts";
import { API, isApi } from "./address.ts";
import { failureReply } from "./failure-reply.ts";
import type { Handled } from "./handle.ts";
import { addMetrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { parseInput } from "./parse-input.ts";
import { limitOf, refusedTokenLimit } from "./rate.ts";
import { addSecurityHeaders } from "./security-headers.ts";
import { sendAnswer } from "./send-answer.ts";
import { addStaticApp } from "./static-app.ts";
import { holdStream } from "./watchers.ts";

export interface BuildOptions {
  readonly handled: readonly Handled[];
  readonly services: Services;
  /** Checks each reply against its schema: for tests. */
  readonly checkReplies?: boolean;
  /** Aborted when the service closes: streams end. */
  readonly closing: AbortSignal;
  readonly heartbeatMs?: number;
}

export async function buildServer(app: FastifyInstance, options: BuildOptions): Promise<void> {
  const { services, handled } = options;
  app.setErrorHandler(failureReply(services.config));
  acceptJsonAlone(app);
  await app.register(cookie);
  await app.register(rateLimit, { global: false, addHeadersOnExceeding: QUIET, errorResponseBuilder: tooMany });
  const refusedTokens = app.createRateLimit(refusedTokenLimit);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    addSecurityHeaders(reply, services.config);
    rememberReply(request, reply);
    checkHost(request, services.config);
    if (!isApi(request.url.replace(/\?.*$/s, ""))) return;
    const caller = await identify(request, services).catch(async (error: unknown) => {
      const tries = await refusedTokens(request);
      throw !tries.isAllowed && tries.isExceeded ? tooMany() : error;
    });
    rememberCaller(request, caller);
    checkOrigin(request, services.config, caller);
  });
  app.addHook("onResponse", logResponse);
  addMetrics(app, services);
  addOidc(app, services);
  const document = JSON.stringify(openApi(everyRoute(handled), VERSION));
  app.get(`${API}/openapi.json`, async (_, reply) => reply.type("application/json; charset=utf-8").send(document));
  for (const one of handled) addRoute(app, one, options);
  await addStaticApp(app, services.config.web);
}

/** The routes of the interface, and those that are served beside it. */
function everyRoute(handled: readonly Handled[]): Route[] {
  return [...new Map([...Object.values(ROUTES), ...handled.map((h) => h.route)].map((r) => [r.id, r])).values()];
}

const QUIET = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };

function tooMany(): Error {
  return Object.assign(new Error("too many"), { statusCode: 429 });
}

/** JSON is the only body: a form of another site cannot send it without asking first. An empty body is none. */
function acceptJsonAlone(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^application\/(geo\+)?json\b/, { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return parse(request, body as string, done);
  });
}

function addRoute(app: FastifyInstance, { route, answer }: Handled, options: BuildOptions): void {
  app.route({
    method: route.method,
    url: API + route.path,
    exposeHeadRoute: route.method === "GET" && route.kind !== "events",
    config: { rateLimit: limitOf(route) },
    onRequest: async (request) => checkRole(request, route),
    handler: async (request, reply) => {
      const input = parseInput(route, request);
      const gone = goneWith(reply, options.closing);
      const { signal } = gone;
      const heartbeatMs = options.heartbeatMs ?? 15_000;
      if (route.kind === "events")
        holdStream({ request, reply }, options.services, { end: () => gone.abort(), lookMs: heartbeatMs });
      const who = callerOf(request).person ?? NOBODY;
      const value = await answer({ ...input, who, services: options.services, request, signal });
      return sendAnswer(
        route,
        value,
        { request, reply },
        {
          checkReplies: options.checkReplies ?? false,
          heartbeatMs,
          signal: route.kind === "events" ? signal : NEVER,
        },
      );
    },
  });
}

const NEVER = new AbortController().signal;

/** Aborted when the caller goes away before the answer was sent, or when the service closes. */
function goneWith(reply: FastifyReply, closing: AbortSignal): AbortController {
  const gone = new AbortController();
  const close = () => gone.abort();
  closing.addEventListener("abort", close, { once: true });
  if (closing.aborted) gone.abort();
  reply.raw.once("close", () => {
    closing.removeEventListener("abort", close);
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone;
}

/** Opaque keys of a path; whatever else stands in it is left out. */
const KEY = /^(?:[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

async function logResponse(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const route = request.routeOptions.url;
  const keys = Object.entries((request.params ?? {}) as Record<string, unknown>).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && KEY.test(entry[1]),
  );
  request.log.info(
    {
      route: route ?? "unknown",
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      who: callerOf(request).person?.id ?? null,
      ...(keys.length === 0 ? {} : { keys: Object.fromEntries(keys) }),
    },
    "answered",
  );
}

/**
 * Stands before every request: which names this service answers to, who asks, from which page, and whether they may.
 * Names: a page elsewhere whose domain turns into 127.0.0.1 would else read everything (DNS rebinding).
 */
import { mayDo, type Route } from "@nacre/api";
import type { FastifyRequest } from "fastify";
import { refuse } from "../serve/refuse.ts";
import type { Services } from "../services.ts";
import { type Caller, callerOf } from "./caller.ts";
import { isLoopback } from "./openness.ts";
import { isSameSecret } from "./secret.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** The origins whose pages are ours: the public address, and on loopback its three names. */
function isOwnHost(host: string, config: Services["config"], port: number | undefined): boolean {
  if (config.publicUrl !== undefined && host === new URL(config.publicUrl).host) return true;
  if (!isLoopback(config.host)) return config.publicUrl === undefined;
  const at = /^(localhost|127\.0\.0\.1|\[::1\])(?::(\d+))?$/.exec(host);
  return at !== null && Number(at[2] ?? 80) === port;
}

/** @throws ApiRefusal bad-request where the service is called by another's name */
export function checkHost(request: FastifyRequest, config: Services["config"]): void {
  const host = (request.headers.host ?? "").toLowerCase();
  if (isOwnHost(host, config, request.socket.localPort)) return;
  refuse("bad-request", {
    expected: "the address of this service in the header host",
    received: "another name",
    remedy: "open it as http://localhost with its port, or set publicUrl to the address that people use",
  });
}

/** Refuses what another site's page sends in a person's name: every change, and every question but a link that is followed. @throws ApiRefusal forbidden */
export function checkOrigin(request: FastifyRequest, config: Services["config"], caller: Caller): void {
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (SAFE.has(request.method)) {
    // It could not read the answer, but make the service work: a backup for each picture on a page.
    const isOwnPage = site === undefined || site === "same-origin" || site === "none";
    if (isOwnPage || request.headers["sec-fetch-mode"] === "navigate") return;
    refuse("forbidden", {
      expected: "a question from a page of this service",
      received: "one from another site",
      remedy: "open the service itself",
    });
  }
  const isOwn = origin === undefined || isOwnOrigin(origin, request, config);
  if (!isOwn || (site !== undefined && site !== "same-origin" && site !== "none"))
    refuse("forbidden", {
      expected: "a change sent by a page of this service",
      received: "one sent by another site",
      remedy: "open the service itself and do it there",
    });
  const sent = request.headers["x-nacre-csrf"];
  if (caller.session !== null && (typeof sent !== "string" || !isSameSecret(sent, caller.session.csrf)))
    refuse("forbidden", {
      expected: "the csrf value of the session in the header x-nacre-csrf",
      received: sent === undefined ? "none" : "another",
      remedy: "load the page again",
    });
}

function isOwnOrigin(origin: string, request: FastifyRequest, config: Services["config"]): boolean {
  if (config.publicUrl !== undefined && origin === new URL(config.publicUrl).origin) return true;
  return origin === `http://${(request.headers.host ?? "").toLowerCase()}`;
}

/** @throws ApiRefusal signed-out, forbidden */
export function checkRole(request: FastifyRequest, route: Route): void {
  if (route.role === null) return;
  const { person } = callerOf(request);
  if (person === null)
    refuse("signed-out", {
      expected: "somebody who has signed in",
      received: "nobody",
      remedy: "sign in, or send a token: authorization: Bearer nacre_…",
    });
  // What admins do is done to the whole service: whoever is held to projects would grant himself the others, or carry them home.
  if (route.role === "admin" && person.projects !== null)
    refuse("forbidden", {
      expected: "an admin of the whole service",
      received: "one who is held to projects",
      remedy: "ask an admin who sees every project",
    });
  if (mayDo(person.role, route.role)) return;
  refuse("forbidden", {
    expected: `the role ${route.role}`,
    received: `the role ${person.role}`,
    remedy: "ask an admin of this service",
  });
}

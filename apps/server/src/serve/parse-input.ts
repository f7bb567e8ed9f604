/** Path, query and body of a request against the schemas of its route. The first thing that is wrong is told in words. */
import type { Route, RouteInput } from "@nacre/api";
import { nearestName } from "@nacre/core";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { refuse } from "./refuse.ts";

/** @throws ApiRefusal bad-request */
export function parseInput(route: Route, request: FastifyRequest): RouteInput<Route> {
  knowQuery(route, request.query);
  refuseBrokenText(request.params, ["path"]);
  refuseBrokenText(request.query, ["query"]);
  refuseBrokenText(bodyOf(route, request.body), ["body"]);
  return {
    params: parse(route.params, request.params, "path"),
    query: parse(route.query, request.query, "query"),
    body: parse(route.body, bodyOf(route, request.body), "body"),
  };
}

/** A body may be left out where all its fields have defaults, and is not looked at where the route has none. */
function bodyOf(route: Route, body: unknown): unknown {
  return route.body instanceof z.ZodUndefined ? undefined : (body ?? {});
}

/** A misspelt filter would give everything: refused by name. */
function knowQuery(route: Route, query: unknown): void {
  if (!(route.query instanceof z.ZodObject)) return;
  const known = Object.keys(route.query.shape);
  const unknown = Object.keys(query ?? {}).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, known);
  refuse("bad-request", {
    expected: known.length === 0 ? "no query" : `a query of ${known.join(", ")}`,
    received: `the name ${brief(unknown)}`,
    remedy: near === null ? "leave it out" : `write ${near}`,
  });
}

/** Deepest nesting of a body that is looked at; geometry needs four, a FHIR bundle a dozen. */
const DEEPEST = 64;

/** Text that no database keeps and no other program reads back: NUL, half of a surrogate pair. In names as in values. @throws ApiRefusal */
function refuseBrokenText(value: unknown, place: readonly string[]): void {
  if (typeof value === "string") checkText(value, place);
  if (typeof value !== "object" || value === null) return;
  if (place.length > DEEPEST)
    refuse("bad-request", {
      expected: `a body nested at most ${DEEPEST} deep`,
      received: "a deeper one",
      remedy: "see /api/openapi.json",
    });
  if (Array.isArray(value)) {
    value.forEach((inner, i) => {
      if (typeof inner !== "number") refuseBrokenText(inner, [...place, String(i)]);
    });
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    checkText(name, [...place, "a name"]);
    if (typeof inner !== "number") refuseBrokenText(inner, [...place, name]);
  }
}

/** As code points whole pairs are no surrogates. */
const HALF_PAIR = /\p{Surrogate}/u;

function checkText(text: string, place: readonly string[]): void {
  const isBroken = HALF_PAIR.test(text);
  if (!isBroken && !text.includes("\0")) return;
  refuse("bad-request", {
    expected: `${place.join(".")}: text of whole characters`,
    received: isBroken ? "half of a surrogate pair" : "the character NUL",
    remedy: "send the text without it; it usually comes from a text that was cut in the middle of a character",
  });
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = [where, ...(issue?.path ?? []).map(String)].join(".");
  return refuse("bad-request", {
    expected: `${place}: ${issue?.message ?? "a value of another shape"}`,
    received: brief(at(value, issue?.path ?? [])),
    remedy: "see /api/openapi.json",
  });
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** A value in at most 60 letters. */
function brief(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

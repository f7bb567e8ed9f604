/** Tokens: made, listed and ended by admins. */
import { listTokens as listRoute, makeToken as makeRoute, revokeToken as revokeRoute } from "@nacre/api";
import { type Handled, handle } from "../serve/handle.ts";
import { notFound } from "../serve/refuse.ts";
import { listTokens, makeToken, revokeToken } from "./token.ts";

export const tokenRoutes: readonly Handled[] = [
  handle(listRoute, async ({ services: { db } }) => ({ rows: await listTokens(db) })),
  handle(makeRoute, async ({ who, body, services: { archive, db, now, trail } }) => {
    const known = new Set(archive.projects.map((p) => p.key));
    if (body.projects?.some((key) => !known.has(key))) return notFound("a project");
    const made = await makeToken(db, body, now());
    const { role, rights, projects } = body;
    await trail.note(who, { action: "token.made", subject: made.row.id, details: { role, rights, projects } });
    return made;
  }),
  handle(revokeRoute, async ({ who, params, services: { db, now, trail } }) => {
    const row = await revokeToken(db, params.id, now());
    await trail.note(who, { action: "token.revoked", subject: row.id });
    return row;
  }),
];

/** Streams last longer than leave to see them does: whether what signed a caller in still would. Asks the database, and is no request of the person. */
import "@fastify/cookie";
import type { FastifyRequest } from "fastify";
import type { Services } from "../services.ts";
import { bearerOf } from "./identify.ts";
import { COOKIE, findSession } from "./session.ts";
import { goodToken } from "./token.ts";

/** @returns whether the token or the session that came with the request is good now; true for this machine's own user */
export async function isStillGood(
  request: FastifyRequest,
  { config, db, now }: Pick<Services, "config" | "db" | "now">,
): Promise<boolean> {
  const bearer = bearerOf(request);
  if (bearer !== undefined) return config.tokens && (await goodToken(db, bearer, now())) !== null;
  const cookie = request.cookies[COOKIE];
  return cookie === undefined || (await findSession(db, cookie, now(), { isRequest: false })) !== null;
}

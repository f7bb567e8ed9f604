/** Sets the cookie of a session from inside a handler, which sees the request and not the reply. */
import "@fastify/cookie";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ServerConfig } from "../config.ts";
import { COOKIE, cookieOptions } from "./session.ts";

const replies = new WeakMap<FastifyRequest, FastifyReply>();

export function rememberReply(request: FastifyRequest, reply: FastifyReply): void {
  replies.set(request, reply);
}

/** Null takes the cookie away. */
export function setSessionCookie(request: FastifyRequest, value: string | null, config: ServerConfig): void {
  const reply = replies.get(request);
  if (value === null) reply?.clearCookie(COOKIE, cookieOptions(config));
  else reply?.setCookie(COOKIE, value, cookieOptions(config));
}

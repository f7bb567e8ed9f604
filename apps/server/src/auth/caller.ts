/** Who stands behind a request: found once when it arrives, asked for by whoever answers. */
import type { Person } from "@nacre/api";
import type { FastifyRequest } from "fastify";

export interface Caller {
  /** Null: nobody has signed in. */
  readonly person: Person | null;
  /** The session that a cookie names; null where there is no cookie. */
  readonly session: { readonly sha256: string; readonly csrf: string } | null;
}

/** Stands in for nobody where a handler asks for a person: sees no project. */
export const NOBODY: Person = { id: "nobody", name: "nobody", role: "viewer", rights: [], projects: [], how: "token" };

const callers = new WeakMap<FastifyRequest, Caller>();

export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

export function callerOf(request: FastifyRequest): Caller {
  return callers.get(request) ?? { person: null, session: null };
}

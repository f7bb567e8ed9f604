/**
 * A route as a value: what the server serves, the client calls and the OpenAPI document describes is this one thing.
 * Paths are below `/api`; `:name` stands for a path parameter. Ids in paths are opaque keys: never a path, a patient or a file name.
 */
import { z } from "zod";
import type { Role } from "./role.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What comes back: one JSON document, bytes of a named type, or a stream of server-sent events whose data are of `reply`. */
export type ReplyKind = "json" | "bytes" | "events";

export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  /** Unique name, also the operation's id in the OpenAPI document. */
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  /** The least role that may call it; null: nobody needs to sign in. */
  readonly role: Role | null;
  readonly summary: string;
  readonly kind: ReplyKind;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly reply: R;
}

interface RouteSpec<P, Q, B, R> {
  readonly id: string;
  readonly role: Role | null;
  readonly summary: string;
  readonly kind?: ReplyKind;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
}

const nothing = z.object({});

/** Defines a route. `at` is a method and a path: `GET /slides/:slide`. @throws TypeError where a path parameter has no schema */
export function defineRoute<
  R extends z.ZodType,
  P extends z.ZodType = z.ZodObject,
  Q extends z.ZodType = z.ZodObject,
  B extends z.ZodType = z.ZodUndefined,
>(at: `${Method} /${string}`, spec: RouteSpec<P, Q, B, R>): Route<P, Q, B, R> {
  const [method, path] = at.split(" ") as [Method, string];
  const params = spec.params ?? nothing;
  for (const [, name] of path.matchAll(/:(\w+)/g))
    if (name !== undefined && !(params instanceof z.ZodObject && name in params.shape))
      throw new TypeError(
        `route ${spec.id}: expected a schema of the path parameter ${name}, received none; add it to params`,
      );
  return {
    id: spec.id,
    method,
    path,
    role: spec.role,
    summary: spec.summary,
    kind: spec.kind ?? "json",
    // The defaults above are what the type parameters default to.
    params: params as P,
    query: (spec.query ?? nothing) as Q,
    body: (spec.body ?? z.undefined()) as B,
    reply: spec.reply,
  };
}

/** Parsed inputs of a route, as its handler receives them. */
export interface RouteInput<T extends Route> {
  readonly params: z.output<T["params"]>;
  readonly query: z.output<T["query"]>;
  readonly body: z.output<T["body"]>;
}

/** What a caller hands over: fields with defaults may be left out. */
export interface RouteCall<T extends Route> {
  readonly params?: z.input<T["params"]>;
  readonly query?: z.input<T["query"]>;
  readonly body?: z.input<T["body"]>;
}

export type RouteReply<T extends Route> = z.output<T["reply"]>;

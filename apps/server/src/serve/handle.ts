/** Joins a route with the function that answers it. */
import type { Person, Route, RouteInput, RouteReply } from "@nacre/api";
import type { FastifyRequest } from "fastify";
import type { Services } from "../services.ts";

export interface Call<T extends Route> extends RouteInput<T> {
  /** Who calls; on routes without a role this may be nobody, and then `who` is null in `caller`. */
  readonly who: Person;
  readonly services: Services;
  readonly request: FastifyRequest;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** Bytes of a named type. */
export interface BytesReply {
  readonly type: string;
  readonly body: Uint8Array | NodeJS.ReadableStream | string;
  /** Address names the content: may be kept for ever by the caller. */
  readonly isImmutable?: boolean;
  /** Name under which a browser saves it. */
  readonly saveAs?: string;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One server-sent event. */
export interface StreamEvent<T> {
  readonly id?: string;
  readonly data: T;
}

export type Answer<T extends Route> = T["kind"] extends "json"
  ? RouteReply<T>
  : BytesReply | RouteReply<T> | AsyncIterable<StreamEvent<RouteReply<T>>>;

export interface Handled {
  readonly route: Route;
  // A table of routes of every shape: each was checked against its own route where it was made.
  readonly answer: (call: Call<Route>) => Promise<unknown>;
}

/** The handler of a route. `answer` gives the reply, or throws `ApiRefusal` (refuse, notFound) or FailureError. */
export function handle<T extends Route>(route: T, answer: (call: Call<T>) => Promise<Answer<T>>): Handled {
  return { route, answer: answer as Handled["answer"] };
}

/**
 * Calls a route of the service. The same route values that the server serves give the address, the body's form and the reply's type;
 * replies are parsed with their schema, so that a page never shows what it did not understand.
 */
import { type ApiFailure, errorSchema, type Route, type RouteCall, type RouteReply } from "@nacre/api";

/** A call that failed: `status` 0 where the service did not answer. */
export class CallFailure extends Error {
  readonly status: number;
  readonly failure: ApiFailure;
  constructor(status: number, failure: ApiFailure) {
    super(`${failure.kind}: expected ${failure.expected}, received ${failure.received}`);
    this.name = "CallFailure";
    this.status = status;
    this.failure = failure;
  }
}

export const isCallFailure = (error: unknown): error is CallFailure => error instanceof CallFailure;

let csrf: string | null = null;

/** Keeps the word that every changing request must carry where a cookie signs in. */
export function rememberCsrf(word: string | null): void {
  csrf = word;
}

/** Where a route with these inputs lies: for pictures, links and downloads. @throws TypeError where a path parameter is missing */
export function addressOf<T extends Route>(route: T, input: RouteCall<T> = {}): string {
  const params = (input.params ?? {}) as Record<string, unknown>;
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined)
      throw new TypeError(`${route.id}: expected the path parameter ${name}, received none; put it into params`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>))
    if (value !== undefined && value !== null) query.set(name, String(value));
  return `/api${path}${query.size > 0 ? `?${query}` : ""}`;
}

async function send<T extends Route>(route: T, input: RouteCall<T>, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: route.kind === "bytes" ? "*/*" : "application/json" };
  if (input.body !== undefined) headers["content-type"] = "application/json";
  if (route.method !== "GET" && csrf !== null) headers["x-nacre-csrf"] = csrf;
  const request: RequestInit = { method: route.method, headers, credentials: "same-origin", signal: signal ?? null };
  if (input.body !== undefined) request.body = JSON.stringify(input.body);
  let response: Response;
  try {
    response = await fetch(addressOf(route, input), request);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new CallFailure(0, {
      kind: "unreachable",
      expected: "the service to answer",
      received: "no connection",
      remedy: "see whether the service still runs and the network is there, then try again",
    });
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** What a refused answer says; an answer that is not ours is told as such. */
export async function failureOf(response: Response): Promise<CallFailure> {
  const said = errorSchema.safeParse(await response.json().catch(() => null));
  if (said.success) return new CallFailure(response.status, said.data.error);
  return new CallFailure(response.status, {
    kind: "bad-answer",
    expected: "an answer of this service",
    received: `status ${response.status} without a reason`,
    remedy: "a proxy may stand between; try again, then look into the service's log",
  });
}

/** Calls a route whose reply is JSON. @throws CallFailure where it is refused, fails, or cannot be reached */
export async function call<T extends Route>(
  route: T,
  input: RouteCall<T> = {},
  signal?: AbortSignal,
): Promise<RouteReply<T>> {
  const response = await send(route, input, signal);
  const parsed = route.reply.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data as RouteReply<T>;
  const issue = parsed.error.issues[0];
  throw new CallFailure(response.status, {
    kind: "bad-answer",
    expected: `a reply of ${route.id} as this page knows it`,
    received: `${issue?.path.join(".") || "the reply"}: ${issue?.message ?? "unreadable"}`,
    remedy: "reload the page: it may be older than the service",
  });
}

/** Calls a route whose reply is bytes. @throws CallFailure */
export async function callBytes<T extends Route>(
  route: T,
  input: RouteCall<T> = {},
  signal?: AbortSignal,
): Promise<Blob> {
  return (await send(route, input, signal)).blob();
}

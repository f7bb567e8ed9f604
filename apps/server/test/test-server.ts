/** A service for a test: its own folders, a free port, replies checked against their schemas. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Route, RouteCall, RouteReply } from "@nacre/api";
import { unwrap } from "@nacre/core";
import type { ServedFolder, ServerConfig } from "../src/config.ts";
import type { Services } from "../src/services.ts";
import { type StartOptions, startServer } from "../src/start-server.ts";

export interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface TestServer {
  readonly url: string;
  readonly services: Services;
  readonly config: ServerConfig;
  /** What the service wrote to its log so far. */
  log(): string;
  /** Sends a request of a route; throws where the status is not 2xx. */
  call<T extends Route>(route: T, input?: RouteCall<T>, options?: CallOptions): Promise<RouteReply<T>>;
  /** The same, and whatever comes. */
  send<T extends Route>(route: T, input?: RouteCall<T>, options?: CallOptions): Promise<Response>;
  /** Any request by path. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export interface TestOptions extends Partial<Omit<ServerConfig, "projects">>, Omit<StartOptions, "log"> {
  readonly projects?: readonly ServedFolder[];
}

export async function testServer({ projects = [], ...options }: TestOptions = {}): Promise<TestServer> {
  const { checkReplies = true, now, heartbeatMs, arrival, ...given } = options;
  const own = given.data === undefined ? mkdtempSync(join(tmpdir(), "nacre-server-")) : null;
  const config: ServerConfig = {
    data: own ?? "",
    host: "127.0.0.1",
    port: 0,
    tokens: true,
    dicomweb: [],
    webhookHosts: [],
    readers: 1,
    web: null,
    maxBody: 30_000_000,
    ...given,
    projects,
  };
  const lines: string[] = [];
  const running = unwrap(
    await startServer(config, {
      checkReplies,
      log: { write: (line) => void lines.push(line) },
      ...(now === undefined ? {} : { now }),
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
      ...(arrival === undefined ? {} : { arrival }),
    }),
  );
  const server: TestServer = {
    url: running.url,
    services: running.services,
    config,
    log: () => lines.join(""),
    fetch: (path, init) => fetch(running.url + path, { redirect: "manual", ...init }),
    send: (route, input, o) => fetch(running.url + pathOf(route, input ?? {}), requestOf(route, input ?? {}, o ?? {})),
    call: async (route, input, o) => {
      const reply = await server.send(route, input, o);
      if (!reply.ok) throw new Error(`${route.id}: ${reply.status} ${await reply.text()}`);
      const isJson = reply.headers.get("content-type")?.startsWith("application/json") === true;
      return (isJson ? await reply.json() : await reply.text()) as RouteReply<typeof route>;
    },
    close: async () => {
      await running.close();
      if (own !== null) rmSync(own, { recursive: true, force: true });
    },
  };
  return server;
}

function pathOf(route: Route, input: RouteCall<Route>): string {
  const params = (input.params ?? {}) as Record<string, unknown>;
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const query = new URLSearchParams(
    Object.entries((input.query ?? {}) as Record<string, unknown>)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  ).toString();
  return `/api${path}${query === "" ? "" : `?${query}`}`;
}

function requestOf(route: Route, input: RouteCall<Route>, { token, headers, signal }: CallOptions): RequestInit {
  return {
    method: route.method,
    redirect: "manual",
    headers: {
      ...(input.body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
    ...(signal === undefined ? {} : { signal }),
  };
}

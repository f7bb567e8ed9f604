/** Explains what is wrong with a service: one that answers at an address, or one that does not start over a folder. */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { healthSchema, readSession } from "@nacre/api";
import { discover } from "../auth/oidc-client.ts";
import { checkOpenness } from "../auth/openness.ts";
import type { ServerConfig } from "../config.ts";
import { databaseIn, openStore, takeDataFolder } from "../store/open-store.ts";
import { checkDisk, checkFolder } from "./health.ts";

/** As `nacre doctor` prints them. */
export interface ServerCheck {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

const WAIT_MS = 5_000;

/** Looks at a service that runs. `token` of an admin shows the service's own checks. */
export async function examineAddress(address: string, token?: string): Promise<ServerCheck[]> {
  const base = address.replace(/\/$/, "");
  const ask = (path: string) =>
    fetch(base + path, {
      signal: AbortSignal.timeout(WAIT_MS),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
  try {
    const session = await ask("/api/session");
    const known = readSession.reply.safeParse(await session.json().catch(() => null));
    if (!known.success)
      return [{ what: "address", ok: false, found: `${base} answers, but it is not Nacre (${session.status})` }];
    const health = healthSchema.parse(await (await ask("/api/health")).json());
    return [
      { what: "address", ok: true, found: `Nacre ${known.data.version} at ${base}` },
      {
        what: "sign-in",
        ok: true,
        found: known.data.person === null ? `by ${known.data.signIn.join(", ")}` : known.data.person.role,
      },
      { what: "health", ok: health.state === "ok", found: health.state },
      ...health.checks.map(({ name, ok, text }) => ({ what: name, ok, found: text })),
    ];
  } catch (error) {
    return [{ what: "address", ok: false, found: `${base}: ${reasonOf(error)}` }];
  }
}

/** Looks at a service that is not running: all that would keep it from starting, or from working. */
export async function examineConfig(config: ServerConfig): Promise<ServerCheck[]> {
  const open = checkOpenness(config);
  const above = existsSync(config.data) ? config.data : existingAbove(config.data);
  return [
    ...config.projects.map(({ folder, name }) => named(checkFolder(folder, name === "" ? folder : name))),
    named(checkDisk(above)),
    {
      what: "sign-in",
      ok: open.ok,
      found: open.ok ? "as the address asks for" : `${open.failure.received}; ${open.failure.remedy}`,
    },
    await checkLockAndDatabase(config),
    await checkPort(config),
    ...(config.oidc === undefined ? [] : [await checkProvider(config.oidc)]),
    checkWeb(config.web),
  ];
}

function named({ name, ok, text }: { name: string; ok: boolean; text: string }): ServerCheck {
  return { what: name, ok, found: text };
}

function existingAbove(folder: string): string {
  const above = dirname(folder);
  return existsSync(above) || above === folder ? above : existingAbove(above);
}

async function checkLockAndDatabase({ data, databaseUrl }: ServerConfig): Promise<ServerCheck> {
  const what = "database";
  if (databaseUrl === undefined && !existsSync(databaseIn(data)))
    return { what, ok: true, found: "none yet; the first start makes it" };
  if (databaseUrl === undefined) {
    const lock = await takeDataFolder(data);
    if (!lock.ok) return { what, ok: false, found: `${lock.failure.received}; ${lock.failure.remedy}` };
    lock.value.release();
  }
  const store = await openStore({ folder: data, ...(databaseUrl === undefined ? {} : { url: databaseUrl }) });
  if (!store.ok) return { what, ok: false, found: `${store.failure.received}; ${store.failure.remedy}` };
  await store.value.close();
  return { what, ok: true, found: databaseUrl === undefined ? "embedded; opens" : "PostgreSQL; answers" };
}

function checkPort({ host, port }: ServerConfig): Promise<ServerCheck> {
  const what = "port";
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", (error) => settle({ what, ok: false, found: `${host}:${port}: ${reasonOf(error)}` }));
    server.listen({ host, port }, () =>
      server.close(() => settle({ what, ok: true, found: `${host}:${port} is free` })),
    );
  });
}

async function checkProvider(oidc: NonNullable<ServerConfig["oidc"]>): Promise<ServerCheck> {
  const what = "identity provider";
  try {
    await discover(oidc);
    return { what, ok: true, found: `${oidc.issuer} answers` };
  } catch (error) {
    return { what, ok: false, found: `${oidc.issuer}: ${reasonOf(error)}` };
  }
}

function checkWeb(web: string | null): ServerCheck {
  const isThere = web !== null && existsSync(join(web, "index.html"));
  return { what: "web app", ok: isThere, found: isThere ? "built" : "not built; run `npm run build`" };
}

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program uses this port; give another with --port",
  ECONNREFUSED: "nobody answers there: is the service running, and on this port?",
  ENOTFOUND: "no such host: check the name",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "not allowed: ports below 1024 need rights",
};

function reasonOf(error: unknown): string {
  let deepest = error as NodeJS.ErrnoException & { cause?: unknown };
  if (deepest.name === "TimeoutError") return `no answer within ${WAIT_MS / 1000} s`;
  while (deepest.cause instanceof Error) deepest = deepest.cause;
  return WORDS[deepest.code ?? ""] ?? deepest.code ?? deepest.message;
}

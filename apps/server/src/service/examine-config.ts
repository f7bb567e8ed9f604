/** Explains what is wrong with a service that does not run: all that would keep it from starting, or from working. */
import { accessSync, constants, existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { discover } from "../auth/oidc-client.ts";
import { checkOpenness, isReadable, needsSignIn } from "../auth/openness.ts";
import { hasToken } from "../auth/token.ts";
import type { ServerConfig } from "../config.ts";
import { isNewer, type SchemaState, schemaOf } from "../store/migrations.ts";
import { databaseIn, openStore } from "../store/open-store.ts";
import { type ServerCheck, WAIT_MS } from "./examine-address.ts";
import { checkDisk, checkFolder } from "./health.ts";
import { reasonOf } from "./reason.ts";

/** Looks at what a service would start with. */
export async function examineConfig(config: ServerConfig): Promise<ServerCheck[]> {
  const above = existsSync(config.data) ? config.data : existingAbove(config.data);
  const database = await examineDatabase(config);
  return [
    ...config.projects.map(({ folder, name }) => named(checkFolder(folder, name === "" ? folder : name))),
    named(checkDisk(above)),
    checkData(config.data, above),
    checkSignIn(config, database.tokens),
    database.check,
    await checkPort(config),
    ...(config.oidc === undefined ? [] : await checkProvider(config.oidc)),
    checkWeb(config.web),
  ];
}

/** @param above the folder itself, or the nearest above it that is there */
function checkData(folder: string, above: string): ServerCheck {
  const what = "data folder";
  try {
    accessSync(above, constants.W_OK | constants.X_OK);
    return { what, ok: true, found: folder };
  } catch {
    return { what, ok: false, found: `${above} cannot be written by this user; give another --data` };
  }
}

function checkSignIn(config: ServerConfig, tokens: Examined["tokens"]): ServerCheck {
  const what = "sign-in";
  const open = checkOpenness(config);
  if (!open.ok) return { what, ok: false, found: `${open.failure.received}; ${open.failure.remedy}` };
  if (!needsSignIn(config)) return { what, ok: true, found: "not asked for: this machine alone" };
  const clear = isReadable(config) ? "; in the clear: put https before it, and set publicUrl" : "";
  if (config.oidc !== undefined)
    return { what, ok: true, found: `OpenID Connect${config.tokens ? ", tokens" : ""}${clear}` };
  // A database that does not open is told of beside this.
  const isGood = tokens !== "none";
  return { what, ok: isGood, found: isGood ? `tokens${clear}` : "no good token: make one with --make-token admin" };
}

function named({ name, ok, text }: { name: string; ok: boolean; text: string }): ServerCheck {
  return { what: name, ok, found: text };
}

function existingAbove(folder: string): string {
  const above = dirname(folder);
  return existsSync(above) || above === folder ? above : existingAbove(above);
}

interface Examined {
  readonly check: ServerCheck;
  readonly tokens: "good" | "none" | "unknown";
}

/** Looks into the database where there is one, and changes nothing in it. */
async function examineDatabase({ data, databaseUrl: url }: ServerConfig): Promise<Examined> {
  const what = "database";
  if (url === undefined && !existsSync(databaseIn(data)))
    return { check: { what, ok: true, found: "none yet; the first start makes it" }, tokens: "none" };
  const opened = await openStore({ folder: data, ...(url === undefined ? {} : { url }), onlyLook: true });
  if (!opened.ok) {
    const { received, remedy } = opened.failure;
    return { check: { what, ok: false, found: `${received}; ${remedy}` }, tokens: "unknown" };
  }
  const { db, close } = opened.value;
  try {
    const schema = await schemaOf(db);
    const found = `${url === undefined ? "embedded; opens" : "PostgreSQL; answers"}${schemaText(schema)}`;
    if (isNewer(schema)) return { check: { what, ok: false, found }, tokens: "unknown" };
    const isGood = schema.has.length > 0 && (await hasToken(db, new Date()));
    return { check: { what, ok: true, found }, tokens: isGood ? "good" : "none" };
  } finally {
    await close();
  }
}

/** Nothing where the schema is that of this version. */
function schemaText(schema: SchemaState): string {
  const [has, knows] = [schema.has.length, schema.knows.length];
  if (isNewer(schema))
    return `; schema ${has} of a newer version, this one has ${knows}: use the version that wrote it, or a later one`;
  if (has === knows) return "";
  return has === 0
    ? "; empty: the next start makes its tables"
    : `; schema ${has}, this version has ${knows}: it is brought up to date at the next start`;
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

async function checkProvider(oidc: NonNullable<ServerConfig["oidc"]>): Promise<ServerCheck[]> {
  const what = "identity provider";
  try {
    await discover(oidc);
    return [{ what, ok: true, found: `${oidc.issuer} answers` }, ...(await checkClock(oidc.issuer))];
  } catch (error) {
    return [{ what, ok: false, found: `${oidc.issuer}: ${reasonOf(error)}` }];
  }
}

/** Further apart than this, answers of the provider that live shortly are refused. */
const MOST_SKEW_S = 30;

/** The provider's clock by its own word, to the second; nothing where it does not say. */
async function checkClock(issuer: string): Promise<ServerCheck[]> {
  const asked = fetch(issuer, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(WAIT_MS) });
  const reply = await asked.catch(() => null);
  const theirs = Date.parse(reply?.headers.get("date") ?? "");
  if (Number.isNaN(theirs)) return [];
  const apart = Math.round(Math.abs(theirs - Date.now()) / 1000);
  const found = apart <= 1 ? "agrees with the provider's" : `${apart} s from the provider's`;
  const isNear = apart < MOST_SKEW_S;
  return [{ what: "clock", ok: isNear, found: isNear ? found : `${found}: sign-in may fail; set both by NTP` }];
}

function checkWeb(web: string | null): ServerCheck {
  const isThere = web !== null && existsSync(join(web, "index.html"));
  return { what: "web app", ok: isThere, found: isThere ? "built" : "not built; run `npm run build`" };
}

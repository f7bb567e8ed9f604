/** Options of `nacre serve`, its configuration file and the environment, made into one configuration. Options go before the file. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { raise, unwrap } from "@nacre/core";
import { NO_FILE, readConfigFile, type ServerConfig } from "@nacre/server";
import { numberOption } from "./number-option.ts";

export interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
  readonly publicUrl?: string;
  readonly data?: string;
  readonly config?: string;
  readonly showLabels?: boolean;
  readonly open?: boolean;
  readonly makeToken?: string;
  readonly ifNone?: boolean;
  readonly verifyTrail?: boolean;
  readonly told?: string;
  readonly backup?: string;
  readonly restore?: string;
  readonly force?: boolean;
}

export const DEFAULT_PORT = 8100;

/** @throws FailureError bad-usage, missing-file */
export async function settleConfig(dirs: readonly string[], options: ServeOptions): Promise<ServerConfig> {
  const file = options.config === undefined ? NO_FILE : unwrap(await readConfigFile(options.config));
  const base = options.config === undefined ? process.cwd() : dirname(resolve(options.config));
  const named = dirs.map(servedFolder);
  const listed = file.projects.map(({ name, folder }) => ({ name, folder: resolve(base, folder) }));
  const given = [...named, ...listed];
  const projects = given.length === 0 ? [{ name: "", folder: process.cwd() }] : given;
  const first = projects[0]?.folder ?? process.cwd();
  const data =
    options.data === undefined ? (file.data === undefined ? null : resolve(base, file.data)) : resolve(options.data);
  const databaseUrl = databaseOf(process.env.DATABASE_URL) ?? file.databaseUrl;
  const publicUrl = options.publicUrl === undefined ? file.publicUrl : url(options.publicUrl);
  const { dicomweb, webhookHosts, tokens } = file;
  const oidc = file.oidc === undefined ? undefined : withSecret(file.oidc);
  return {
    projects,
    data: data ?? join(first, ".nacre", "service"),
    host: options.host ?? file.host ?? "127.0.0.1",
    port: options.port === undefined ? (file.port ?? DEFAULT_PORT) : port(options.port),
    tokens,
    dicomweb: dicomweb.map(({ name, url, headers }) => ({ name, url, ...(headers === undefined ? {} : { headers }) })),
    webhookHosts,
    proxies: file.proxies,
    readers: file.readers ?? Math.max(1, Math.min(4, availableParallelism() - 1)),
    web: webFolder(),
    maxBody: file.maxBodyMb * 1_000_000,
    localRights: options.showLabels === true ? ["identifiers", "labels"] : ["identifiers"],
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(file.store === undefined ? {} : { store: file.store }),
    ...(oidc === undefined ? {} : { oidc }),
  };
}

/**
 * As `settleConfig`, and refuses a folder of the command line that is not there: it would be made, and served empty. One of the
 * configuration file may be a disk that is not mounted yet.
 *
 * @throws FailureError bad-usage, missing-file
 */
export async function settleServing(dirs: readonly string[], options: ServeOptions): Promise<ServerConfig> {
  const gone = dirs.map(servedFolder).find(({ folder }) => !existsSync(folder));
  if (gone !== undefined)
    raise("missing-file", {
      expected: "a folder that is there",
      received: `nothing at ${gone.folder}`,
      remedy: "check the path, mount the disk, or make the folder first",
    });
  return settleConfig(dirs, options);
}

/** DIR, or NAME=DIR where no folder has that very name. */
function servedFolder(given: string): { name: string; folder: string } {
  const at = given.indexOf("=");
  if (at <= 0 || existsSync(given)) return { name: "", folder: resolve(given) };
  return { name: given.slice(0, at), folder: resolve(given.slice(at + 1)) };
}

/** @param given what the environment says; empty is nothing */
function databaseOf(given: string | undefined): string | undefined {
  if (given === undefined || given === "") return undefined;
  if (URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol)) return given;
  return raise("bad-usage", {
    expected: "DATABASE_URL postgres://user@host/database",
    received: "another address",
    remedy: "correct it, or leave it empty for the embedded database",
  });
}

function port(text: string): number {
  return numberOption(text, "--port", { least: 0, most: 65_535, whole: true });
}

function url(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin;
  return raise("bad-usage", {
    expected: "--public-url https://HOST",
    received: text,
    remedy: "give the address that people type",
  });
}

type Oidc = NonNullable<ServerConfig["oidc"]>;

/** The secret from the environment, where the file does not hold it; undefined fields left out. */
function withSecret(oidc: { readonly [K in keyof Oidc]: Oidc[K] | undefined }): Oidc {
  const clientSecret = oidc.clientSecret ?? process.env.NACRE_OIDC_SECRET;
  const all = Object.entries({ ...oidc, clientSecret }).filter(([, value]) => value !== undefined);
  // Only fields that may be absent are left out.
  return Object.fromEntries(all) as unknown as Oidc;
}

/** The built web app; null where the package is not there. */
function webFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("@nacre/web/package.json")), "dist", "room");
  } catch {
    return null;
  }
}

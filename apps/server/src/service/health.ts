/** Whether the service works: its database answers, its folders are there, its disk has room, and admins can sign in. */
import { accessSync, constants, statfsSync } from "node:fs";
import { sql } from "kysely";
import { needsSignIn } from "../auth/openness.ts";
import { adminUntil } from "../auth/token.ts";
import type { ServerConfig } from "../config.ts";
import type { Services } from "../services.ts";
import { reasonOf } from "./reason.ts";

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
}

export interface Health {
  readonly state: "ok" | "degraded" | "failing";
  readonly checks: HealthCheck[];
}

/** Below this the disk is told as full: a database that cannot write loses what people do. */
export const LEAST_FREE_BYTES = 500e6;
const ANSWER_MS = 3_000;

export async function checkHealth({
  config,
  db,
  now,
  provider,
}: Pick<Services, "config" | "db" | "now" | "provider">): Promise<Health> {
  const [database, signIn] = await Promise.all([
    checkDatabase(db),
    provider === null ? checkTokens(config, db, now()) : checkProvider(provider),
  ]);
  const folders = config.projects.map(({ folder, name }) => checkFolder(folder, name));
  const others = [checkDisk(config.data), ...folders, ...signIn];
  const checks = [database, ...others];
  const state = !database.ok ? "failing" : checks.every((c) => c.ok) ? "ok" : "degraded";
  return { state, checks };
}

async function checkProvider(provider: NonNullable<Services["provider"]>): Promise<HealthCheck[]> {
  const why = await provider.look();
  return [{ name: "identity provider", ok: why === null, text: why === null ? "answers" : `does not answer (${why})` }];
}

/** An admin is told so long before nobody can sign in as one any more, and the service would not start. */
const WARN_MS = 14 * 86_400_000;

async function checkTokens(config: ServerConfig, db: Services["db"], now: Date): Promise<HealthCheck[]> {
  if (!needsSignIn(config)) return [];
  const name = "sign-in";
  // A database that is away is told of beside this.
  const until = await adminUntil(db, now).catch(() => null);
  if (until === undefined) return [{ name, ok: false, text: "no good token of an admin" }];
  if (until === null) return [{ name, ok: true, text: "tokens" }];
  const isSoon = until.getTime() - now.getTime() < WARN_MS;
  const text = `the last token of an admin ends on ${until.toISOString().slice(0, 10)}`;
  return [{ name, ok: !isSoon, text: isSoon ? `${text}: make another` : text }];
}

/** Whether the database answers within `ANSWER_MS`. */
export async function checkDatabase(db: Services["db"]): Promise<HealthCheck> {
  const name = "database";
  const started = performance.now();
  let late: NodeJS.Timeout | undefined;
  try {
    const waited = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new DOMException("late", "TimeoutError")), ANSWER_MS);
    });
    await Promise.race([sql`select 1`.execute(db), waited]);
    return { name, ok: true, text: `answered in ${(performance.now() - started).toFixed(0)} ms` };
  } catch (error) {
    return { name, ok: false, text: `does not answer (${reasonOf(error)})` };
  } finally {
    clearTimeout(late);
  }
}

/** Room on the disk that holds a folder. */
export function checkDisk(folder: string): HealthCheck {
  try {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const isRoom = free >= LEAST_FREE_BYTES;
    const text = `${(free / 1e9).toFixed(1)} GB free for the service's own files`;
    return { name: "disk", ok: isRoom, text: isRoom ? text : `${text}; it wants ${LEAST_FREE_BYTES / 1e9} GB` };
  } catch (error) {
    return { name: "disk", ok: false, text: `the service's own folder: ${reasonOf(error)}` };
  }
}

export function checkFolder(folder: string, name: string): HealthCheck {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return { name: `folder ${name}`, ok: true, text: "can be read" };
  } catch (error) {
    return { name: `folder ${name}`, ok: false, text: missing(error) ?? "cannot be read by the service's user" };
  }
}

function missing(error: unknown): string | null {
  return (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not there: is its disk mounted?" : null;
}

/** Whether the service works: its database answers, its folders are there, its disk has room, its trail can be written. */
import { accessSync, constants, statfsSync } from "node:fs";
import { sql } from "kysely";
import type { Services } from "../services.ts";

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

export async function checkHealth({ config, db }: Pick<Services, "config" | "db">): Promise<Health> {
  const database = await checkDatabase(db);
  const others = [checkDisk(config.data), ...config.projects.map(({ folder, name }) => checkFolder(folder, name))];
  const checks = [database, ...others];
  const state = !database.ok ? "failing" : checks.every((c) => c.ok) ? "ok" : "degraded";
  return { state, checks };
}

async function checkDatabase(db: Services["db"]): Promise<HealthCheck> {
  const name = "database";
  const started = performance.now();
  let late: NodeJS.Timeout | undefined;
  try {
    const waited = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error("late")), ANSWER_MS);
    });
    await Promise.race([sql`select 1`.execute(db), waited]);
    return { name, ok: true, text: `answered in ${(performance.now() - started).toFixed(0)} ms` };
  } catch {
    return { name, ok: false, text: `did not answer within ${ANSWER_MS / 1000} s` };
  } finally {
    clearTimeout(late);
  }
}

/** Room on the disk that holds a folder. */
export function checkDisk(folder: string): HealthCheck {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free for the service's own files`;
  return { name: "disk", ok: free >= LEAST_FREE_BYTES, text };
}

export function checkFolder(folder: string, name: string): HealthCheck {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return { name: `folder ${name}`, ok: true, text: "can be read" };
  } catch {
    return { name: `folder ${name}`, ok: false, text: "cannot be read" };
  }
}

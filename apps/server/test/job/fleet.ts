/** `nacre serve` over a PostgreSQL of its own, and `nacre worker` processes beside it: the commands that people start, nothing in this process. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { listProjects, type RouteReply, readRun, startRun } from "@nacre/api";
import { type OwnPostgres, startPostgres } from "../../../../bench/workers-postgres.mjs";

export const NACRE = fileURLToPath(new URL("../../../cli/bin/nacre.mjs", import.meta.url));
export const hasPostgres = existsSync("/usr/lib/postgresql");

export interface FleetOptions {
  /** Served. */
  readonly folder: string;
  readonly serve?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of each worker. */
  readonly workers: readonly (readonly string[])[];
}

export interface Fleet {
  readonly url: string;
  readonly workers: readonly ChildProcess[];
  /** Starts a study. @returns key of its run */
  begin(text: string): Promise<string>;
  page(run: string): Promise<RouteReply<typeof readRun>>;
  ask<T>(path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

export async function startFleet({ folder, serve = [], env = {}, workers }: FleetOptions): Promise<Fleet> {
  const postgres = (await startPostgres()) as OwnPostgres;
  const children: ChildProcess[] = [];
  const start = (args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [NACRE, ...args, "--json"], {
      env: { ...process.env, ...env, DATABASE_URL: postgres.url() },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  };
  const close = async (): Promise<void> => {
    await Promise.all(
      children.map((child) => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        child.kill("SIGKILL");
        return new Promise((gone) => child.once("close", gone));
      }),
    );
    postgres.remove();
  };
  try {
    const url = await told(start(["serve", folder, ...serve, "--port", "0", "--no-open"]), "stdout", (line) => {
      return (JSON.parse(line) as { url: string }).url;
    });
    const crew = workers.map((args) => start(["worker", ...args]));
    await Promise.all(crew.map((child) => told(child, "stderr", (text) => (text.includes("at a time") ? text : null))));
    const ask: Fleet["ask"] = (path, body) => askOf(url, path, body);
    return {
      url,
      workers: crew,
      ask,
      page: (run) => ask(readRun.path.replace(":run", run)),
      async begin(text) {
        const { rows } = await ask<RouteReply<typeof listProjects>>(listProjects.path);
        const run = await ask<{ key: string }>(startRun.path, { project: rows[0]?.key, study: text });
        return run.key;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for a whole line in which something is found. @throws Error with what it said where it leaves before */
function told(
  child: ChildProcess,
  stream: "stdout" | "stderr",
  find: (said: string) => string | null,
): Promise<string> {
  return new Promise((ready, fail) => {
    let said = "";
    let complaint = "";
    child.stderr?.on("data", (text) => {
      complaint += text;
    });
    child.once("exit", (code) => fail(new Error(`it left with ${code}: ${complaint}`)));
    child[stream]?.on("data", (text) => {
      said += text;
      const found = said.includes("\n") ? find(said) : null;
      if (found !== null) ready(found);
    });
  });
}

async function askOf<T>(url: string, path: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`${url}/api${path}`, sent);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

export async function until(what: string, holds: () => Promise<boolean> | boolean, seconds = 200): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`expected ${what} within ${seconds} s`);
    await new Promise((next) => setTimeout(next, 200));
  }
}

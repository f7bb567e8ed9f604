/** A service that is killed while a study runs: nothing that was finished is lost, and the run goes on where it stood. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { listProjects, type RouteReply, type RunRow, readRun, resumeRun, startRun } from "@nacre/api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SmallStudy, smallStudy } from "./small-study.ts";

const NACRE = fileURLToPath(new URL("../../../cli/bin/nacre.mjs", import.meta.url));

let small: SmallStudy;
let child: ChildProcess | null = null;
beforeAll(async () => {
  small = await smallStudy();
});
afterAll(() => {
  child?.kill("SIGKILL");
  small?.remove();
});

it("a killed service shows its run as stopped, and the run is taken up again to its end", async () => {
  const first = await serve();
  const { rows } = await ask<RouteReply<typeof listProjects>>(first, listProjects.path);
  const body = { project: rows[0]?.key, study: small.text };
  const { key } = await ask<RunRow>(first, startRun.path, body);
  await until(async () => (await page(first, key)).slides.ready + (await page(first, key)).losses.length > 0);
  child?.kill("SIGKILL");
  const second = await serve();
  expect((await page(second, key)).state).toBe("stopped");
  // The process of the run may need a moment to notice that its service is gone; it holds the folder until then.
  await until(async () => {
    const { state, failure } = await page(second, key);
    // Only then: a finished run with a failed slide would be taken up for that slide again.
    if (state === "stopped" || state === "failed")
      await ask(second, resumeRun.path.replace(":run", key), {}).catch(() => null);
    expect(failure === null || failure.kind === "locked", JSON.stringify(failure)).toBe(true);
    return state === "finished";
  });
  expect((await page(second, key)).scorecard).not.toBeNull();
});

function page(url: string, run: string): Promise<RouteReply<typeof readRun>> {
  return ask(url, readRun.path.replace(":run", run));
}

async function ask<T>(url: string, path: string, body?: unknown): Promise<T> {
  const init =
    body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`${url}/api${path}`, init);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

function serve(): Promise<string> {
  const started = spawn(process.execPath, [NACRE, "serve", small.folder, "--port", "0", "--no-open", "--json"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  child = started;
  return new Promise((ready, fail) => {
    started.once("exit", (code) => fail(new Error(`the service ended with ${code}`)));
    started.stdout?.once("data", (line: Buffer) => ready((JSON.parse(line.toString()) as { url: string }).url));
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 270_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("expected it within four and a half minutes");
    await new Promise((next) => setTimeout(next, 300));
  }
}

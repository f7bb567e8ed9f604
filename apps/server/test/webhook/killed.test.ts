/** kill -9 while an event waits for its second try: the next life of the service tells it. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { changeCase, listWebhooks, makeWebhook, type RouteReply, worklist } from "@nacre/api";
import { expect, it } from "vitest";

const NACRE = fileURLToPath(new URL("../../../cli/bin/nacre.mjs", import.meta.url));

it("an event that waited when its service was killed is told by the next one, with the same id", {
  timeout: 120_000,
}, async () => {
  const top = mkdtempSync(join(tmpdir(), "nacre-hook-killed-"));
  const got: string[] = [];
  let status = 503;
  const receiver = createServer((request, reply) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push(body);
      reply.writeHead(status).end();
    });
  });
  await new Promise<void>((ready) => receiver.listen(0, "127.0.0.1", ready));
  const { port } = receiver.address() as AddressInfo;
  const lives: ChildProcess[] = [];
  const life = async (): Promise<string> => {
    const started = await serve(top);
    lives.push(started.child);
    return started.url;
  };
  try {
    mkdirSync(join(top, "slides"));
    writeFileSync(join(top, "slides", "a.svs"), "no slide, and a case all the same");
    writeFileSync(join(top, "nacre.yaml"), 'webhookHosts: ["127.0.0.1"]\n');
    const first = await life();
    const hook = { url: `http://127.0.0.1:${port}/hook`, events: ["case.changed"] };
    await ask(first, "POST", makeWebhook.path, hook);
    const key = await firstCase(first);
    await ask(first, "PATCH", changeCase.path.replace(":case", key), { assignee: "Dr. Reader" });
    await until(async () => {
      const { rows } = await ask<RouteReply<typeof listWebhooks>>(first, "GET", listWebhooks.path);
      return rows[0]?.last?.status === 503;
    });
    // The try is noted, then the event is put back for its second: that is a transaction of a few milliseconds.
    await new Promise((next) => setTimeout(next, 300));
    lives[0]?.kill("SIGKILL");
    status = 204;
    const tries = got.length;
    const second = await life();
    await until(async () => {
      const { rows } = await ask<RouteReply<typeof listWebhooks>>(second, "GET", listWebhooks.path);
      return rows[0]?.last?.status === 204;
    });
    expect(got).toHaveLength(tries + 1);
    expect(new Set(got).size).toBe(1);
    expect(JSON.parse(got[0] ?? "")).toMatchObject({ event: "case.changed", case: key, id: expect.any(String) });
  } finally {
    for (const child of lives) child.kill("SIGKILL");
    receiver.closeAllConnections();
    receiver.close();
    rmSync(top, { recursive: true, force: true });
  }
});

async function firstCase(url: string): Promise<string> {
  let key: string | undefined;
  await until(async () => {
    const { rows } = await ask<RouteReply<typeof worklist>>(url, "GET", worklist.path);
    key = rows[0]?.key;
    return key !== undefined;
  });
  return key as string;
}

async function ask<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const sent =
    body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const reply = await fetch(`${url}/api${path}`, { method, ...sent });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("expected it within a minute");
    await new Promise((next) => setTimeout(next, 100));
  }
}

function serve(top: string): Promise<{ child: ChildProcess; url: string }> {
  const folders = [join(top, "slides"), "--data", join(top, "data"), "--config", join(top, "nacre.yaml")];
  const child = spawn(process.execPath, [NACRE, "serve", ...folders, "--port", "0", "--no-open", "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((ready, fail) => {
    let complaint = "";
    child.stderr.on("data", (text) => {
      complaint += text;
    });
    child.once("exit", () => fail(new Error(complaint)));
    child.stdout.once("data", (line: Buffer) =>
      ready({ child, url: (JSON.parse(line.toString().split("\n")[0] ?? "") as { url: string }).url }),
    );
  });
}

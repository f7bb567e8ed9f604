/** kill -9: what was acknowledged over HTTP is there when the store is opened again, and the trail is whole. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { changeAnnotations, listSlides, makeToken } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.ts";
import { verifyTrail } from "../../src/trail/open-trail.ts";

const CLI = fileURLToPath(new URL("../../../cli/bin/nacre.mjs", import.meta.url));
const LIVES = 2;
const ENOUGH = 25;

it("Every token that was acknowledged before SIGKILL is there afterwards, and the trail follows", {
  timeout: 120_000,
}, async () => {
  const top = mkdtempSync(join(tmpdir(), "nacre-killed-"));
  const data = join(top, "data");
  const acknowledged: string[] = [];
  try {
    for (let life = 0; life < LIVES; life++) {
      const { child, url } = await serve(top, data);
      const died = new Promise((end) => child.once("exit", end));
      const wanted = acknowledged.length + ENOUGH;
      for (let sent = 0; child.exitCode === null && child.signalCode === null && sent < 500; sent++) {
        const reply = await fetch(`${url}/api${makeToken.path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ name: `${life}-${sent}`, role: "viewer" }),
        }).catch(() => null);
        if (reply === null) break;
        const made = makeToken.reply.safeParse(await reply.json().catch(() => null));
        if (made.success) acknowledged.push(made.data.row.id);
        // The signal comes while the next request is under way.
        if (acknowledged.length === wanted) setTimeout(() => child.kill("SIGKILL"), 7);
      }
      await died;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(LIVES * ENOUGH);
    const store = unwrap(await openStore({ folder: data }));
    const kept = new Set((await store.db.selectFrom("token").select("id").execute()).map((row) => row.id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    const check = await verifyTrail(store.db);
    expect(check.ok).toBe(true);
    expect(check.rows).toBeGreaterThanOrEqual(acknowledged.length);
    await store.close();
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

it("Every annotation that was acknowledged before SIGKILL is there afterwards, at that version or a later one", {
  timeout: 120_000,
}, async () => {
  const top = mkdtempSync(join(tmpdir(), "nacre-killed-"));
  const [folder, data] = [join(top, "slides"), join(top, "data")];
  mkdirSync(folder);
  writeFileSync(join(folder, "a.svs"), "a slide's place is enough to write on");
  const acknowledged = new Map<string, number>();
  try {
    for (let life = 0; life < LIVES; life++) {
      const { child, url } = await serve(folder, data);
      const died = new Promise((end) => child.once("exit", end));
      const slide = await firstSlide(url);
      const wanted = acknowledged.size + ENOUGH;
      let last: { id: string; version: number } | null = null;
      for (let sent = 0; child.exitCode === null && child.signalCode === null && sent < 500; sent++) {
        // Every other change is a second one to the same annotation.
        const to: { id: string; version: number } =
          sent % 2 === 1 && last !== null ? last : { id: randomUUID(), version: 0 };
        const row = await annotate(url, slide, to);
        if (row === null) break;
        last = row;
        acknowledged.set(row.id, row.version);
        if (acknowledged.size === wanted) setTimeout(() => child.kill("SIGKILL"), 7);
      }
      await died;
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(LIVES * ENOUGH);
    const store = unwrap(await openStore({ folder: data }));
    const rows = await store.db.selectFrom("annotation").select(["id", "version"]).execute();
    const kept = new Map(rows.map(({ id, version }) => [id, version]));
    const lost = [...acknowledged].filter(([id, version]) => (kept.get(id) ?? 0) < version);
    expect(lost).toEqual([]);
    const changes = await store.db.selectFrom("annotation_change").select("annotation").execute();
    // A version is a change: neither is there without the other.
    for (const [id, version] of kept) expect(changes.filter((c) => c.annotation === id)).toHaveLength(version);
    expect((await verifyTrail(store.db)).ok).toBe(true);
    await store.close();
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});

async function firstSlide(url: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const { rows } = listSlides.reply.parse(await (await fetch(`${url}/api${listSlides.path}`)).json());
    if (rows[0] !== undefined) return rows[0].key;
    await new Promise((end) => setTimeout(end, 50));
  }
  throw new Error("the folder was never scanned");
}

async function annotate(
  url: string,
  slide: string,
  to: { readonly id: string; readonly version: number },
): Promise<{ id: string; version: number } | null> {
  const change = {
    kind: "put",
    change: randomUUID(),
    ...to,
    geometry: { type: "Point", coordinates: [1, 2] },
    name: "Mitosis",
    colour: null,
    note: "",
  };
  const reply = await fetch(`${url}/api${changeAnnotations.path.replace(":slide", slide)}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ changes: [change] }),
  }).catch(() => null);
  const made = changeAnnotations.reply.safeParse(await reply?.json().catch(() => null));
  const row = made.success ? made.data.rows.find(({ id }) => id === to.id) : undefined;
  return row === undefined ? null : { id: row.id, version: row.version };
}

function serve(folder: string, data: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [CLI, "serve", folder, "--data", data, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((settle, reject) => {
    let told = "";
    let complaints = "";
    child.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    child.stdout.on("data", (chunk) => {
      told += chunk;
      if (told.includes("\n")) settle({ child, url: (JSON.parse(told.split("\n")[0] ?? "") as { url: string }).url });
    });
    child.once("exit", () => reject(new Error(complaints)));
  });
}

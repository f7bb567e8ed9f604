/** What killed processes of the service left on the disk goes when the next one starts; what a living one has under way stays. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { afterAll, expect, it } from "vitest";
import { openScratch } from "../../src/job/scratch.ts";
import { openStore } from "../../src/store/open-store.ts";

const SCRATCH = fileURLToPath(new URL("../../dist/job/scratch.js", import.meta.url));
const top = mkdtempSync(join(tmpdir(), "nacre-left-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** A worker's folder held by a process of its own. */
async function holder(root: string) {
  const code = `import { openScratch } from ${JSON.stringify(SCRATCH)};
    globalThis.own = await openScratch(${JSON.stringify(root)}); setInterval(() => {}, 1000); console.log(own.path);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const left = once(child, "exit").then(() => Promise.reject(new Error("it left")));
  const [said] = await Promise.race([once(child.stdout as Readable, "data"), left]);
  left.catch(() => {});
  const path = String(said).trim();
  writeFileSync(join(path, "slide.h5"), "half");
  return { child, path };
}

it("A worker takes away the folder of one that was killed, and not that of one that lives, nor a young one", async () => {
  const root = join(top, "scratch");
  const [killed, living] = [await holder(root), await holder(root)];
  killed.child.kill("SIGKILL");
  await once(killed.child, "exit");
  (await openScratch(root)).close();
  expect(existsSync(killed.path)).toBe(true);
  for (const { path } of [killed, living]) utimesSync(path, 0, 0);
  const own = await openScratch(root);
  expect(readdirSync(root).map((name) => join(root, name))).toEqual([living.path, own.path].sort());
  own.close();
  living.child.kill("SIGKILL");
  await once(living.child, "exit");
});

it("A service that is alone in its data folder begins by taking away what is half-written, and nothing else", async () => {
  const folder = join(top, "data");
  const uuid = "0a1b2c3d-0000-4000-8000-0123456789ab";
  const half = [
    `tiles/a.jpg.${uuid}.part`,
    `search/run/vectors.bin.${uuid}.partial`,
    `search/run/map.json.${uuid}.partial`,
  ];
  const whole = ["tiles/a.jpg", "search/run/vectors.bin", "tables/p/cohort.csv", "database.before-2026/PG_VERSION"];
  for (const name of [...half, ...whole, `database.${uuid}/PG_VERSION`]) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "x");
  }
  await unwrap(await openStore({ folder })).close();
  expect(half.filter((name) => existsSync(join(folder, name)))).toEqual([]);
  expect(existsSync(join(folder, `database.${uuid}`))).toBe(false);
  expect(whole.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
});

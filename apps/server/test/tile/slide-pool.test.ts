import { copyFileSync, existsSync, readdirSync, readlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { memorySource, openSlide, type Raster, type Slide } from "@nacre/imaging";
import { nodeCodecs, openSlideFile, writeSyntheticSlide } from "@nacre/imaging/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { KeptPictures } from "../../src/tile/kept-pictures.ts";
import { ThreadSlidePool } from "../../src/tile/open-slide-pool.ts";
import { emptyProject } from "../archive/small-project.ts";

const WEBP = fileURLToPath(new URL("../../../../../shared/data/slides/cmu_pyr_webp.tif", import.meta.url));
if (!existsSync(WEBP)) console.log("skipped: the real WebP slide is not there");
const project = emptyProject();
const file = join(project.folder, "a.svs");
const pools: ThreadSlidePool[] = [];
const pool = (options: Partial<ConstructorParameters<typeof ThreadSlidePool>[0]> = {}) => {
  const made = new ThreadSlidePool({ readers: 1, ...options });
  pools.push(made);
  return made;
};

beforeAll(async () => {
  await writeSyntheticSlide(file, { seed: 5, width: 1024, height: 900, tumourShare: 0.2 });
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((one) => one.close()));
});
afterAll(() => project.remove());

async function decoded(bytes: Uint8Array): Promise<Raster> {
  const slide = unwrap(await openSlide(memorySource(bytes, "tile.jpg"), nodeCodecs));
  const { width, height } = slide.info;
  return unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
}

describe("tiles", () => {
  it("passes stored blocks untouched, and they decode to the very pixels of the slide", async () => {
    const tile = unwrap(await pool().tile(file, { level: 0, column: 1, row: 2 }));
    expect(tile).toMatchObject({ type: "image/jpeg", isStored: true });
    const slide: Slide = unwrap(await openSlideFile(file));
    const stored = await slide.stored?.(0, 1, 2);
    expect(Buffer.from(tile?.bytes ?? []).equals(Buffer.from(stored?.bytes ?? []))).toBe(true);
    const direct = unwrap(await slide.read({ level: 0, x: 256, y: 512, width: 256, height: 256 }));
    const seen = await decoded(tile?.bytes ?? new Uint8Array());
    expect(Buffer.from(seen.data).equals(Buffer.from(direct.data))).toBe(true);
    slide.close();
  });

  it.skipIf(!existsSync(WEBP))(
    "passes stored WebP untouched, and decodes it for whoever asks for another kind",
    async () => {
      const one = pool();
      const at = { level: 0, column: 6, row: 9 };
      const tile = unwrap(await one.tile(WEBP, at));
      const slide: Slide = unwrap(await openSlideFile(WEBP));
      const stored = (await slide.stored?.(0, 6, 9)) ?? null;
      slide.close();
      expect([stored?.codec, tile?.type, tile?.isStored]).toEqual(["webp", "image/webp", true]);
      expect(Buffer.from(tile?.bytes ?? []).equals(Buffer.from(stored?.bytes ?? []))).toBe(true);
      const asked = unwrap(await one.tile(WEBP, at, { format: "jpeg" }));
      expect([asked?.type, asked?.isStored]).toEqual(["image/jpeg", false]);
    },
  );

  it("names a block that the slide does not have", async () => {
    const one = pool();
    for (const request of [
      { level: 0, column: 4, row: 0 },
      { level: 9, column: 0, row: 0 },
    ]) {
      const tile = await one.tile(file, request);
      expect(tile).toMatchObject({ ok: false, failure: { kind: "out-of-bounds" } });
    }
  });

  it("names what is wrong with a slide that cannot be read, and goes on with others", async () => {
    const one = pool();
    const broken = join(project.folder, "broken.svs");
    writeFileSync(broken, "no slide");
    expect(await one.tile(broken, { level: 0, column: 0, row: 0 })).toMatchObject({
      ok: false,
      failure: { kind: "unsupported-format" },
    });
    expect(await one.info(join(project.folder, "nothing.svs"))).toMatchObject({
      ok: false,
      failure: { kind: "missing-file" },
    });
    expect((await one.tile(file, { level: 0, column: 0, row: 0 })).ok).toBe(true);
    expect(one.counts()).toMatchObject({ deaths: 0 });
  });

  it("reads a file anew when it changed", async () => {
    const one = pool();
    const changing = join(project.folder, "changing.svs");
    await writeSyntheticSlide(changing, { seed: 1, width: 256, height: 256 });
    const before = await one.version(changing);
    expect(unwrap(await one.info(changing)).width).toBe(256);
    await new Promise((end) => setTimeout(end, 1100));
    await writeSyntheticSlide(changing, { seed: 1, width: 512, height: 256 });
    expect(await one.version(changing)).not.toBe(before);
    expect(unwrap(await one.info(changing)).width).toBe(512);
  });
});

describe("requests", () => {
  it("does the same work once for all who ask for it at the same time, and remembers it", async () => {
    const one = pool();
    const request = { x: 0, y: 0, width: 1024, height: 900, outWidth: 512, outHeight: 450 };
    const all = await Promise.all(Array.from({ length: 20 }, () => one.region(file, request)));
    expect(new Set(all.map((made) => unwrap(made).bytes)).size).toBe(1);
    expect(one.counts()).toMatchObject({ done: 1, cacheHits: 0 });
    await one.region(file, request);
    expect(one.counts()).toMatchObject({ done: 1, cacheHits: 1 });
  });

  it("makes a tile that takes long once, also for the service of another day, and anew where the file changed", async () => {
    const folder = join(project.folder, "kept");
    const slide = join(project.folder, "long.svs");
    copyFileSync(file, slide);
    const request = { level: 0, column: 0, row: 0 };
    const open = () => pool({ kept: new KeptPictures(folder), longMs: 0 });
    const first = unwrap(await open().tile(slide, request, { format: "png" }));
    await expect.poll(() => readdirSync(folder).length).toBe(1);
    const next = open();
    const again = unwrap(await next.tile(slide, request, { format: "png" }));
    expect(Buffer.from(again?.bytes ?? []).equals(Buffer.from(first?.bytes ?? []))).toBe(true);
    expect([again?.type, next.counts().done]).toEqual(["image/png", 0]);
    utimesSync(slide, 1, 1);
    const changed = open();
    unwrap(await changed.tile(slide, request, { format: "png" }));
    expect(changed.counts().done).toBe(1);
    // Stored blocks lie in the slide already.
    unwrap(await changed.tile(slide, request));
    expect(changed.counts().done).toBe(2);
    await expect.poll(() => readdirSync(folder).length).toBe(2);
  });

  it("forgets a request that nobody waits for, and not one that somebody still does", async () => {
    const one = pool();
    await one.info(file);
    const busy = one.pixels(file, { x: 0, y: 0, width: 1024, height: 900, outWidth: 1024, outHeight: 900 });
    const [first, second] = [new AbortController(), new AbortController()];
    const request = { level: 0, column: 0, row: 0 };
    const gone = one.tile(file, request, { signal: first.signal });
    const stays = one.tile(file, request, { signal: second.signal });
    const alone = one.tile(file, { ...request, row: 1 }, { signal: first.signal });
    await new Promise((end) => setImmediate(end));
    first.abort();
    expect(await gone).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    expect(await alone).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    expect((await stays).ok).toBe(true);
    await busy;
    // Facts, pixels and one tile: the other was never read.
    expect(one.counts()).toMatchObject({ done: 3, waiting: 0 });
  });

  it("reads for people before what may wait", async () => {
    const one = pool();
    await one.info(file);
    const order: string[] = [];
    const ask = (name: string, row: number, priority: number) =>
      one.tile(file, { level: 0, column: 0, row }, { priority }).then(() => order.push(name));
    await Promise.all([ask("first", 0, 0), ask("later", 1, -1), ask("person", 2, 0), ask("urgent", 3, 1)]);
    expect(order).toEqual(["first", "urgent", "person", "later"]);
  });

  it("answers each with its own tile where so many wait that threads are handed some ahead, and reads none that was left", async () => {
    const one = pool();
    await one.info(file);
    const gone = new AbortController();
    const places = Array.from({ length: 14 }, (_, i) => ({ level: 0, column: i % 4, row: Math.floor(i / 4) }));
    const asked = places.map((place, i) => one.tile(file, place, i % 7 === 6 ? { signal: gone.signal } : {}));
    gone.abort();
    const made = await Promise.all(asked);
    expect(made.map(({ ok }) => ok)).toEqual(places.map((_, i) => i % 7 !== 6));
    const alone = pool();
    for (const [i, place] of places.entries()) {
      const tile = made[i];
      if (tile?.ok !== true) continue;
      const again = unwrap(await alone.tile(file, place));
      expect(Buffer.from(tile.value?.bytes ?? []).equals(Buffer.from(again?.bytes ?? []))).toBe(true);
    }
    expect(one.counts()).toMatchObject({ done: 13, waiting: 0, active: 0 });
  });

  it("refuses what no thread will reach, in place of waiting without end", async () => {
    const one = pool({ mostWaiting: 2 });
    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, i) => one.tile(file, { level: 0, column: i % 4, row: Math.floor(i / 4) })),
    );
    const refused = asked.filter((made) => !made.ok);
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const made of refused) expect(made).toMatchObject({ failure: { kind: "cancelled" } });
  });
});

describe("threads", () => {
  it("replaces one that does not answer in time, and fails only what it was at, by name", async () => {
    const one = pool({ limitMs: 1 });
    const made = await one.region(file, { x: 0, y: 0, width: 1024, height: 900, outWidth: 1024, outHeight: 900 });
    expect(made).toMatchObject({
      ok: false,
      failure: { kind: "internal", received: expect.stringContaining("no answer within") },
    });
    expect(one.counts()).toMatchObject({ deaths: 1, active: 0, waiting: 0 });
  });

  it("holds a bounded number of slides open", async () => {
    const one = pool({ openSlides: 2 });
    for (let i = 0; i < 5; i++) {
      const copy = join(project.folder, `open-${i}.svs`);
      copyFileSync(file, copy);
      unwrap(await one.tile(copy, { level: 0, column: 0, row: 0 }));
    }
    const open = readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    });
    expect(open.filter((path) => path.includes(`${project.folder}/open-`)).sort()).toEqual([
      join(project.folder, "open-3.svs"),
      join(project.folder, "open-4.svs"),
    ]);
  });

  it("answers nothing more once it is closed", async () => {
    const one = pool();
    const waiting = one.tile(file, { level: 0, column: 0, row: 0 });
    await new Promise((end) => setImmediate(end));
    await one.close();
    expect(await waiting).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    expect(await one.info(file)).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
  });
});

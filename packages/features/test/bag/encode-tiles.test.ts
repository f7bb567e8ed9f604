import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Mpp, mpp, unwrap } from "@nacre/core";
import {
  fitSlideStain,
  normaliseStain,
  stainReference,
  type TileSpec,
  type Tiles,
  wholeImageTiles,
} from "@nacre/imaging";
import { openSlideFile, writeSyntheticSlide } from "@nacre/imaging/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EncodePool } from "../../src/bag/encode-pool.ts";
import { encodeTiles } from "../../src/bag/encode-tiles.ts";
import { openEncoder } from "../../src/encoder/open-encoder.ts";
import { TEXTURE_DIM } from "../../src/texture/texture.ts";
import { writeTinyEncoder } from "../encoder/tiny-encoder.ts";
import { inFolder } from "../shared.ts";

const isBuilt = existsSync(fileURLToPath(new URL("../../dist/bag/encode-worker.js", import.meta.url)));
const SPEC: TileSpec = { mpp: mpp(0.5), size: 64, minTissue: 0 };

/** Every place of the grid. */
async function tilesOf(path: string): Promise<Tiles> {
  const slide = unwrap(await openSlideFile(path));
  const tiles = unwrap(wholeImageTiles(slide, SPEC));
  slide.close();
  return tiles;
}

describe.skipIf(!isBuilt)("encodeTiles (workers run the built code: npm run build)", () => {
  const home = mkdtempSync(join(tmpdir(), "nacre-encode-"));
  const path = join(home, "s.svs");
  let pool: EncodePool;
  let tiles: Tiles;
  beforeAll(async () => {
    pool = new EncodePool({ threads: 2 });
    await writeSyntheticSlide(path, { seed: 3, width: 1024, height: 960, mpp: 0.5 });
    tiles = await tilesOf(path);
  });
  afterAll(async () => {
    await pool.close();
    rmSync(home, { recursive: true });
  });

  it("gives each tile the features its pixels have when they are read and encoded in place", async () => {
    const bag = unwrap(await encodeTiles(path, {}, tiles, "texture", { pool }));
    expect(bag).toMatchObject({ n: 240, d: TEXTURE_DIM, side: 64 });
    expect([bag.x, bag.y]).toEqual([tiles.x, tiles.y]);
    const slide = unwrap(await openSlideFile(path));
    const encoder = unwrap(await openEncoder("texture", { size: 64 }));
    // Features of another tile size or scale live in another space: they must never be mixed.
    expect(bag.space).toBe(`${encoder.space}/${tiles.spec.size}px@${tiles.spec.mpp}`);
    for (const i of [0, 63, 64, 130, 239]) {
      const place = { x: tiles.x[i] as number, y: tiles.y[i] as number, width: 64, height: 64 };
      const features = await encoder.encode([unwrap(await slide.readAt(0.5 as Mpp, place))]);
      expect(bag.features.subarray(i * bag.d, (i + 1) * bag.d)).toEqual(features);
    }
    slide.close();
  });

  it("gives the same bytes with one thread as with two, for every kind of encoder", () =>
    inFolder(async (folder) => {
      const single = new EncodePool({ threads: 1 });
      for (const encoder of ["texture", writeTinyEncoder(folder)]) {
        const one = unwrap(await encodeTiles(path, {}, tiles, encoder, { pool: single }));
        const two = unwrap(await encodeTiles(path, {}, tiles, encoder, { pool }));
        expect(Buffer.compare(Buffer.from(one.features.buffer), Buffer.from(two.features.buffer))).toBe(0);
      }
      await single.close();
    }));

  it("moves the stain of each tile by the slide's own profile, to the same bytes with one thread as with two", async () => {
    const slide = unwrap(await openSlideFile(path));
    const from = unwrap(await fitSlideStain(slide, tiles, "macenko")).profile;
    const to = stainReference("macenko").profile;
    const colour = { icc: false, stain: { from, to }, space: "macenko@test" };
    const single = new EncodePool({ threads: 1 });
    const one = unwrap(await encodeTiles(path, {}, tiles, "texture", { pool: single, colour }));
    const two = unwrap(await encodeTiles(path, {}, tiles, "texture", { pool, colour }));
    await single.close();
    expect(Buffer.compare(Buffer.from(one.features.buffer), Buffer.from(two.features.buffer))).toBe(0);
    const encoder = unwrap(await openEncoder("texture", { size: 64 }));
    expect(one.space).toBe(`${encoder.space}/64px@0.5/macenko@test`);
    const place = { x: tiles.x[130] as number, y: tiles.y[130] as number, width: 64, height: 64 };
    const moved = normaliseStain(unwrap(await slide.readAt(0.5 as Mpp, place)), to, from).raster;
    expect(one.features.subarray(130 * one.d, 131 * one.d)).toEqual(await encoder.encode([moved]));
    slide.close();
  });

  it("encodes slides given at the same time, and tells how far each is", async () => {
    const seen: number[][] = [[], []];
    const bags = await Promise.all(
      seen.map((list) =>
        encodeTiles(path, {}, tiles, "texture", {
          pool,
          onProgress: ({ done, total }) => {
            expect(total).toBe(240);
            list.push(done);
          },
        }),
      ),
    );
    expect(bags.every((bag) => bag.ok)).toBe(true);
    for (const list of seen) {
      expect(list.length).toBe(4);
      expect(list.at(-1)).toBe(240);
      expect([...list].sort((a, b) => a - b)).toEqual(list);
    }
  });

  it("uses the scale that is given where the file has none, and fails by name without one", () =>
    inFolder(async (folder) => {
      const bare = join(folder, "bare.svs");
      await writeSyntheticSlide(bare, { seed: 3, width: 1024, height: 960, mpp: null });
      expect(await encodeTiles(bare, {}, tiles, "texture", { pool })).toMatchObject({
        ok: false,
        failure: { kind: "no-scale" },
      });
      expect((await encodeTiles(bare, { mpp: 0.5 }, tiles, "texture", { pool })).ok).toBe(true);
    }));

  it("fails a slide that is gone, empty or cut short, and goes on with the next", () =>
    inFolder(async (folder) => {
      const bytes = readFileSync(path);
      const bad = join(folder, "bad.svs");
      const tried = async () => {
        const outcome = await encodeTiles(bad, {}, tiles, "texture", { pool });
        return outcome.ok ? "fine" : outcome.failure.kind;
      };
      expect(await tried()).toBe("missing-file");
      writeFileSync(bad, "");
      expect(await tried()).toBe("empty-file");
      writeFileSync(bad, bytes.subarray(0, bytes.length >> 1));
      expect(await tried()).toBe("truncated-file");
      expect((await encodeTiles(path, {}, tiles, "texture", { pool })).ok).toBe(true);
    }));

  it("fails a slide with one broken block, and names the tile: no black tile is encoded in its place", () =>
    inFolder(async (folder) => {
      const bad = join(folder, "bad.svs");
      const bytes = readFileSync(path);
      const from = Math.floor(bytes.length * 0.4);
      bytes.fill(0, from, from + 3000);
      writeFileSync(bad, bytes);
      const outcome = await encodeTiles(bad, {}, tiles, "texture", { pool });
      expect(outcome).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
      expect(outcome.ok ? "" : outcome.failure.received).toMatch(/\(tile at \d+, \d+\)$/);
    }));

  it("refuses tiles the encoder was not made for before anything is read", () =>
    inFolder(async (folder) => {
      const encoder = writeTinyEncoder(folder, { mpp: 0.25 });
      expect(await encodeTiles("nowhere.svs", {}, tiles, encoder, { pool })).toMatchObject({
        ok: false,
        failure: { kind: "encoder-mismatch", remedy: "set tiles.mpp to 0.25" },
      });
    }));

  it("names the tile whose features are not finite", () =>
    inFolder(async (folder) => {
      // A spread this small makes the input infinite in 32 bits.
      const encoder = writeTinyEncoder(folder, { std: [1e-45, 1e-45, 1e-45], mean: [0, 0, 0] });
      const outcome = await encodeTiles(path, {}, tiles, encoder, { pool });
      expect(outcome).toMatchObject({ ok: false, failure: { kind: "not-finite" } });
    }));

  it("is cancelled by its signal, and the pool is as good as new", async () => {
    const abort = new AbortController();
    const outcome = encodeTiles(path, {}, tiles, "texture", {
      pool,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    expect(await outcome).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    const late = await encodeTiles(path, {}, tiles, "texture", { pool, signal: abort.signal });
    expect(late).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    expect((await encodeTiles(path, {}, tiles, "texture", { pool })).ok).toBe(true);
  });

  // Later versions of V8 end the whole process when a thread runs out of heap, so there is nothing left to answer.
  it.skipIf(!process.version.startsWith("v20."))(
    "answers with internal when its thread dies, every time, and can still be closed",
    async () => {
      const starved = new EncodePool({ threads: 2, heapMiB: 1 });
      for (let i = 0; i < 2; i++) {
        expect(await encodeTiles(path, {}, tiles, "texture", { pool: starved })).toMatchObject({
          ok: false,
          failure: { kind: "internal" },
        });
      }
      await starved.close();
    },
  );

  it("fails what waits when the pool is closed", async () => {
    const short = new EncodePool({ threads: 1 });
    const outcome = encodeTiles(path, {}, tiles, "texture", { pool: short });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await short.close();
    expect(await outcome).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    await expect(encodeTiles(path, {}, tiles, "texture", { pool: short })).rejects.toThrow(TypeError);
  });
});

describe("EncodePool", () => {
  it("wants at least one thread", () => {
    expect(() => new EncodePool({ threads: 0 })).toThrow(RangeError);
  });
});

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bag } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { composeBag } from "../../src/store/compose-bag.ts";
import { readBag } from "../../src/store/read-bag.ts";
import { hasShared, inFolder, SHARED } from "../shared.ts";

const golden = (name: string) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const layouts: { values: number[]; places: [number, number][]; files: Record<string, string> } = golden("h5py_layouts");
const values = Float32Array.from(layouts.values);

/** Reads one of the files h5py wrote. */
const read = (name: string, mpp?: number) =>
  inFolder(async (folder) => {
    const path = join(folder, `${name}.h5`);
    writeFileSync(path, Buffer.from(layouts.files[name] as string, "base64"));
    return readBag(path, mpp === undefined ? {} : { mpp });
  });

async function bagOf(name: string, mpp?: number) {
  const outcome = await read(name, mpp);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.value;
}

const placesOf = (bag: Bag): number[][] => Array.from(bag.x, (x, i) => [x, bag.y[i] as number]);

describe("files written by h5py in the layout of", () => {
  it("TRIDENT give features, places, side, encoder and the size of the slide", async () => {
    const bag = await bagOf("trident");
    expect(bag).toMatchObject({ n: 6, d: 4, side: 512, space: "uni_v1" });
    expect(bag.features).toEqual(values);
    expect(placesOf(bag)).toEqual(layouts.places);
    expect(bag.meta).toMatchObject({
      layout: "trident",
      frame: "level-0",
      name: "slide-1",
      size: 256,
      width: 4096,
      height: 2048,
      overlap: 0,
      stride: 512,
    });
  });

  it("TRIDENT with a leading axis and compressed half precision give the same", async () => {
    const bag = await bagOf("trident_batched");
    expect(bag.features).toEqual(values);
    expect(placesOf(bag)).toEqual(layouts.places);
    expect(bag).toMatchObject({ side: 512, space: "gigapath", meta: { layout: "trident" } });
  });

  it("CLAM give features and places, and no side, which CLAM does not write", async () => {
    const bag = await bagOf("clam");
    expect(bag.features).toEqual(values);
    expect(placesOf(bag)).toEqual(layouts.places);
    expect(bag).toMatchObject({
      side: null,
      space: "unknown",
      meta: { layout: "clam", frame: "level-0", stride: 512 },
    });
  });

  it("STAMP give places in micrometres, or in level-0 pixels once the scale is known", async () => {
    const bare = await bagOf("stamp");
    expect(bare.features).toEqual(values);
    expect(placesOf(bare)).toEqual(layouts.places.map(([x, y]) => [x / 2, y / 2]));
    expect(bare).toMatchObject({
      side: null,
      space: "ctranspath-1234",
      meta: { layout: "stamp", frame: "micrometres" },
    });
    expect(bare.meta.mpp).toBeCloseTo(256 / 224, 12);
    const placed = await bagOf("stamp", 0.5);
    expect(placesOf(placed)).toEqual(layouts.places);
    expect(placed).toMatchObject({ side: 512, meta: { frame: "level-0" } });
  });

  it("STAMP before version 2 are known by their stride", async () => {
    const bag = await bagOf("stamp_historic", 0.5);
    expect(placesOf(bag)).toEqual(layouts.places);
    expect(bag.side).toBe(512);
  });

  it("nobody in particular: big-endian doubles, and no places at all", async () => {
    expect((await bagOf("big_endian")).features).toEqual(values);
    const bare = await bagOf("no_places");
    expect(placesOf(bare)).toEqual([0, 1, 2, 3, 4, 5].map((i) => [i, 0]));
    expect(bare.meta.frame).toBe("index");
  });

  it.each([
    ["embedding", "bad-features", /embedding of a whole slide/],
    ["no_rows", "empty-bag", /shape \[0, 4\]/],
    ["torn", "dimension-mismatch", /5 places/],
    ["words", "bad-features", /expected numbers/],
    ["other", "bad-features", /images/],
  ])("%s are refused as %s", async (name, kind, received) => {
    const outcome = await read(name);
    expect(outcome).toMatchObject({ ok: false, failure: { kind } });
    expect(outcome.ok ? "" : outcome.failure.received).toMatch(received);
  });
});

describe("our files", () => {
  const bag: Bag = {
    features: values,
    n: 6,
    d: 4,
    x: Int32Array.from(layouts.places, ([x]) => x),
    y: Int32Array.from(layouts.places, ([, y]) => y),
    side: 512,
    space: "texture@0123456789ab",
  };
  const notes = {
    name: "slide-1",
    encoder: "texture",
    mpp: 0.5,
    size: 256,
    overlap: 0,
    width: 4096,
    height: 2048,
    key: "k",
    decoder: "d",
    tissue: Float32Array.of(1, 0.5, 0.25, 1, 1, 0.75),
  };

  it("are, byte for byte, the file in which h5py found TRIDENT's layout", async () => {
    const bytes = await composeBag(bag, notes);
    if (process.env.NACRE_WRITE_H5) writeFileSync(process.env.NACRE_WRITE_H5, bytes);
    const { sha256, found } = golden("h5py_reads");
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    expect(found.features).toMatchObject({ dtype: "float32", shape: [6, 4], values: layouts.values });
    expect(found.coords).toMatchObject({ dtype: "int64", shape: [6, 2], values: layouts.places.flat() });
    expect(Object.keys(found.coords.attributes)).toEqual([
      "level0_height",
      "level0_magnification",
      "level0_width",
      "name",
      "overlap",
      "patch_size",
      "patch_size_level0",
      "savetodir",
      "target_magnification",
    ]);
    expect(found.coords.attributes).toMatchObject({
      patch_size: ["int", 256],
      patch_size_level0: ["int", 512],
      level0_magnification: ["int", 40],
      target_magnification: ["int", 20],
      savetodir: ["str", ""],
      name: ["str", "slide-1"],
    });
    expect(found.features.attributes).toMatchObject({ encoder: ["str", "texture"], mpp: ["float", 0.5] });
  });
});

describe.skipIf(!hasShared("histology/slide_features/features.h5"))("a real file of features (shared data)", () => {
  it("reads: 777 tiles of 512 features, a grid of 512 level-0 pixels", async () => {
    const outcome = await readBag(join(SHARED, "histology/slide_features/features.h5"));
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
    const bag = outcome.value;
    expect(bag).toMatchObject({ n: 777, d: 512, side: null, meta: { layout: "stamp", frame: "level-0", stride: 512 } });
    expect([bag.x[0], bag.y[0], bag.x[4], bag.y[4]]).toEqual([10240, 21504, 10240, 23552]);
    expect(bag.features.every(Number.isFinite)).toBe(true);
  });
});

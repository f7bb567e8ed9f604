/** Colours on the whole path from a slide file to a feature file: littlecms as the witness of ICC, planted stains for the rest. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { readBag } from "@nacre/features/node";
import type { Raster } from "@nacre/imaging";
import { openSlideFile, type SyntheticStain, writeSyntheticSlide } from "@nacre/imaging/node";
import { beforeAll, describe, expect, it } from "vitest";
import { writeTinyEncoder } from "../../../features/test/encoder/tiny-encoder.ts";
import { buildTiff, rawPage } from "../../../imaging/test/tiff-builder.ts";
import { colourKey, colourSpace, noProfileText } from "../../src/extract/slide-colour.ts";
import { encodeFiles } from "../../src/files.ts";
import { silent } from "../../src/run/progress.ts";
import type { TileSettings } from "../../src/study/study-schema.ts";
import { emptyFolder } from "../small-cohort.ts";

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const golden: {
  readonly side: number;
  readonly margin: number;
  readonly squares: readonly { x: number; y: number; mean: number[]; max: number[] }[];
} = read("../golden/icc_slide.json");
const profile = new Uint8Array(
  Buffer.from(read("../../../imaging/test/golden/pillow_images.json").icc.profile, "base64"),
);

/** The picture of tools/oracles/icc_slide.py. */
function drawn({ side, margin }: typeof golden): Raster {
  const data = new Uint8Array(side * side * 3).fill(255);
  for (let y = margin; y < side - margin; y++) {
    for (let x = margin; x < side - margin; x++) {
      const [i, j] = [x >> 3, y >> 3];
      const colour = [120 + ((7 * i + 11 * j) % 100), 50 + ((13 * i + 5 * j) % 90), 110 + ((3 * i + 17 * j) % 100)];
      data.set(colour, (y * side + x) * 3);
    }
  }
  return { width: side, height: side, data };
}

const PLAIN: TileSettings = { mpp: 0.5, size: 64, overlap: 0, minTissue: 0.5, minTiles: 1 };

/** Encodes one file into a folder of its own: the bag with what its file says, and what a table would. */
async function encoded(path: string, change: Partial<TileSettings>, encoder = "texture") {
  const tiles = { ...PLAIN, ...change };
  const signal = new AbortController().signal;
  const files = await encodeFiles({ encoder, out: emptyFolder(), tiles, fill: 0.5, signal, progress: silent });
  try {
    const slide = await files.file(path);
    return slide.ok ? { ...slide.value, bag: unwrap(await readBag(slide.value.output)) } : slide;
  } finally {
    await files.close();
  }
}

const done = async (...given: Parameters<typeof encoded>) => {
  const answer = await encoded(...given);
  if ("ok" in answer) throw new Error(`expected features, received ${answer.failure.kind}`);
  return answer;
};

let home: string;
let tiny: string;
const tiff = (name: string, icc: Uint8Array | null): string => {
  const tags = icc === null ? {} : { tags: [[34675, 7, [...icc]]] as [number, number, number[]][] };
  const path = join(home, name);
  writeFileSync(path, buildTiff({ pages: [rawPage(drawn(golden), [64, 64], tags)] }));
  return path;
};
beforeAll(() => {
  home = emptyFolder();
  tiny = writeTinyEncoder(emptyFolder());
});

describe("tiles.colour", () => {
  it("srgb gives the colours of littlecms, through every step from the file to the features", async () => {
    const path = tiff("profiled.tiff", profile);
    const [asked, stored] = [await done(path, { colour: "srgb" }, tiny), await done(path, {}, tiny)];
    const { bag } = asked;
    expect(bag.n).toBeGreaterThan(30);
    // the encoder is the mean and the largest value of (v / 255 - mean) / std
    const grey = (i: number, k: number, of = bag) => {
      const [mean = 0, std = 1] =
        [
          [0.5, 0.5],
          [0.25, 0.25],
          [0, 1],
        ][k % 3] ?? [];
      return 255 * ((of.features[i * 6 + k] as number) * std + mean);
    };
    for (let i = 0; i < bag.n; i++) {
      const square = golden.squares.find(({ x, y }) => x === bag.x[i] && y === bag.y[i]);
      for (let c = 0; c < 3; c++) {
        expect(Math.abs(grey(i, c) - (square?.mean[c] as number))).toBeLessThan(0.5);
        expect(Math.abs(grey(i, c + 3) - (square?.max[c] as number))).toBeLessThanOrEqual(2.01);
      }
    }
    const moved = Array.from({ length: bag.n }, (_, i) => Math.abs(grey(i, 0) - grey(i, 0, stored.bag)));
    expect(moved.filter((by) => by > 2).length).toBeGreaterThanOrEqual(36);
    expect([bag.x, bag.y]).toEqual([stored.bag.x, stored.bag.y]);
  });

  it("is told in the feature file with the hash of the profile, and in the name of the space", async () => {
    const { bag, colour, warnings } = await done(tiff("told.tiff", profile), { colour: "srgb" }, tiny);
    expect(bag.space).toMatch(/^tiny@\w+\/64px@0.5\/srgb$/);
    expect(bag.meta.colour).toMatch(/to sRGB, perceptual.*ICC profile sha256 [0-9a-f]{64}$/);
    expect([colour, bag.meta.stain]).toEqual([bag.meta.colour, null]);
    expect(warnings.some((w) => w.includes("ICC"))).toBe(false);
  });

  it("srgb takes a slide without a profile for sRGB, with a remark; its features are those of its pixels", async () => {
    const path = tiff("plain.tiff", null);
    const [asked, stored] = [await done(path, { colour: "srgb" }, tiny), await done(path, {}, tiny)];
    expect(asked.bag.features).toEqual(stored.bag.features);
    expect(asked.warnings).toContain("no ICC profile found in the file: its colours were taken for sRGB");
    expect(stored.warnings.some((w) => w.includes("ICC"))).toBe(false);
    expect(asked.bag.meta.colour).toContain("taken for sRGB");
    expect([stored.bag.meta.colour, stored.colour]).toEqual(["as stored, no ICC profile", undefined]);
  });

  it.each([
    ["czi", false, "an ICC profile is not looked for in this format (czi)"],
    ["aperio-svs", true, "no ICC profile found in the file"],
  ] as const)("says of %s whether nobody looked or there is none", (format, iccSought, text) => {
    expect(noProfileText({ format, iccSought })).toBe(text);
  });

  it("takes the word of the reader, which looks unless it says otherwise", async () => {
    const { info } = unwrap(await openSlideFile(tiff("plain.tiff", null)));
    expect(noProfileText(info)).toBe("no ICC profile found in the file");
  });

  it("srgb refuses a slide whose profile is broken, by name and with a remedy; as stored it is encoded", async () => {
    const path = tiff("broken.tiff", profile.slice(0, 200));
    const refused = await encoded(path, { colour: "srgb" }, tiny);
    expect(refused).toMatchObject({ ok: false, failure: { kind: "hostile-file" } });
    expect("failure" in refused && refused.failure.remedy).toMatch(/leave the slide out/);
    expect((await done(path, {}, tiny)).bag.n).toBeGreaterThan(30);
  });
});

it("what features depend on changes with the options, and only where they move a colour", () => {
  for (const asked of [{}, { colour: "stored" }, { stain: "none" }, { colour: "stored", stain: "none" }] as const) {
    expect([colourKey(asked), colourSpace(asked)]).toEqual([{}, null]);
  }
  const keys = (["macenko", "vahadane", "reinhard"] as const).flatMap((stain) => [
    ...[colourKey({ stain }), colourKey({ stain, colour: "srgb" })].map((key) => JSON.stringify(key)),
  ]);
  expect(new Set([...keys, JSON.stringify(colourKey({ colour: "srgb" }))]).size).toBe(7);
});

const BASE = { seed: 3, width: 1536, height: 1536, pieces: 1, tissueShare: 0.5, tumourShare: 0.2 };
const STAINED: Readonly<Record<string, SyntheticStain>> = {
  usual: {},
  pale: { haematoxylinStrength: 0.6, eosinStrength: 0.6 },
  other: { haematoxylin: [0.62, 0.69, 0.37], eosin: [0.25, 0.85, 0.46], haematoxylinStrength: 1.3 },
};
type Bag = Awaited<ReturnType<typeof done>>["bag"];

/** Root mean square over tiles at the same places and over features, in standard deviations of the first bag. */
function distance(a: Bag, b: Bag): number {
  const at = new Map(Array.from(b.x, (x, i) => [`${x},${b.y[i]}`, i]));
  const pairs = Array.from(a.x, (x, i) => [i, at.get(`${x},${a.y[i]}`)] as const).filter(([, k]) => k !== undefined);
  let [sum, n] = [0, 0];
  for (let j = 0; j < a.d; j++) {
    const column = Array.from({ length: a.n }, (_, i) => a.features[i * a.d + j] as number);
    const mean = column.reduce((s, v) => s + v, 0) / a.n;
    const variance = column.reduce((s, v) => s + (v - mean) ** 2, 0) / a.n;
    if (variance < 1e-9) continue;
    for (const [i, k = 0] of pairs)
      sum += ((column[i] as number) - (b.features[k * b.d + j] as number)) ** 2 / variance;
    n += pairs.length;
  }
  return Math.sqrt(sum / n);
}

describe("tiles.stain", () => {
  const file = (name: string): string => join(home, `${name}.svs`);
  const asStored = new Map<string, Bag>();
  beforeAll(async () => {
    for (const [name, stain] of Object.entries(STAINED)) {
      await writeSyntheticSlide(file(name), { ...BASE, stain });
      asStored.set(name, (await done(file(name), { size: 224 })).bag);
    }
  });
  const stored = (name: string): Bag => asStored.get(name) as Bag;

  // Not Macenko of a pale slide: what comes of it depends on the slide (docs/methods/stain.md).
  it.each([
    ["vahadane", ["pale", "other"]],
    ["macenko", ["other"]],
  ] as const)("%s brings the features of the same tissue in another stain nearer: %s", async (stain, names) => {
    const usual = (await done(file("usual"), { size: 224, stain })).bag;
    for (const name of names) {
      const { bag } = await done(file(name), { size: 224, stain });
      const [before, after] = [distance(stored("usual"), stored(name)), distance(usual, bag)];
      expect(after, name).toBeLessThan(0.85 * before);
    }
  });

  it("reinhard brings a pale slide nearer", async () => {
    const usual = (await done(file("usual"), { size: 224, stain: "reinhard" })).bag;
    const { bag } = await done(file("pale"), { size: 224, stain: "reinhard" });
    expect(distance(usual, bag)).toBeLessThan(0.85 * distance(stored("usual"), stored("pale")));
  });

  it("is told in the feature file: method, reference, tiles measured, both profiles", async () => {
    const { bag, stain } = await done(file("pale"), { size: 224, stain: "macenko", colour: "srgb" });
    expect(bag.space).toMatch(/\/224px@0.5\/srgb\/macenko@veta-2013$/);
    expect(stain).toMatch(/^macenko: haematoxylin 0\.\d{3} .* moved to veta-2013$/);
    const told = JSON.parse(bag.meta.stain ?? "");
    expect(told).toMatchObject({ reference: "veta-2013", from: { method: "macenko" }, to: { method: "macenko" } });
    expect(told.tiles).toBe(Math.min(32, bag.n));
  });

  it("refuses a slide of one colour by name, and never leaves it as it was in silence", async () => {
    const path = join(home, "one.tiff");
    const { width, height, data } = drawn(golden);
    const tinted = data.map((v, i) => (v === 255 ? 255 : ([150, 60, 140][i % 3] as number)));
    writeFileSync(path, buildTiff({ pages: [rawPage({ width, height, data: tinted }, [64, 64])] }));
    for (const stain of ["macenko", "vahadane", "reinhard"] as const) {
      const refused = await encoded(path, { stain }, tiny);
      expect(refused, stain).toMatchObject({
        ok: false,
        failure: { kind: expect.stringMatching(/^(too-few|no-tissue)$/) },
      });
      expect("failure" in refused && refused.failure.remedy).toMatch(/stain: none/);
    }
    expect((await done(path, {}, tiny)).bag.n).toBeGreaterThan(30);
  });
});

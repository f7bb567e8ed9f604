import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeImage } from "../../../src/codec/plain-image.ts";
import { type ByteSource, memorySource, openSlide, type Raster } from "../../../src/index.ts";
import { nodeCodecs } from "../../../src/node.ts";
import { smoothPicture } from "../../jpeg-blocks.ts";
import { buildNdpi, type NdpiPage, type Strip, stripWithRestarts } from "../../ndpi-builder.ts";
import { partOf } from "../../picture.ts";
import { slideContract, worstDifference } from "../slide-contract.ts";

const [width, height] = [640, 304];
const pages: NdpiPage[] = [];
const made: { narrow?: Strip; wide?: Strip; whole?: Raster; bytes?: Uint8Array; columns?: Uint8Array } = {};

const page = (size: Raster, strip: Strip, lens: number, more: NdpiPage["tags"] = []): NdpiPage => ({
  ...{ width: size.width, height: size.height, strip: strip.bytes },
  tags: [[65421, 11, [lens]], [65426, 4, strip.starts], ...more],
});

beforeAll(async () => {
  const [base, half, macro] = [smoothPicture(width, height), smoothPicture(320, 152), smoothPicture(64, 24)];
  made.wide = await stripWithRestarts(base);
  made.narrow = await stripWithRestarts(base, 128);
  pages.push(page(base, made.wide, 20));
  pages.push(page(half, await stripWithRestarts(half), 10), page(macro, await stripWithRestarts(macro), -1));
  made.bytes = buildNdpi(pages);
  made.columns = buildNdpi([page(base, made.narrow, 20)]);
  made.whole = await decodeImage(made.wide.bytes);
});

const options = (strip: () => Strip) => ({
  block: () => ({ offset: 12 + (strip().starts[0] ?? 0), length: 300, place: { x: 2, y: 1, width: 30, height: 6 } }),
});
slideContract(
  "an NDPI whose intervals are whole rows",
  (wrap) => openSlide(wrap(memorySource(made.bytes as Uint8Array, "made.ndpi")), nodeCodecs),
  () => made.whole as Raster,
  options(() => made.wide as Strip),
);
slideContract(
  "an NDPI of several intervals a row",
  (wrap) => openSlide(wrap(memorySource(made.columns as Uint8Array, "made.ndpi")), nodeCodecs),
  () => made.whole as Raster,
  options(() => made.narrow as Strip),
);

const open = async (bytes: Uint8Array, plane = {}) =>
  unwrap(await openSlide(memorySource(bytes, "made.ndpi"), nodeCodecs, { plane }));

describe("an NDPI", () => {
  it("has the levels whose source lens is above 0; the macro is told and not served", async () => {
    const { info } = await open(made.bytes as Uint8Array);
    expect(info.levels.map((level) => [level.width, level.height])).toEqual([
      [640, 304],
      [320, 152],
    ]);
    expect(info).toMatchObject({ vendor: "hamamatsu", objective: 20 });
    expect(info.associated).toEqual([{ name: "macro", width: 64, height: 24 }]);
  });

  it("is read the same where the places of its markers are missing, too few, or beyond the strip", async () => {
    const strip = made.wide as Strip;
    const base = smoothPicture(width, height);
    for (const starts of [[], strip.starts.slice(1), strip.starts.map((start) => start + 10_000_000)]) {
      const bytes = buildNdpi([page(base, { bytes: strip.bytes, starts: starts.length > 0 ? starts : [0] }, 20)]);
      const slide = await open(bytes);
      const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
      expect(worstDifference(read.data, (made.whole as Raster).data)).toBe(0);
    }
  });

  it("beyond 4 GiB is found through the upper words behind its directories", async () => {
    const shift = 2 ** 32;
    const bytes = buildNdpi(pages, shift);
    const at = (offset: number): number => (offset >= shift ? offset - shift : offset);
    const source: ByteSource = {
      size: shift + bytes.length,
      name: "large.ndpi",
      readSync: (offset, length) => bytes.subarray(at(offset), at(offset) + length),
      read: async (offset, length) => bytes.subarray(at(offset), at(offset) + length),
      close() {},
    };
    const slide = unwrap(await openSlide(source, nodeCodecs));
    const read = unwrap(await slide.read({ level: 0, x: 20, y: 30, width: 100, height: 90 }));
    const whole = made.whole as Raster;
    expect(worstDifference(read.data, partOf(whole, 20, 30, 100, 90))).toBe(0);
  });

  it("of several focal planes gives the middle one, or the one asked for", async () => {
    const [near, middle, far] = [smoothPicture(64, 64), smoothPicture(64, 64), smoothPicture(64, 64)];
    near.data.fill(40);
    middle.data.fill(120);
    far.data.fill(200);
    const files = await Promise.all(
      [near, middle, far].map(async (raster, i) =>
        page(raster, await stripWithRestarts(raster), 20, [[65424, 9, [(i - 1) * 1000]]]),
      ),
    );
    const bytes = buildNdpi(files);
    const value = async (plane = {}): Promise<number> => {
      const slide = await open(bytes, plane);
      expect(slide.info.planes?.focalPlanes).toBe(3);
      return unwrap(await slide.read({ level: 0, x: 5, y: 5, width: 1, height: 1 })).data[0] as number;
    };
    expect(await value()).toBe(120);
    expect(await value({ focalPlane: 0 })).toBe(40);
    expect(await value({ focalPlane: 2 })).toBe(200);
    const outcome = await openSlide(memorySource(bytes), nodeCodecs, { plane: { focalPlane: 3 } });
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "out-of-bounds" } });
  });

  it.each([640, 128])(
    "with reduced chroma and intervals of %i px shows the picture that was put into it",
    async (across) => {
      const base = smoothPicture(640, 320);
      const slide = await open(buildNdpi([page(base, await stripWithRestarts(base, across, "4:2:0"), 20)]));
      expect(slide.info.levels[0]?.blockHeight).toBe(16);
      const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 640, height: 320 }));
      expect(worstDifference(read.data, base.data)).toBeLessThan(8);
    },
  );

  it("passes its blocks on as JPEG streams that stand alone", async () => {
    const slide = await open(made.bytes as Uint8Array);
    const stored = await slide.stored?.(0, 0, 1);
    expect(stored?.codec).toBe("jpeg");
    const level = slide.info.levels[0];
    const decoded = await decodeImage(stored?.bytes ?? new Uint8Array());
    const y = level?.blockHeight ?? 0;
    const part = partOf(made.whole as Raster, 0, y, width, Math.min(y, height - y));
    expect(worstDifference(decoded.data.subarray(0, part.length), part)).toBe(0);
  });
});

describe("OpenSlide", () => {
  const golden = JSON.parse(readFileSync(new URL("../../golden/openslide_twins.json", import.meta.url), "utf8"));
  const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
  it.each([
    ["rows.ndpi", 640],
    ["columns.ndpi", 128],
  ] as const)("reads %s, intervals of %i px, to the same pixels in every byte", async (name, across) => {
    const strip = await stripWithRestarts(smoothPicture(640, 320), across);
    const tags: NdpiPage["tags"] = [
      [65421, 11, [20]],
      [65424, 9, [0]],
      [65426, 4, strip.starts],
    ];
    const bytes = buildNdpi([{ width: 640, height: 320, strip: strip.bytes, tags }]);
    if (process.env.NACRE_TWINS) writeFileSync(`${process.env.NACRE_TWINS}/${name}`, bytes);
    const recorded = golden.twins[name];
    expect(recorded?.file, "the twin changed: record it again").toBe(sha256(bytes));
    const slide = await open(bytes);
    const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 640, height: 320 }));
    expect(sha256(read.data)).toBe(recorded.levels[0].sha256);
  });
});

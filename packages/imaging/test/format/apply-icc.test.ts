import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { iccTable } from "../../src/codec/icc-table.ts";
import { applyTable, ICC_POINTS } from "../../src/format/apply-icc.ts";
import { memorySource, neighboursInMemory, openSlide, openSlideFolder, portableCodecs } from "../../src/index.ts";
import { encodePng, nodeCodecs } from "../../src/node.ts";
import { baseSlides } from "../hostile/base-slides.ts";
import { standardJpeg } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { buildTiff, rawPage } from "../tiff-builder.ts";
import { buildScn } from "../vendor-builder.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/pillow_images.json", import.meta.url), "utf8")).icc;
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const profile = bytesOf(golden.profile);
const raster = picture(70, 45);
const file = (icc: Uint8Array | null): Uint8Array =>
  buildTiff({ pages: [rawPage(raster, [32, 16], icc ? { tags: [[34675, 7, [...icc]]] } : {})] });
const open = (bytes: Uint8Array, isApplied: boolean, codecs = nodeCodecs) =>
  openSlide(memorySource(bytes, "made.tif"), codecs, isApplied ? { icc: "apply" } : {});
const region = { level: 0, x: 0, y: 0, width: 70, height: 45 };

describe("an ICC profile", () => {
  it("is told and not applied, unless it is asked for", async () => {
    const slide = unwrap(await open(file(profile), false));
    expect(slide.info).toMatchObject({ icc: true });
    expect(slide.info.iccApplied).toBeUndefined();
    expect(unwrap(await slide.read(region)).data).toEqual(raster.data);
  });

  it("is applied on request, to within two grey levels of lcms in Pillow", async () => {
    const slide = unwrap(await open(file(profile), true));
    expect(slide.info.iccApplied).toContain("sRGB");
    const { data } = unwrap(await slide.read(region));
    const wanted = bytesOf(golden.rgb);
    const differences = data.map((value, i) => Math.abs(value - (wanted[i] as number)));
    const mean = differences.reduce((sum, value) => sum + value, 0) / data.length;
    const strayed = differences.filter((value) => value > 2).length / data.length;
    console.log("icc: mean", mean, "max", Math.max(...differences), "share above 2", strayed);
    expect(mean).toBeLessThan(0.5);
    expect(data).not.toEqual(raster.data);
  });

  it("leaves the outside white", async () => {
    const slide = unwrap(await open(file(profile), true));
    const { data } = unwrap(await slide.read({ level: 0, x: -10, y: -10, width: 10, height: 60 }));
    expect(data.every((value) => value === 255)).toBe(true);
  });

  it("that is absent, broken or not for RGB is a named failure; so is a browser that cannot apply it", async () => {
    expect(await open(file(null), true)).toMatchObject({ ok: false, failure: { kind: "unsupported-format" } });
    expect(await open(file(profile.slice(0, 100)), true)).toMatchObject({
      ok: false,
      failure: { kind: "hostile-file" },
    });
    // The converter takes these for sRGB without a word: a profile cut short, one of no known version.
    const strange = profile.slice().fill(9, 8, 12);
    for (const icc of [profile.slice(0, 200), strange]) {
      expect(await open(file(icc), true)).toMatchObject({ ok: false, failure: { kind: "hostile-file" } });
    }
    const cmyk = profile.slice();
    cmyk.set([0x43, 0x4d, 0x59, 0x4b], 16);
    expect(await open(file(cmyk), true)).toMatchObject({ ok: false, failure: { kind: "hostile-file" } });
    expect(await open(file(profile), true, portableCodecs)).toMatchObject({
      ok: false,
      failure: { kind: "unsupported-codec" },
    });
  });
});

/** The segments of APP2, in parts and out of order, behind the first marker. */
function withSegments(jpeg: Uint8Array, icc: Uint8Array, parts: number): Uint8Array {
  const each = Math.ceil(icc.length / parts);
  const segments = Array.from({ length: parts }, (_, i) => {
    const data = icc.subarray(i * each, (i + 1) * each);
    const head = [
      0xff,
      0xe2,
      (data.length + 16) >> 8,
      (data.length + 16) & 255,
      ...Buffer.from("ICC_PROFILE\0"),
      i + 1,
    ];
    return Buffer.concat([Uint8Array.from([...head, parts]), data]);
  });
  return Buffer.concat([jpeg.subarray(0, 2), ...segments.reverse(), jpeg.subarray(2)]);
}

function withChunk(png: Uint8Array, body: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(body.length + 12);
  chunk.writeUInt32BE(body.length, 0);
  chunk.set([...Buffer.from("iCCP"), ...body], 4);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, body.length + 8)), body.length + 8);
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
}

const openAs = (bytes: Uint8Array, name: string, icc: "apply" | "keep") =>
  openSlide(memorySource(bytes, name), nodeCodecs, { icc });

describe("an ICC profile in a plain image or a Leica SCN", () => {
  const inTiff = async () => unwrap(await unwrap(await open(file(profile), true)).read(region)).data;
  const body = Buffer.concat([Buffer.from("made\0\0"), deflateSync(profile)]);

  it("of PNG is told, kept and applied as that of a TIFF is", async () => {
    const png = withChunk(await encodePng(raster), body);
    const kept = unwrap(await openAs(png, "made.png", "keep"));
    expect(kept.info.icc).toBe(true);
    expect(kept.info.iccApplied).toBeUndefined();
    expect(Buffer.compare(kept.profile as Uint8Array, profile)).toBe(0);
    expect(unwrap(await kept.read(region)).data).toEqual(raster.data);
    const applied = unwrap(await openAs(png, "made.png", "apply"));
    expect(applied.info.iccApplied).toContain("sRGB");
    expect(Buffer.compare(unwrap(await applied.read(region)).data, await inTiff())).toBe(0);
  });

  it("of JPEG is put together from its segments", async () => {
    const jpeg = withSegments(await standardJpeg(raster), profile, 3);
    const kept = unwrap(await openAs(jpeg, "made.jpg", "keep"));
    expect(Buffer.compare(kept.profile as Uint8Array, profile)).toBe(0);
    const applied = unwrap(await openAs(jpeg, "made.jpg", "apply"));
    expect(applied.info).toMatchObject({ icc: true, iccApplied: expect.stringContaining("sRGB") });
    expect(unwrap(await applied.read(region)).data).not.toEqual(unwrap(await kept.read(region)).data);
  });

  it("of SCN is that of the finest image", async () => {
    const scn = buildScn(100, 60, [{ raster, x: 10, y: 10, icc: profile }], picture(10, 6));
    const applied = unwrap(await openAs(scn, "made.scn", "apply"));
    const area = { level: 0, x: 10, y: 10, width: 70, height: 45 };
    expect(Buffer.compare(unwrap(await applied.read(area)).data, await inTiff())).toBe(0);
  });

  it("that is broken is a named failure when it is applied", async () => {
    const png = await encodePng(raster);
    const jpeg = await standardJpeg(raster);
    for (const [bytes, name] of [
      [withChunk(png, body.subarray(0, 40)), "cut.png"],
      [withChunk(png, Buffer.alloc(90, 65)), "nameless.png"],
      [withChunk(png, Buffer.concat([Buffer.from("bomb\0\0"), deflateSync(Buffer.alloc(2 ** 25))])), "bomb.png"],
      [withSegments(jpeg, profile, 3).subarray(0), "whole.jpg"],
    ] as const) {
      const isWhole = name === "whole.jpg";
      const given = isWhole ? Buffer.from(bytes) : bytes;
      // the second segment says that it is the first
      if (isWhole) given[Buffer.from(given).lastIndexOf("ICC_PROFILE") + 12] = 2;
      expect(await openAs(given, name, "apply"), name).toMatchObject({ ok: false, failure: { kind: "hostile-file" } });
    }
  });
});

describe("a profile that is asked for where there is none", () => {
  it("is refused by name, whatever the format", async () => {
    const bases = await baseSlides();
    expect(bases.length).toBeGreaterThan(20);
    for (const { name, main, files } of bases) {
      const neighbours = neighboursInMemory(
        new Map([...files].map(([inner, bytes]) => [inner, () => memorySource(bytes, inner)])),
      );
      const outcome =
        main === ""
          ? await openSlideFolder("made", neighbours, nodeCodecs, { icc: "apply" })
          : await openSlide(memorySource(files.get(main) as Uint8Array, main), nodeCodecs, {
              neighbours,
              icc: "apply",
            });
      expect(outcome, name).toMatchObject({
        ok: false,
        failure: { kind: "unsupported-format", expected: expect.stringContaining("ICC profile") },
      });
    }
  });
});

it("a table of the colours themselves changes nothing", () => {
  const table = new Uint8Array(ICC_POINTS ** 3 * 3);
  for (let i = 0; i < ICC_POINTS ** 3; i++) {
    const shares = [Math.floor(i / ICC_POINTS ** 2), Math.floor(i / ICC_POINTS) % ICC_POINTS, i % ICC_POINTS];
    for (const [c, share] of shares.entries()) table[i * 3 + c] = Math.round((share * 255) / (ICC_POINTS - 1));
  }
  const data = raster.data.slice();
  applyTable(data, table, 0, data.length);
  expect(Math.max(...data.map((value, i) => Math.abs(value - (raster.data[i] as number))))).toBeLessThanOrEqual(1);
});

it("iccTable(profile, points) gives black for black and white for white", async () => {
  const table = await iccTable(profile, 5);
  expect([...table.subarray(0, 3)]).toEqual([0, 0, 0]);
  for (const value of table.subarray(-3)) expect(value).toBeGreaterThan(250);
});

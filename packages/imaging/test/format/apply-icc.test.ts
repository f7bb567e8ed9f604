import { readFileSync } from "node:fs";
import { unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { iccTable } from "../../src/codec/icc-table.ts";
import { applyTable, ICC_POINTS } from "../../src/format/apply-icc.ts";
import { memorySource, openSlide, portableCodecs } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { picture } from "../picture.ts";
import { buildTiff, rawPage } from "../tiff-builder.ts";

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
    const cmyk = profile.slice();
    cmyk.set([0x43, 0x4d, 0x59, 0x4b], 16);
    expect(await open(file(cmyk), true)).toMatchObject({ ok: false, failure: { kind: "hostile-file" } });
    expect(await open(file(profile), true, portableCodecs)).toMatchObject({
      ok: false,
      failure: { kind: "unsupported-codec" },
    });
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

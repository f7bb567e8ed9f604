import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { isSynthetic, type Slide } from "../../src/index.ts";
import { convertSlide, openSlideFile, type WriteFormat, writeSyntheticSlide } from "../../src/node.ts";
import { jpegBlocks, smoothPicture, wholeJpegs } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { rawPage } from "../tiff-builder.ts";
import { boxMean, convert, levelOf, openBuilt, ownFolder, worst } from "./converted.ts";

const at = ownFolder("convert");
const open = async (): Promise<Slide> => unwrap(await openSlideFile(at("source.svs"), { icc: "keep" }));

/** Levels 1, 4, 16 of 256 px blocks, 4:2:0, with shared tables. */
beforeAll(() => writeSyntheticSlide(at("source.svs"), { seed: 5, width: 1300, height: 1100 }));

const JPEG_FORMATS: readonly (readonly [WriteFormat, string])[] = [
  ["tiff", "jpeg.tif"],
  ["svs", "jpeg.svs"],
  ["ome-tiff", "jpeg.ome.tif"],
  ["dicom", "jpeg.dcm"],
];

describe("converting a slide of JPEG blocks", () => {
  for (const [format, name] of JPEG_FORMATS) {
    it(`passes the blocks of every level that it holds on into ${format}, where they show the same pixels`, async () => {
      const slide = await open();
      const { report, copy } = await convert(slide, at(name), { levelStep: 4 });
      expect(report).toMatchObject({ format, passed: report.tiles, tile: 256 });
      expect(copy.info.format).toBe(
        { tiff: "tiff", svs: "aperio-svs", "ome-tiff": "ome-tiff", dicom: "dicom" }[format as "tiff"],
      );
      expect(copy.info.levels.map(({ width, height }) => [width, height])).toEqual(
        slide.info.levels.slice(0, report.levels.length).map(({ width, height }) => [width, height]),
      );
      for (const { index } of copy.info.levels)
        expect(worst(await levelOf(slide, index), await levelOf(copy, index))).toBe(0);
      copy.close();
      slide.close();
    });
  }

  it("makes the levels between those that the source holds as means of 2 x 2 pixels", async () => {
    const slide = await open();
    const { report, copy } = await convert(slide, at("between.tif"));
    expect(report.levels.map(({ downsample, how }) => [downsample, how])).toEqual([
      [1, "passed"],
      [2, "made"],
      [4, "passed"],
      [8, "made"],
    ]);
    expect(worst(boxMean(await levelOf(slide, 0), 2), await levelOf(copy, 1))).toBeLessThan(30);
    expect(worst(await levelOf(slide, 1), await levelOf(copy, 2))).toBe(0);
    copy.close();
    slide.close();
  });

  it("hands the stored bytes themselves to DICOM", async () => {
    const slide = await open();
    const { copy } = await convert(slide, at("bytes.dcm"));
    for (const [column, row] of [
      [0, 0],
      [3, 2],
      [5, 4],
    ] as const) {
      const [before, after] = [await slide.stored?.(0, column, row), await copy.stored?.(0, column, row)];
      expect(
        Buffer.from(after?.bytes ?? [])
          .subarray(0, before?.bytes.length)
          .equals(before?.bytes ?? new Uint8Array(1)),
      ).toBe(true);
    }
    copy.close();
    slide.close();
  });

  it("writes DeepZoom whose inner tiles show the same pixels, and whose coarsest level is one pixel", async () => {
    const slide = await open();
    const { report, copy } = await convert(slide, at("deep.dzi"));
    const inner = { level: 0, x: 0, y: 0, width: 1280, height: 1024 };
    expect(worst(unwrap(await copy.read(inner)), unwrap(await slide.read(inner)))).toBe(0);
    expect(report.passed).toBeGreaterThanOrEqual(20);
    expect(report.levels.at(-1)).toMatchObject({ width: 1, height: 1 });
    expect(readdirSync(at("deep_files")).length).toBe(report.levels.length);
    copy.close();
    slide.close();
  });

  it("carries the scale, the objective, and the mark of a slide that a program drew", async () => {
    const slide = await open();
    for (const [, name] of JPEG_FORMATS) {
      const copy = unwrap(await openSlideFile(at(name)));
      expect(copy.info.mpp).toBeCloseTo(slide.info.mpp as number, 6);
      if (name !== "jpeg.tif") expect(copy.info.objective).toBe(slide.info.objective);
      expect(isSynthetic(copy.info), name).toBe(true);
      copy.close();
    }
    slide.close();
  });

  it("carries the ICC profile, and says where it is lost", async () => {
    const profile = Uint8Array.from({ length: 400 }, (_, i) => (i * 7) & 255);
    const page = rawPage(picture(80, 80), [32, 32], { tags: [[34675, 7, [...profile]]] });
    for (const name of ["icc.tif", "icc.svs", "icc.ome.tif", "icc.dcm", "icc.dzi", "icc.ome.zarr"]) {
      const { report, copy } = await convert(await openBuilt({ pages: [page] }, 0.5), at(name), { tile: 64 });
      const isLost = /dzi|zarr/.test(name);
      expect([...(copy.profile ?? [])], name).toEqual(isLost ? [] : [...profile]);
      expect(report.warnings.includes("the ICC profile was not carried")).toBe(isLost);
      copy.close();
    }
  });

  it("encodes with another tile, and says so", async () => {
    const slide = await open();
    const { report, copy } = await convert(slide, at("tile.tif"), { tile: 512, quality: 95 });
    expect(report).toMatchObject({ passed: 0, tile: 512 });
    expect(report.levels[0]?.how).toBe("encoded");
    expect(copy.info.levels[0]?.blockWidth).toBe(512);
    expect(worst(await levelOf(slide, 0), await levelOf(copy, 0))).toBeLessThan(40);
    copy.close();
    slide.close();
  });
});

describe("converting to OME-Zarr", () => {
  it("keeps every pixel, and makes levels that are exactly means", async () => {
    const raster = picture(333, 271);
    const slide = await openBuilt({ pages: [rawPage(raster, [64, 48])] }, 0.5);
    const { report, copy } = await convert(slide, at("exact.ome.zarr"), { tile: 64 });
    expect(copy.info.mpp).toBe(0.5);
    let expected = raster;
    for (const { index } of copy.info.levels) {
      expect(worst(expected, await levelOf(copy, index)), `level ${index}`).toBe(0);
      expected = boxMean(expected, 2);
    }
    expect(report.levels.length).toBe(4);
    copy.close();
  });
});

describe("blocks that cannot be passed on", () => {
  const raster = smoothPicture(300, 200);

  it("are encoded once, within the error of JPEG", async () => {
    const slide = await openBuilt({ pages: [rawPage(raster, [64, 48])] }, 0.5);
    for (const name of ["raw.tif", "raw.svs", "raw.ome.tif", "raw.dcm", "raw.dzi"]) {
      const { report, copy } = await convert(slide, at(name), { tile: 64 });
      expect(report.passed).toBe(0);
      expect(worst(raster, await levelOf(copy, 0)), name).toBeLessThanOrEqual(8);
      copy.close();
    }
  });

  it("of several kinds make their level be encoded as a whole", async () => {
    const blocks = await wholeJpegs(raster, 64, 64);
    const { data, width, height } = raster;
    const reduced = await (await import("sharp"))
      .default(data, { raw: { width, height, channels: 3 } })
      .extract({ left: 64, top: 64, width: 64, height: 64 })
      .jpeg({ quality: 98, chromaSubsampling: "4:2:0" })
      .toBuffer();
    blocks[6] = new Uint8Array(reduced);
    const page = { width, height, block: [64, 64] as const, blocks, compression: 7, photometric: 6 };
    const slide = await openBuilt({ pages: [page] });
    const { report, copy } = await convert(slide, at("mixed.tif"));
    expect(report.levels[0]?.how).toBe("encoded");
    expect(report.passed).toBe(0);
    expect(worst(await levelOf(slide, 0), await levelOf(copy, 0))).toBeLessThanOrEqual(8);
    copy.close();
  });

  it("because they are missing become background, beside others that are passed on", async () => {
    const { tables, blocks } = await jpegBlocks(raster, 64, 64);
    blocks[7] = new Uint8Array();
    const page = { width: 300, height: 200, block: [64, 64] as const, blocks, compression: 7, photometric: 6 };
    const slide = await openBuilt({ pages: [{ ...page, tags: [[347, 7, [...tables]]] }] }, 0.25);
    for (const name of ["missing.tif", "missing.dcm"]) {
      const { report, copy } = await convert(slide, at(name));
      expect(report.levels[0]).toMatchObject({ how: "passed", tiles: 20 });
      expect(report.passed).toBe(19);
      expect(worst(await levelOf(slide, 0), await levelOf(copy, 0))).toBe(0);
      copy.close();
    }
  });

  it("but not for being RGB: Aperio's colours stay what they are", async () => {
    const { tables, blocks } = await jpegBlocks(raster, 64, 64);
    const page = { width: 300, height: 200, block: [64, 64] as const, blocks, compression: 7, photometric: 2 };
    const slide = await openBuilt({ pages: [{ ...page, tags: [[347, 7, [...tables]]] }] }, 0.25);
    for (const name of ["rgb.tif", "rgb.ome.tif", "rgb.dcm", "rgb.svs"]) {
      const { report, copy } = await convert(slide, at(name));
      expect(report.levels[0]?.how).toBe("passed");
      expect(worst(await levelOf(slide, 0), await levelOf(copy, 0)), name).toBe(0);
      copy.close();
    }
  });
});

describe("a conversion that does not come to its end", () => {
  const raster = smoothPicture(300, 200);
  const nothingLeft = (): string[] => readdirSync(dirname(at("x"))).filter((name) => name.includes("part"));

  it("leaves nothing behind, whether it was cancelled or its source is broken", async () => {
    const slide = await open();
    const stop = new AbortController();
    const cancelled = await convertSlide(slide, at("cancelled.dzi"), {
      signal: stop.signal,
      progress: (done) => done > 8 && stop.abort(),
    });
    expect(cancelled).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
    slide.close();
    const blocks = await wholeJpegs(raster, 64, 64);
    blocks[9] = (blocks[9] as Uint8Array).slice(0, 300);
    const page = { width: 300, height: 200, block: [64, 64] as const, blocks, compression: 7, photometric: 6 };
    for (const name of ["broken.tif", "broken.dzi", "broken.ome.zarr"]) {
      const broken = await convertSlide(await openBuilt({ pages: [page] }), at(name), { tile: 128 });
      expect(broken).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
      expect(existsSync(at(name))).toBe(false);
    }
    expect(nothingLeft()).toEqual([]);
    expect(existsSync(at("cancelled_files"))).toBe(false);
  });

  it("is refused where something has the name already, where DICOM lacks a scale, and for what no format can do", async () => {
    const slide = await openBuilt({ pages: [rawPage(raster, [64, 64])] });
    const kind = async (name: string, options = {}): Promise<string> => {
      const outcome = await convertSlide(slide, at(name), options);
      return outcome.ok ? "done" : outcome.failure.kind;
    };
    expect(await kind("source.svs")).toBe("bad-usage");
    expect(await kind("scaleless.dcm")).toBe("no-scale");
    expect(await kind("slide.bin")).toBe("bad-usage");
    expect(await kind("steps.dzi", { levelStep: 4 })).toBe("bad-usage");
    expect(await kind("tile.tif", { tile: 100 })).toBe("bad-usage");
    expect(await kind("step.tif", { tile: 256, levelStep: 3 })).toBe("bad-usage");
    expect(await kind("nowhere/deep/slide.tif")).toBe("missing-file");
    expect(await kind("fine.bin", { format: "tiff", tile: 64 })).toBe("done");
  });
});

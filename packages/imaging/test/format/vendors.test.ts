/** Leica SCN, Philips TIFF and Ventana BIF, on twins made here: no real file of theirs was at hand. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { type Outcome, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { memorySource, openSlide, type Slide } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { withText } from "../deid/planted.ts";
import { picture } from "../picture.ts";
import { bifSize, buildBif, buildPhilips, buildScn, everySecond, laid } from "../vendor-builder.ts";
import { slideContract, worstDifference } from "./slide-contract.ts";

const open = (bytes: Uint8Array, name: string): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, name), nodeCodecs);

const areas = [
  { raster: picture(120, 90), x: 20, y: 30 },
  { raster: picture(120, 90), x: 180, y: 100 },
];
const glass = laid(340, 260, areas);
const scn = buildScn(340, 260, areas, picture(34, 26));
slideContract("a Leica SCN of two areas", (wrap) => openSlide(wrap(memorySource(scn, "made.scn")), nodeCodecs), glass);

const tissue = picture(192, 128);
const philips = buildPhilips(tissue, [5]);
const sparse = laid(192, 128, [{ x: 0, y: 0, raster: tissue }]);
for (let y = 64; y < 128; y++) sparse.data.fill(255, (y * 192 + 128) * 3, (y + 1) * 192 * 3);
slideContract(
  "a Philips TIFF with a missing tile",
  (wrap) => openSlide(wrap(memorySource(philips, "made.tiff")), nodeCodecs),
  sparse,
);

const facts = { tile: 64, overlapX: 4, overlapY: 8 };
const size = bifSize(3, 2, facts);
const tall = bifSize(3, 3, facts);
const scanned = [
  { raster: picture(size.width, size.height), columns: 3, rows: 2, x: 100, y: 40 },
  { raster: picture(tall.width, tall.height), columns: 3, rows: 3, x: 400, y: 70 },
];
const stage = laid(
  400 + size.width,
  30 + tall.height,
  scanned.map(({ raster, x, y }) => ({ raster, x, y: y - 40 })),
);
const bif = buildBif(scanned, facts);
slideContract(
  "a Ventana BIF of two areas",
  (wrap) => openSlide(wrap(memorySource(bif, "made.bif")), nodeCodecs),
  stage,
);

const twins = { "made.scn": scn, "made.tiff": philips, "made.bif": bif };
if (process.env.NACRE_TWINS) {
  for (const [name, bytes] of Object.entries(twins)) writeFileSync(`${process.env.NACRE_TWINS}/${name}`, bytes);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const golden = JSON.parse(readFileSync(new URL("../golden/openslide_twins.json", import.meta.url), "utf8"));

describe("OpenSlide", () => {
  for (const [name, bytes] of Object.entries(twins)) {
    it(`reads ${name} to the same levels and, in every byte, the same pixels`, async () => {
      const recorded = golden.twins[name];
      expect(recorded.file, "the twin changed: record it again").toBe(sha256(bytes));
      const slide = unwrap(await open(bytes, name));
      const { info } = slide;
      expect(info.vendor).toBe(recorded.vendor);
      expect(info.levels.map((level) => [level.width, level.height])).toEqual(
        recorded.levels.map(({ size }: { size: number[] }) => size),
      );
      for (const level of info.levels) {
        expect(level.downsample).toBeCloseTo(recorded.levels[level.index].downsample, 6);
        const { width, height } = level;
        const read = unwrap(await slide.read({ level: level.index, x: 0, y: 0, width, height }));
        expect(sha256(read.data), `level ${level.index}`).toBe(recorded.levels[level.index].sha256);
      }
      if (recorded.mpp !== null) expect(info.mpp).toBeCloseTo(Number(recorded.mpp), 9);
      if (recorded.objective !== null) expect(info.objective).toBe(Number(recorded.objective));
    });
  }
});

describe("a Leica SCN", () => {
  it("tells its macro, its scale and its objective, and never takes the macro for a level", async () => {
    const { info } = unwrap(await open(scn, "made.scn"));
    expect(info.associated).toEqual([{ name: "macro", width: 34, height: 26 }]);
    expect(info).toMatchObject({ mpp: 0.5, objective: 20, format: "leica-scn" });
  });
});

describe("XML with more parts than a slide has", () => {
  it.each([
    [
      "dimensions",
      '<scn><collection sizeX="9" sizeY="9"><image><pixels>',
      '<dimension ifd="0"/>',
      "</pixels></image></collection></scn>",
    ],
    ["images", '<scn><collection sizeX="9" sizeY="9">', "<image/>", "</collection></scn>"],
  ])("of Leica is refused: 200,000 %s", async (_, before, part, after) => {
    const bytes = withText(scn, 0, 270, before + part.repeat(200_000) + after);
    expect(await openSlide(memorySource(bytes, "made.scn"), nodeCodecs)).toMatchObject({
      ok: false,
      failure: { kind: "hostile-file" },
    });
  });

  it("of Ventana is refused: 20,000 areas", async () => {
    const info =
      '<ImageInfo AOIScanned="1" AOIIndex="0" NumRows="1" NumCols="1" Width="64" Height="64" Pos-X="0" Pos-Y="0"/>';
    const xml = `<EncodeInfo Ver="2"><SlideStitchInfo>${info.repeat(20_000)}</SlideStitchInfo></EncodeInfo>`;
    const bif = buildBif([{ raster: picture(64, 64), columns: 1, rows: 1, x: 0, y: 0 }], {
      tile: 64,
      overlapX: 0,
      overlapY: 0,
    });
    expect(await openSlide(memorySource(withText(bif, 1, 700, xml), "made.bif"), nodeCodecs)).toMatchObject({
      ok: false,
      failure: { kind: "hostile-file", expected: expect.stringContaining("areas") },
    });
  });
});

describe("a Philips TIFF", () => {
  it("takes scale and downsamples from the pixel spacings, and tells the label that its XML holds", async () => {
    const { info } = unwrap(await open(philips, "made.tiff"));
    expect(info.mpp).toBeCloseTo(0.25, 9);
    expect(info.associated).toEqual([{ name: "label", width: 0, height: 0 }]);
  });

  it("is cut to what a level holds of level 0, whatever its padding", async () => {
    const { info } = unwrap(await open(buildPhilips(picture(130, 70)), "made.tiff"));
    expect(info.levels.map(({ width, height, downsample }) => [width, height, downsample])).toEqual([
      [192, 128, 1],
      [96, 64, 2],
    ]);
  });
});

describe("a Ventana BIF", () => {
  it("scanned from right to left is the same picture", async () => {
    const bytes = buildBif(scanned, { ...facts, across: "LEFT" });
    const slide = unwrap(await open(bytes, "made.bif"));
    const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: stage.width, height: stage.height }));
    expect(worstDifference(read.data, stage.data)).toBe(0);
  });

  it("holds in its coarser levels the frames where the finer one has them", async () => {
    const slide = unwrap(await open(bif, "made.bif"));
    const half = everySecond(stage);
    const read = unwrap(await slide.read({ level: 1, x: 0, y: 0, width: half.width, height: half.height }));
    expect(worstDifference(read.data, half.data)).toBe(0);
  });

  it("whose frames are joined in an unknown way is refused", async () => {
    const text = new TextDecoder("latin1").decode(bif);
    const at = text.indexOf('Direction="UP"') + 11;
    const bytes = bif.slice();
    bytes.set([68, 78], at);
    const outcome = await open(bytes, "made.bif");
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "unsupported-format" } });
  });
});

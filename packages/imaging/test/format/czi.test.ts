import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Outcome, randomStream, unwrap } from "@nacre/core";
import Zstd from "numcodecs/zstd";
import { beforeAll, describe, expect, it } from "vitest";
import { memorySource, type OpenOptions, openSlide, type Raster, type Slide } from "../../src/index.ts";
import { encodeJpeg, nodeCodecs, openSlideFile } from "../../src/node.ts";
import { smoothPicture } from "../jpeg-blocks.ts";
import { partOf, picture } from "../picture.ts";
import { bgr, buildCzi, type CziSpec, metadataXml, PIXEL, type SubblockSpec, words } from "./czi-builder.ts";
import { join } from "./dicom-builder.ts";
import { slideContract, worstDifference } from "./slide-contract.ts";

const open = (bytes: Uint8Array, options: OpenOptions = {}): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, "made.czi"), nodeCodecs, options);
const kindOf = (outcome: Outcome<Slide>): string => (outcome.ok ? "opened" : outcome.failure.kind);

async function whole(slide: Slide, level = 0): Promise<Uint8Array> {
  const { width, height } = slide.info.levels[level] as Slide["info"]["levels"][number];
  return unwrap(await slide.read({ level, x: 0, y: 0, width, height })).data;
}

/** Overlapping subblocks of a picture, each 64 x 48, every 56 x 40 px; places are shifted, as on a stage. */
function mosaic(
  raster: Raster,
  encode: (rgb: Uint8Array, width: number, height: number) => Partial<SubblockSpec>,
): SubblockSpec[] {
  const subblocks: SubblockSpec[] = [];
  for (let y = 0, m = 0; y < raster.height; y += 40) {
    for (let x = 0; x < raster.width; x += 56, m++) {
      const [width, height] = [Math.min(64, raster.width - x), Math.min(48, raster.height - y)];
      const rgb = partOf(raster, x, y, width, height);
      subblocks.push({
        x: x - 500,
        y: y + 70,
        width,
        height,
        at: { C: 0, M: m },
        data: bgr(rgb),
        ...encode(rgb, width, height),
      });
    }
  }
  return subblocks;
}

const raster = picture(150, 110);
const half = picture(75, 55);
const reduced: SubblockSpec = {
  x: -500,
  y: 70,
  width: 150,
  height: 110,
  stored: [75, 55],
  at: { C: 0 },
  data: bgr(half.data),
};
const plainFile = buildCzi({ subblocks: [...mosaic(raster, () => ({})), reduced], xml: metadataXml(0.22) });
slideContract("a CZI", (wrap) => openSlide(wrap(memorySource(plainFile)), nodeCodecs), raster);

describe("a CZI", () => {
  const made: { zstd0?: Uint8Array; zstd1?: Uint8Array; jpeg?: Uint8Array; at?: number } = {};
  const smooth = smoothPicture(150, 110);
  beforeAll(async () => {
    const zstd = new Zstd();
    const packed = async (
      head: readonly number[],
      arrange: (bytes: Uint8Array) => Uint8Array,
      more: Partial<SubblockSpec>,
    ) => {
      const subblocks: SubblockSpec[] = [];
      for (const block of mosaic(raster, (rgb) => ({ data: arrange(bgr(rgb)) }))) {
        const data = join([Uint8Array.from(head), new Uint8Array(await zstd.encode(block.data))]);
        subblocks.push({ ...block, ...more, data });
      }
      return buildCzi({ subblocks, xml: metadataXml(0.22, [], more.pixelType === PIXEL.bgr48 ? 16 : 8) });
    };
    const halves = (bytes: Uint8Array): Uint8Array => {
      const all = words(bytes);
      return join([all.filter((_, i) => i % 2 === 0), all.filter((_, i) => i % 2 === 1)]);
    };
    made.zstd0 = await packed([], (bytes) => bytes, { compression: 5 });
    made.zstd1 = await packed([3, 1, 1], halves, { compression: 6, pixelType: PIXEL.bgr48 });
    const subblocks: SubblockSpec[] = [];
    for (const block of mosaic(smooth, (rgb) => ({ data: rgb, compression: 1 }))) {
      subblocks.push({ ...block, data: await encodeJpeg({ ...block, data: block.data }, 98) });
    }
    made.jpeg = buildCzi({ subblocks });
    made.at = made.jpeg.findIndex((_, i, bytes) => bytes[i] === 0xff && bytes[i + 1] === 0xd8 && bytes[i + 2] === 0xff);
  });

  slideContract(
    "a CZI of Zstandard",
    (wrap) => openSlide(wrap(memorySource(made.zstd0 as Uint8Array)), nodeCodecs),
    raster,
  );
  slideContract("a CZI of JPEG", (wrap) => openSlide(wrap(memorySource(made.jpeg as Uint8Array)), nodeCodecs), smooth, {
    tolerance: 12,
    block: () => ({ offset: made.at ?? 0, length: 400, place: { x: 3, y: 5, width: 20, height: 20 } }),
  });

  it("has levels, scale and objective", async () => {
    const { info } = unwrap(await open(plainFile));
    expect(info.levels.map(({ width, height, downsample }) => [width, height, downsample])).toEqual([
      [150, 110, 1],
      [75, 55, 2],
    ]);
    expect(info).toMatchObject({
      format: "czi",
      iccSought: false,
      vendor: "zeiss",
      mppSource: "file",
      objective: 20,
      warnings: [],
    });
    expect(info.mpp).toBeCloseTo(0.22, 9);
  });

  it("of words in halves, packed as zstd1, has the upper bits of what was packed", async () => {
    const slide = unwrap(await open(made.zstd1 as Uint8Array));
    const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 150, height: 110 }));
    expect(worstDifference(data, raster.data)).toBeLessThanOrEqual(1);
  });

  it("of grey, of words, and with alpha is given as RGB", async () => {
    const grey = raster.data.filter((_, i) => i % 3 === 1);
    const one = (more: Partial<SubblockSpec>): SubblockSpec => ({
      x: 0,
      y: 0,
      width: 150,
      height: 110,
      data: grey,
      pixelType: PIXEL.gray8,
      ...more,
    });
    const read = async (spec: CziSpec, options: OpenOptions = {}): Promise<Uint8Array> =>
      whole(unwrap(await open(buildCzi(spec), options)));
    const asGrey = raster.data.map((_, i) => grey[Math.floor(i / 3)] as number);
    expect(worstDifference(await read({ subblocks: [one({})] }), asGrey)).toBe(0);
    const wide = { subblocks: [one({ pixelType: PIXEL.gray16, data: words(grey) })] };
    expect(worstDifference(await read(wide), asGrey)).toBeLessThanOrEqual(1);
    const bright = await read(wide, { window: [0, 32767] });
    expect(
      worstDifference(
        bright,
        asGrey.map((value) => Math.min(255, value * 2)),
      ),
    ).toBeLessThanOrEqual(2);
    const alpha = Uint8Array.from({ length: 150 * 110 * 4 }, (_, i) =>
      i % 4 === 3 ? 9 : (raster.data[(i >> 2) * 3 + 2 - (i % 4)] as number),
    );
    expect(
      worstDifference(await read({ subblocks: [one({ pixelType: PIXEL.bgra32, data: alpha })] }), raster.data),
    ).toBe(0);
  });

  it("shows its scenes at their places, with white between, and drops levels that lack one", async () => {
    const scene = (S: number, x: number): SubblockSpec => ({
      x,
      y: 0,
      width: 60,
      height: 40,
      at: { S },
      data: bgr(picture(60, 40).data),
    });
    const small = (S: number, x: number): SubblockSpec => ({
      ...scene(S, x),
      stored: [30, 20],
      data: bgr(picture(30, 20).data),
    });
    const slide = unwrap(await open(buildCzi({ subblocks: [scene(0, 0), scene(1, 100), small(0, 0), small(1, 100)] })));
    expect(slide.info).toMatchObject({ width: 160, height: 40 });
    expect(slide.info.levels.length).toBe(2);
    const between = unwrap(await slide.read({ level: 1, x: 60, y: 0, width: 20, height: 20 })).data;
    expect(new Set(between)).toEqual(new Set([255]));
    const right = unwrap(await slide.read({ level: 0, x: 100, y: 0, width: 60, height: 40 })).data;
    expect(worstDifference(right, picture(60, 40).data)).toBe(0);
    const { info } = unwrap(await open(buildCzi({ subblocks: [scene(0, 0), scene(1, 100), small(0, 0)] })));
    expect(info.levels.length).toBe(1);
    expect(info.warnings.join()).toContain("lacks parts of the scan");
  });

  it("finds pyramids of three, and of several steps", async () => {
    const block = (step: number): SubblockSpec => {
      const stored = [Math.ceil(270 / step), Math.ceil(180 / step)] as const;
      return {
        x: 0,
        y: 0,
        width: 270,
        height: 180,
        ...(step > 1 ? { stored } : {}),
        data: new Uint8Array(stored[0] * stored[1] * 3),
      };
    };
    const levels = async (steps: readonly number[]): Promise<number[]> =>
      unwrap(await open(buildCzi({ subblocks: steps.map(block) }))).info.levels.map(({ downsample }) => downsample);
    expect(await levels([1, 3, 9, 27])).toEqual([1, 3, 9, 27]);
    expect(await levels([16, 1, 2, 4, 8, 32])).toEqual([1, 2, 4, 8, 16, 32]);
  });

  it("of channels, focal planes and times gives the one that was asked for", async () => {
    const subblocks: SubblockSpec[] = [];
    for (let C = 0; C < 2; C++) {
      for (let Z = 0; Z < 3; Z++) {
        for (let T = 0; T < 2; T++) {
          const data = new Uint8Array(64).fill(C * 100 + Z * 10 + T);
          subblocks.push({ x: 0, y: 0, width: 8, height: 8, at: { C, Z: Z + 4, T }, data, pixelType: PIXEL.gray8 });
        }
      }
    }
    const bytes = buildCzi({ subblocks, xml: metadataXml(0.5, ["DAPI", "CD3"]) });
    const first = unwrap(await open(bytes));
    expect((await whole(first))[0]).toBe(10);
    expect(first.info.planes).toEqual({
      channels: ["DAPI", "CD3"],
      focalPlanes: 3,
      times: 2,
      plane: { channel: 0, focalPlane: 1, time: 0 },
    });
    const other = unwrap(await open(bytes, { plane: { channel: 1, focalPlane: 2, time: 1 } }));
    expect((await whole(other))[0]).toBe(121);
    expect(kindOf(await open(bytes, { plane: { time: 2 } }))).toBe("out-of-bounds");
  });

  it("tells of the pictures beside the scan", async () => {
    const one: SubblockSpec = { x: 0, y: 0, width: 40, height: 30, data: bgr(picture(40, 30).data) };
    const inner = buildCzi({ subblocks: [one] });
    const thumbnail = await encodeJpeg(picture(20, 10), 80);
    const attachments = [
      { name: "Label", type: "CZI", data: inner },
      { name: "SlidePreview", type: "CZI", data: inner.subarray(0, 100) },
      { name: "Thumbnail", type: "JPG", data: thumbnail },
      { name: "TimeStamps", type: "CZTIMS", data: new Uint8Array(16) },
    ];
    const { info } = unwrap(await open(buildCzi({ subblocks: [one], attachments, isUnfinished: true })));
    expect(info.associated).toEqual([
      { name: "label", width: 40, height: 30 },
      { name: "thumbnail", width: 20, height: 10 },
    ]);
    expect(info.warnings.join("; ")).toMatch(/macro beside the scan.*truncated-file/);
    expect(info.warnings.join("; ")).toContain("did not finish");
  });
});

describe("a CZI that is not read", () => {
  const one: SubblockSpec = { x: 0, y: 0, width: 8, height: 8, data: new Uint8Array(192) };
  it.each([
    ["JPEG XR", { compression: 4 }, "unsupported-codec"],
    ["LZW", { compression: 2 }, "unsupported-codec"],
    ["Gray32Float", { pixelType: 2 }, "unsupported-codec"],
    ["several files", { filePart: 1 }, "unsupported-format"],
    ["sizes", { width: 2 ** 30 + 1 }, "hostile-file"],
    ["no width", { width: 0 }, "hostile-file"],
    ["full resolution", { width: 16, height: 16, stored: [8, 8] }, "hostile-file"],
  ] as [string, Partial<SubblockSpec>, string][])("for its %s is refused by name", async (said, more, kind) => {
    const outcome = await open(buildCzi({ subblocks: [{ ...one, ...more }] }));
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe(kind);
    if (kind === "unsupported-codec") expect(outcome.failure.received).toContain(said);
  });

  it("is refused where its metadata hold entities or are no XML", async () => {
    const xml = '<!DOCTYPE a [<!ENTITY b "c">]><ImageDocument>&b;</ImageDocument>';
    expect(kindOf(await open(buildCzi({ subblocks: [one], xml })))).toBe("hostile-file");
  });

  it("never crashes the reader, whatever byte of it is changed", async () => {
    const bytes = buildCzi({ subblocks: [one, { ...one, x: 8 }], xml: metadataXml(0.5) });
    const chance = randomStream(5, "czi");
    for (let i = 0; i < 1500; i++) {
      const broken = bytes.slice();
      for (let k = 0; k < 1 + chance.below(3); k++) broken[chance.below(bytes.length)] = chance.below(256);
      const outcome = await open(broken);
      if (!outcome.ok) continue;
      const { width, height } = outcome.value.info;
      await outcome.value.read({ level: 0, x: 0, y: 0, width: Math.min(width, 64), height: Math.min(height, 64) });
    }
  });
});

const real = fileURLToPath(new URL("../../../../../shared/data/slides/nuc_small.czi", import.meta.url));
if (!existsSync(real)) console.log(`skipped: no ${real}`);
const golden = JSON.parse(readFileSync(new URL("../golden/czi_nuc_small.json", import.meta.url), "utf8"));
it.skipIf(!existsSync(real))("a real CZI has the pixels, the scale and the objective that were recorded", async () => {
  const slide = unwrap(await openSlideFile(real));
  expect(slide.info).toMatchObject(golden.info);
  const data = await whole(slide);
  expect(golden.pixels.map(([x, y]: [number, number]) => data[(y * 320 + x) * 3])).toEqual(
    golden.pixels.map((p: number[]) => p[2]),
  );
  expect(data.reduce((sum, value) => sum + value, 0)).toBe(golden.sum * 3);
  slide.close();
});

import { type Outcome, randomStream, unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ByteSource,
  memorySource,
  neighboursInMemory,
  type OpenOptions,
  openSlide,
  type Raster,
  type Slide,
} from "../../src/index.ts";
import { encodeJpeg, nodeCodecs } from "../../src/node.ts";
import { smoothPicture } from "../jpeg-blocks.ts";
import { picture } from "../picture.ts";
import { buildTiff, cut, rawPage } from "../tiff-builder.ts";
import { buildEts, type Chunk, type EtsSpec } from "./ets-builder.ts";
import { slideContract, worstDifference } from "./slide-contract.ts";

const tile = [50, 37] as const;
const chunksOf = (raster: Raster, columns: number, last: readonly number[] = []): Chunk[] =>
  cut(raster, ...tile).map((data, i) => ({ at: [i % columns, Math.floor(i / columns), ...last], data }));

const raster = picture(150, 111);
const half = picture(100, 74);
const pyramid = [...chunksOf(raster, 3, [0]), ...chunksOf(half, 2, [1])];
const ets = buildEts({ tile, chunks: pyramid, isPyramid: true });
const preview = buildTiff({ pages: [rawPage(picture(8, 8), [8, 8])] });

type Files = Readonly<Record<string, Uint8Array>>;
function open(
  files: Files,
  options: OpenOptions = {},
  wrap: (source: ByteSource) => ByteSource = (s) => s,
): Promise<Outcome<Slide>> {
  const list = Object.entries(files).map(([name, bytes]) => [name, () => wrap(memorySource(bytes, name))] as const);
  return openSlide(memorySource(preview, "folder/Image_01.vsi"), nodeCodecs, {
    ...options,
    neighbours: neighboursInMemory(new Map(list)),
  });
}
const alone = (bytes: Uint8Array, options: OpenOptions = {}): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, "frame_t.ets"), nodeCodecs, options);
const kindOf = (outcome: Outcome<Slide>): string => (outcome.ok ? "opened" : outcome.failure.kind);
const whole = async (slide: Slide): Promise<Uint8Array> =>
  unwrap(await slide.read({ level: 0, x: 0, y: 0, width: slide.info.width, height: slide.info.height })).data;

const scan = "_Image_01_/stack10001/frame_t.ets";
slideContract("a VSI", (wrap) => open({ [scan]: ets }, {}, wrap), raster, {
  // without its tables nothing is left of the picture
  truncated: ["truncated-file", "hostile-file", "missing-file"],
});

describe("a VSI", () => {
  it("is its largest stack; the others are told, not served, and the scale is not known", async () => {
    const label = buildEts({ tile, chunks: chunksOf(picture(50, 37), 1) });
    const { info } = unwrap(await open({ [scan]: ets, "_Image_01_/stack1/frame_t.ets": label }));
    expect(info.levels.map(({ width, height, downsample }) => [width, height, downsample])).toEqual([
      [150, 111, 1],
      [75, 56, 2],
    ]);
    expect(info).toMatchObject({ format: "vsi", iccSought: false, vendor: "olympus", mpp: null, mppInFile: null });
    expect(info.associated).toEqual([{ name: "other", width: 50, height: 37 }]);
    const given = unwrap(await open({ [scan]: ets }, { mpp: 0.274 }));
    expect(given.info).toMatchObject({ mpp: 0.274, mppSource: "given" });
  });

  it("without its folder is a failure that names it, never the preview", async () => {
    const outcome = await open({});
    expect(outcome.ok ? null : outcome.failure).toMatchObject({ kind: "missing-file" });
    expect(outcome.ok ? "" : outcome.failure.expected).toContain("_Image_01_");
  });

  it("is read from its ETS file alone, with white where no tile was scanned", async () => {
    const gappy = buildEts({ tile, chunks: pyramid.filter((_, i) => i !== 4), isPyramid: true });
    const slide = unwrap(await alone(gappy));
    const { data } = unwrap(await slide.read({ level: 0, x: 50, y: 37, width: 50, height: 37 }));
    expect(new Set(data)).toEqual(new Set([255]));
  });

  it("of further dimensions shows the first picture and tells of the others", async () => {
    const flat = (value: number, z: number): Chunk => ({
      at: [0, 0, z, 0],
      data: new Uint8Array(50 * 37 * 3).fill(value),
    });
    const slide = unwrap(
      await alone(buildEts({ tile, chunks: [flat(9, 2), flat(7, 0), flat(8, 1)], isPyramid: true })),
    );
    expect((await whole(slide))[0]).toBe(7);
    expect(slide.info.warnings.join()).toContain("2 further pictures");
    expect(kindOf(await alone(ets, { plane: { focalPlane: 1 } }))).toBe("out-of-bounds");
  });

  it("of grey, of words and in the order blue, green, red is given as RGB", async () => {
    const one = (data: Uint8Array, more: Partial<EtsSpec>): Promise<Outcome<Slide>> =>
      alone(buildEts({ tile, chunks: [{ at: [0, 0], data }], ...more }));
    const small = picture(50, 37);
    const bgr = small.data.map((_, i) => small.data[i + 2 - 2 * (i % 3)] as number);
    expect(worstDifference(await whole(unwrap(await one(bgr, { colourSpace: 4 }))), small.data)).toBe(0);
    const grey = small.data.slice(0, 50 * 37);
    const spread = small.data.map((_, i) => grey[Math.floor(i / 3)] as number);
    expect(worstDifference(await whole(unwrap(await one(grey, { components: 1 }))), spread)).toBe(0);
    const words = Uint8Array.from([...grey].flatMap((value) => [0x80, value]));
    expect(
      worstDifference(await whole(unwrap(await one(words, { components: 1, componentType: 4 }))), spread),
    ).toBeLessThanOrEqual(1);
  });
});

describe("a VSI of JPEG", () => {
  const smooth = smoothPicture(150, 111);
  let made: Uint8Array = new Uint8Array();
  let first = 0;
  beforeAll(async () => {
    const chunks: Chunk[] = [];
    for (const { at, data } of chunksOf(smooth, 3))
      chunks.push({ at, data: await encodeJpeg({ width: 50, height: 37, data }, 98) });
    made = buildEts({ tile, chunks, compression: 2 });
    first = (chunks[0] as Chunk).data.length;
  });
  slideContract("a VSI of JPEG", (wrap) => open({ [scan]: made }, {}, wrap), smooth, {
    tolerance: 12,
    block: () => ({ offset: 292, length: first, place: { x: 3, y: 5, width: 20, height: 20 } }),
  });
});

describe("an ETS that is not read", () => {
  const chunk = { at: [0, 0], data: new Uint8Array(50 * 37 * 3) };
  it.each([
    ["PNG", { compression: 8 }, "unsupported-codec"],
    ["lossless JPEG", { compression: 5 }, "unsupported-codec"],
    ["type 9", { componentType: 9 }, "unsupported-codec"],
    ["no width", { tile: [0, 37] }, "hostile-file"],
    ["a place before 0", { chunks: [{ ...chunk, at: [-1, 0] }] }, "hostile-file"],
    ["a place beyond reason", { chunks: [{ ...chunk, at: [2 ** 30, 2 ** 30] }] }, "hostile-file"],
    ["no level 0", { chunks: [{ ...chunk, at: [0, 0, 1] }], isPyramid: true }, "hostile-file"],
  ] as [string, Partial<EtsSpec>, string][])("for %s is refused by name", async (said, more, kind) => {
    const outcome = await alone(buildEts({ tile, chunks: [chunk], ...more }));
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe(kind);
    if (kind === "unsupported-codec") expect(outcome.failure.received).toContain(said);
  });

  it("never crashes the reader, whatever byte of it is changed", async () => {
    const chance = randomStream(6, "ets");
    for (let i = 0; i < 1500; i++) {
      const broken = ets.slice();
      for (let k = 0; k < 1 + chance.below(3); k++) {
        const [from, to] = chance.below(2) === 0 ? [0, 292] : [ets.length - 13 * 32, ets.length];
        broken[from + chance.below(to - from)] = chance.below(256);
      }
      const outcome = await alone(broken);
      if (!outcome.ok) continue;
      const { width, height } = outcome.value.info;
      await outcome.value.read({ level: 0, x: 0, y: 0, width: Math.min(width, 64), height: Math.min(height, 64) });
    }
  });
});

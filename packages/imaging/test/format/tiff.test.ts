import { readFileSync } from "node:fs";
import { type Outcome, randomStream, unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { memorySource, type OpenOptions, openSlide, type Slide } from "../../src/index.ts";
import { encodeJpeg, nodeCodecs } from "../../src/node.ts";
import { splitJpeg } from "../jpeg-parts.ts";
import { partOf, picture } from "../picture.ts";
import { buildTiff, cut, type PageSpec, rawPage } from "../tiff-builder.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/pillow_images.json", import.meta.url), "utf8"));
const open = (bytes: Uint8Array, name = "made.tif"): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, name), nodeCodecs);

async function kindOf(bytes: Uint8Array, name?: string): Promise<string> {
  const outcome = await open(bytes, name);
  return outcome.ok ? "opened" : outcome.failure.kind;
}

async function allPixels(bytes: Uint8Array): Promise<number[]> {
  const slide = unwrap(await open(bytes));
  const { width, height } = slide.info;
  return [...unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height })).data];
}

describe("a TIFF", () => {
  const raster = picture(70, 45);

  for (const isLittleEndian of [true, false]) {
    for (const isBig of [true, false]) {
      const name = `${isLittleEndian ? "little" : "big"}-endian ${isBig ? "BigTIFF" : "TIFF"}`;
      it(`has the same pixels as a ${name}, in tiles and in strips`, async () => {
        const tiles = buildTiff({ pages: [rawPage(raster, [32, 16])], isLittleEndian, isBig });
        const strips = buildTiff({ pages: [rawPage(raster, [70, 10], { isTiled: false })], isLittleEndian, isBig });
        expect(await allPixels(tiles)).toEqual([...raster.data]);
        expect(await allPixels(strips)).toEqual([...raster.data]);
      });
    }
  }

  for (const [name, base64] of Object.entries<string>(golden.tiffs)) {
    it(`of Pillow (${name}) has the pixels that Pillow wrote`, async () => {
      expect(await allPixels(new Uint8Array(Buffer.from(base64, "base64")))).toEqual([...raster.data]);
    });
  }

  it("of one tall uncompressed strip is served in pieces", async () => {
    const tall = picture(600, 900);
    const slide = unwrap(await open(buildTiff({ pages: [rawPage(tall, [600, 900], { isTiled: false })] })));
    expect(slide.info.levels[0]?.blockHeight).toBeLessThan(300);
    const region = unwrap(await slide.read({ level: 0, x: 10, y: 280, width: 50, height: 60 }));
    expect([...region.data]).toEqual([...partOf(tall, 10, 280, 50, 60)]);
  });

  it("with grey or alpha is given as RGB", async () => {
    const page = { width: 2, height: 1, block: [2, 1] as const };
    const grey = buildTiff({ pages: [{ ...page, blocks: [new Uint8Array([10, 20])], samples: 1, photometric: 1 }] });
    const inverted = buildTiff({
      pages: [{ ...page, blocks: [new Uint8Array([10, 20])], samples: 1, photometric: 0 }],
    });
    const alpha = buildTiff({ pages: [{ ...page, blocks: [new Uint8Array([1, 2, 3, 9, 4, 5, 6, 9])], samples: 4 }] });
    expect(await allPixels(grey)).toEqual([10, 10, 10, 20, 20, 20]);
    expect(await allPixels(inverted)).toEqual([245, 245, 245, 235, 235, 235]);
    expect(await allPixels(alpha)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("JPEG blocks", () => {
  const raster = picture(64, 64);
  let jpeg: Uint8Array;
  beforeAll(async () => {
    jpeg = await encodeJpeg(raster, 95);
  });

  const page = (photometric: number, block: Uint8Array, tables: Uint8Array): PageSpec => ({
    ...{ width: 64, height: 64, block: [64, 64], blocks: [block], compression: 7, photometric },
    tags: [[347, 7, [...tables]]],
  });

  it("are completed with the tables of the level and the colour transform that the TIFF says", async () => {
    const { tables, block } = splitJpeg(jpeg);
    const asYcc = await allPixels(buildTiff({ pages: [page(6, block, tables)] }));
    const asRgb = await allPixels(buildTiff({ pages: [page(2, block, tables)] }));
    const worst = Math.max(...asYcc.map((value, i) => Math.abs(value - (raster.data[i] as number))));
    expect(worst).toBeLessThan(40);
    for (let i = 0; i < asYcc.length; i += 3) {
      const luma = 0.299 * (asYcc[i] as number) + 0.587 * (asYcc[i + 1] as number) + 0.114 * (asYcc[i + 2] as number);
      if (asYcc.slice(i, i + 3).some((value) => value === 0 || value === 255)) continue;
      expect(Math.abs(luma - (asRgb[i] as number))).toBeLessThan(1.5);
    }
  });
});

describe("damaged JPEG blocks", () => {
  it("never crash the decoder, whatever byte is changed: pixels, or a named failure", async () => {
    const { tables, block } = splitJpeg(await encodeJpeg(picture(64, 64), 80));
    const shape = { width: 64, height: 64, block: [64, 64] as const, compression: 7, photometric: 6 };
    const chance = randomStream(4, "flips");
    const kinds = new Set<string>();
    for (let i = 0; i < 600; i++) {
      const [damagedTables, damagedBlock] = [tables.slice(), block.slice()];
      const victim = chance.below(4) === 0 ? damagedTables : damagedBlock;
      for (let k = 0; k < 1 + chance.below(4); k++) victim[2 + chance.below(victim.length - 2)] = chance.below(256);
      const page = { ...shape, blocks: [damagedBlock], tags: [[347, 7, [...damagedTables]]] as const };
      const outcome = await open(buildTiff({ pages: [page] }));
      const region = { level: 0, x: chance.below(32), y: chance.below(32), width: 30, height: 30 };
      const read = outcome.ok ? await outcome.value.read(region) : outcome;
      kinds.add(read.ok ? "pixels" : read.failure.kind);
    }
    expect([...kinds].sort()).toEqual(["broken-tile", "hostile-file", "pixels"]);
  });

  it("are refused when a second picture hides among the tables", async () => {
    const { tables, block } = splitJpeg(await encodeJpeg(picture(64, 64), 80));
    const hidden = [...tables.subarray(0, -2), ...block.subarray(2)];
    const shape = { width: 64, height: 64, block: [64, 64] as const, compression: 7, photometric: 6 };
    const page = { ...shape, blocks: [block], tags: [[347, 7, hidden]] as const };
    expect(await kindOf(buildTiff({ pages: [page] }))).toBe("hostile-file");
  });
});

describe("a damaged TIFF", () => {
  const raster = picture(40, 30);
  const whole = buildTiff({
    pages: [rawPage(raster, [16, 16], { description: "Aperio x|MPP = 0.5" }), rawPage(picture(20, 15), [16, 16])],
  });

  it("is refused by name wherever it is cut off", async () => {
    expect(await kindOf(whole)).toBe("opened");
    const kinds = new Set<string>();
    for (let n = 1; n < whole.length; n++) kinds.add(await kindOf(whole.subarray(0, n)));
    expect([...kinds].sort()).toEqual(["truncated-file", "unsupported-format"]);
    expect(await kindOf(whole.subarray(0, whole.length - 1))).toBe("truncated-file");
    expect(await kindOf(whole.subarray(0, 0))).toBe("empty-file");
  });

  it("never crashes the reader, whatever byte is changed", async () => {
    const chance = randomStream(3, "flips");
    const front = whole.length - 6 * 768 - 2 * 768;
    for (let i = 0; i < 1500; i++) {
      const broken = whole.slice();
      for (let k = 0; k < 1 + chance.below(3); k++) broken[chance.below(front)] = chance.below(256);
      const outcome = await open(broken);
      if (!outcome.ok) continue;
      const { width, height } = outcome.value.info;
      const size = { width: Math.min(width, 64), height: Math.min(height, 64) };
      await outcome.value.read({ level: 0, x: 0, y: 0, ...size });
    }
  });

  it("whose directories run in a circle is refused as hostile", async () => {
    expect(await kindOf(buildTiff({ pages: [rawPage(raster, [16, 16])], loopTo: "first" }))).toBe("hostile-file");
  });

  it.each([
    ["no pixels", [[256, 4, [0]]]],
    ["sides beyond reason", [[256, 4, [2 ** 31]]]],
    ["tiles of no width", [[322, 4, [0]]]],
    ["fewer blocks than its size needs", [[257, 4, [3000]]]],
    [
      "one block of 2^30 pixels",
      [
        [322, 4, [2 ** 15]],
        [323, 4, [2 ** 15]],
      ],
    ],
  ] as const)("with %s is refused as hostile", async (_name, tags) => {
    expect(await kindOf(buildTiff({ pages: [rawPage(raster, [16, 16], { tags })] }))).toBe("hostile-file");
  });
});

describe("a TIFF that is not read", () => {
  const raster = picture(32, 32);
  const with_ = (more: Partial<PageSpec>): Uint8Array => buildTiff({ pages: [rawPage(raster, [16, 16], more)] });
  const text = (value: string): number[] => [...new TextEncoder().encode(`${value}\0`)];

  it.each([
    [6, "old-style JPEG"],
    [34887, "LERC"],
    [50002, "JPEG XL"],
    [12345, "compression 12345"],
  ])("of compression %i is refused as %s", async (compression, name) => {
    const outcome = await open(with_({ compression }));
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe("unsupported-codec");
    expect(outcome.failure.received).toContain(name);
  });

  it.each([
    ["Trestle TIFF", { tags: [[305, 2, text("MedScan 1.0")]] }],
    ["Philips TIFF", { tags: [[305, 2, text("Philips DP v1.0")]] }],
    ["Hamamatsu NDPI", { tags: [[65420, 4, [1]]] }],
    ["32-bit", { tags: [[258, 3, [32, 32, 32]]] }],
    ["1-bit", { samples: 1, photometric: 1, tags: [[258, 3, [1]]] }],
    ["format 3", { tags: [[339, 3, [3, 3, 3]]] }],
    ["16-bit", { compression: 7, tags: [[258, 3, [16, 16, 16]]] }],
    ["separate planes", { photometric: 6, tags: [[284, 3, [2]]] }],
    ["separate planes", { compression: 33005, tags: [[284, 3, [2]]] }],
    ["YCbCr", { photometric: 6, tags: [[530, 3, [3, 1]]] }],
    ["5 samples", { samples: 5 }],
  ] as [string, Partial<PageSpec>][])("is refused by name: %s", async (name, more) => {
    const outcome = await open(with_(more));
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe("unsupported-format");
    expect(outcome.failure.received).toContain(name);
    expect(outcome.failure.remedy).toContain("vips");
  });
});

describe("a vendor's TIFF without what its vendor writes", () => {
  const text = (value: string): number[] => [...new TextEncoder().encode(`${value}\0`)];
  it.each([
    ["SCN", { description: '<?xml version="1.0"?><scn xmlns="x">' }, "hostile-file"],
    ["OME-TIFF", { description: '<?xml version="1.0"?><OME xmlns="x">' }, "hostile-file"],
    ["BIF", { tags: [[700, 7, text("<iScan>")]] }, "unsupported-format"],
    ["NDPI", { tags: [[271, 2, text("Hamamatsu")]] }, "unsupported-format"],
  ] as [string, Partial<PageSpec>, string][])("is refused, not read as a plain one: %s", async (_name, more, kind) => {
    expect(await kindOf(buildTiff({ pages: [rawPage(picture(32, 32), [16, 16], more)] }))).toBe(kind);
  });
});

describe("what is asked of a TIFF", () => {
  const bytes = buildTiff({ pages: [rawPage(picture(32, 32), [16, 16])] });
  const asked = (options: OpenOptions): Promise<Outcome<Slide>> => openSlide(memorySource(bytes), nodeCodecs, options);

  it("is never passed over: a plane that it does not hold is a failure, a window that does nothing a warning", async () => {
    expect(await asked({ plane: { channel: 1 } })).toMatchObject({ ok: false, failure: { kind: "out-of-bounds" } });
    const jpeg = await encodeJpeg(picture(32, 32), 90);
    const page = { width: 32, height: 32, block: [32, 32] as const, blocks: [jpeg], compression: 7, photometric: 6 };
    const source = memorySource(buildTiff({ pages: [page] }));
    const { info } = unwrap(await openSlide(source, nodeCodecs, { window: [0, 100] }));
    expect(info.warnings.join()).toContain("window");
    expect(unwrap(await asked({ window: [0, 100] })).info.window).toEqual([0, 100]);
  });
});

describe("levels", () => {
  it("are found by tiles and shape; thumbnail, label and macro are never levels", async () => {
    const description = "Aperio Image Library v1|AppMag = 40|MPP = 0,25";
    const pages = [
      rawPage(picture(200, 100), [32, 32], { description }),
      rawPage(picture(100, 50), [100, 50], { isTiled: false, description: "Aperio thumbnail" }),
      rawPage(picture(50, 25), [32, 32]),
      rawPage(picture(100, 50), [32, 32]),
      rawPage(picture(60, 60), [32, 32]),
      rawPage(picture(40, 20), [32, 32], { description: "Aperio macro 40x20" }),
      rawPage(picture(40, 20), [40, 20], { isTiled: false, description: "Aperio label" }),
    ];
    const { info } = unwrap(await open(buildTiff({ pages })));
    expect(info.levels.map(({ width, height, downsample }) => [width, height, downsample])).toEqual([
      [200, 100, 1],
      [100, 50, 2],
      [50, 25, 4],
    ]);
    expect(info).toMatchObject({ format: "aperio-svs", vendor: "aperio", mpp: 0.25, mppSource: "file", objective: 40 });
  });

  it("are told apart from the pictures beside them, by their words or, as a GT450 writes them, by NewSubfileType", async () => {
    const beside = (width: number, subfile: number): PageSpec =>
      rawPage(picture(width, 20), [width, 20], { isTiled: false, tags: [[254, 4, [subfile]]] });
    const pages = [
      rawPage(picture(200, 100), [32, 32], { description: "Aperio Leica Biosystems GT450|MPP = 0.26" }),
      beside(80, 0),
      beside(30, 1),
      beside(60, 9),
    ];
    const { info } = unwrap(await open(buildTiff({ pages })));
    expect(info.associated?.map(({ name, width }) => [name, width])).toEqual([
      ["thumbnail", 80],
      ["label", 30],
      ["macro", 60],
    ]);
  });

  it("of the same size are focal planes: the first is read and the others are told", async () => {
    const pages = [rawPage(picture(64, 64), [32, 32]), rawPage(picture(64, 64), [32, 32])];
    const { info } = unwrap(await open(buildTiff({ pages })));
    expect(info.levels.length).toBe(1);
    expect(info.warnings.join()).toContain("64 x 64");
  });
});

describe("other files", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text.padEnd(200, " "));
  it.each([
    ["a text file named .svs", bytes("slide,label\na,b\n"), "slide.svs", "the text"],
    ["a ZVI", bytes("x"), "a.zvi", "Zeiss ZVI"],
    ["a MIRAX preview", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "a.mrxs", "MIRAX"],
  ])("are refused by name: %s", async (_name, content, name, said) => {
    const outcome = await open(content, name);
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe("unsupported-format");
    expect(outcome.failure.received).toContain(said);
  });

  it("that are JPEG or PNG are slides of one level without a scale, and broken ones are refused", async () => {
    const jpeg = await encodeJpeg(picture(50, 40), 90);
    const { info } = unwrap(await open(jpeg, "field.jpg"));
    expect(info).toMatchObject({ format: "image", width: 50, height: 40, mpp: null, mppInFile: null });
    expect(await kindOf(jpeg.subarray(0, jpeg.length >> 1), "field.jpg")).toBe("truncated-file");
    const holed = jpeg.slice();
    holed.fill(0, jpeg.length >> 1, (jpeg.length >> 1) + 200);
    expect(await kindOf(holed, "field.jpg")).toBe("unreadable-file");
  });
});

describe("the scale", () => {
  const raster = picture(32, 32);
  const resolution = (x: number, unit: number): Partial<PageSpec> => ({
    tags: [
      [282, 12, [x]],
      [283, 12, [x]],
      [296, 3, [unit]],
    ],
  });
  const info = async (more: Partial<PageSpec>, mpp?: number) =>
    unwrap(
      await openSlide(
        memorySource(buildTiff({ pages: [rawPage(raster, [16, 16], more)] })),
        nodeCodecs,
        mpp === undefined ? {} : { mpp },
      ),
    ).info;

  it("comes from Aperio's MPP or from the resolution tags, in inches or centimetres", async () => {
    expect((await info({ description: "Aperio x|MPP = 0.4990|AppMag = 20" })).mpp).toBe(0.499);
    expect((await info(resolution(20_000, 3))).mpp).toBeCloseTo(0.5, 12);
    expect((await info(resolution(50_800, 2))).mpp).toBeCloseTo(0.5, 12);
    expect((await info(resolution(20_000, 1))).mpp).toBeNull();
    expect((await info({})).mpp).toBeNull();
  });

  it("that cannot be true is not used, and a warning names it", async () => {
    const found = await info(resolution(96, 2));
    expect(found).toMatchObject({ mpp: null, mppSource: null });
    expect(found.mppInFile).toBeCloseTo(264.583, 3);
    expect(found.warnings.join()).toContain("264.583");
  });

  it("given by the user fills a missing one and replaces the file's, which stays on record", async () => {
    expect(await info({}, 0.25)).toMatchObject({ mpp: 0.25, mppSource: "given", mppInFile: null });
    const both = await info({ description: "Aperio x|MPP = 0.5" }, 0.25);
    expect(both).toMatchObject({ mpp: 0.25, mppSource: "given", mppInFile: 0.5 });
    expect(both.warnings.join()).toContain("replaces");
  });

  it("given by the user must be plausible", async () => {
    const bytes = buildTiff({ pages: [rawPage(raster, [16, 16])] });
    const outcome = await openSlide(memorySource(bytes), nodeCodecs, { mpp: 264 });
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "implausible-scale" } });
  });
});

it("cut(raster) makes blocks of equal size", () => {
  expect(cut(picture(10, 10), 4, 4).map((block) => block.length)).toEqual(Array(9).fill(48));
});

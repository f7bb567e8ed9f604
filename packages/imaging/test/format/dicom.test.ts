import { type Outcome, unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type ByteSource,
  memorySource,
  neighboursInMemory,
  type OpenOptions,
  openSlide,
  openSlideFolder,
  type Raster,
  type Slide,
} from "../../src/index.ts";
import { encodeJpeg, nodeCodecs } from "../../src/node.ts";
import { splitJpeg } from "../jpeg-parts.ts";
import { partOf, picture } from "../picture.ts";
import { cut } from "../tiff-builder.ts";
import { buildDicom, type InstanceSpec, join, u16, u32 } from "./dicom-builder.ts";
import { slideContract, worstDifference } from "./slide-contract.ts";

const SYNTAX = { implicit: "1.2.840.10008.1.2", rle: "1.2.840.10008.1.2.5", jpeg: "1.2.840.10008.1.2.4.50" };
const raster = picture(150, 110);
const block = [32, 16] as const;

type Files = Readonly<Record<string, Uint8Array>>;
const neighbours = (files: Files, wrap: (source: ByteSource) => ByteSource = (source) => source) =>
  neighboursInMemory(
    new Map(Object.entries(files).map(([name, bytes]) => [name, () => wrap(memorySource(bytes, name))])),
  );

const openAlone = (bytes: Uint8Array, options: OpenOptions = {}): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, "made.dcm"), nodeCodecs, options);
const openFolder = (files: Files, options: OpenOptions = {}): Promise<Outcome<Slide>> =>
  openSlideFolder("folder", neighbours(files), nodeCodecs, options);
const kindOf = (outcome: Outcome<Slide>): string => (outcome.ok ? "opened" : outcome.failure.kind);

async function whole(slide: Slide, level = 0): Promise<Uint8Array> {
  const { width, height } = slide.info.levels[level] as Slide["info"]["levels"][number];
  return unwrap(await slide.read({ level, x: 0, y: 0, width, height })).data;
}

function plain(picture: Raster, more: Partial<InstanceSpec> = {}): InstanceSpec {
  return { width: picture.width, height: picture.height, block, frames: cut(picture, ...block), mpp: 0.5, ...more };
}

const small = picture(75, 55);
const folder: Files = {
  "a.dcm": buildDicom(plain(raster)),
  b: buildDicom(plain(small)),
  "label.dcm": buildDicom(plain(picture(32, 16), { kind: "LABEL" })),
  "overview.dcm": buildDicom(plain(picture(32, 16), { kind: "OVERVIEW" })),
  "notes.txt": new Uint8Array(200),
};
slideContract(
  "a DICOM series in a folder",
  (wrap) => openSlideFolder("folder", neighbours(folder, wrap), nodeCodecs),
  raster,
);

const implicit = buildDicom(plain(raster, { syntax: SYNTAX.implicit, openEnded: true }));
slideContract(
  "a DICOM instance with open sequences",
  (wrap) => openSlide(wrap(memorySource(implicit)), nodeCodecs),
  raster,
);

describe("a DICOM series", () => {
  it("has its VOLUME instances as levels, whichever was named, and tells of the others", async () => {
    for (const name of ["a.dcm", "b"]) {
      const files = neighbours(folder);
      const source = memorySource(folder[name] as Uint8Array, name);
      const { info } = unwrap(await openSlide(source, nodeCodecs, { neighbours: files }));
      expect(info.levels.map(({ width, height }) => [width, height])).toEqual([
        [150, 110],
        [75, 55],
      ]);
      expect(info).toMatchObject({
        format: "dicom",
        mpp: 0.5,
        mppSource: "file",
        objective: 20,
        vendor: "Nacre tests",
      });
      expect(info.associated).toEqual([
        { name: "label", width: 32, height: 16 },
        { name: "macro", width: 32, height: 16 },
      ]);
      expect(info.warnings).toEqual([]);
      expect(JSON.stringify(info)).not.toContain("DOE");
    }
  });

  it("is refused where the folder holds two slides, none, or only a label", async () => {
    const other = buildDicom(plain(small, { series: "1.2.4", uid: "9" }));
    const two = await openFolder({ ...folder, "c.dcm": other });
    expect(two.ok ? null : two.failure).toMatchObject({
      kind: "unsupported-format",
      received: "2 slides in one folder",
    });
    expect(kindOf(await openFolder({ "x.dcm": new Uint8Array(500) }))).toBe("unsupported-format");
    expect(kindOf(await openFolder({ "label.dcm": folder["label.dcm"] as Uint8Array }))).toBe("unsupported-format");
    expect(kindOf(await openAlone(folder["label.dcm"] as Uint8Array))).toBe("unsupported-format");
  });

  it("leaves the other slides of a folder alone when one instance is named", async () => {
    const other = buildDicom(plain(picture(300, 220), { series: "1.2.4", uid: "9" }));
    const files = neighbours({ ...folder, "c.dcm": other, "broken.dcm": (folder.b as Uint8Array).subarray(0, 300) });
    const source = memorySource(folder.b as Uint8Array, "b");
    const { info } = unwrap(await openSlide(source, nodeCodecs, { neighbours: files }));
    expect(info.levels.length).toBe(2);
    expect(info.warnings.join()).toContain("broken.dcm");
  });

  it("closes every file it opened", async () => {
    let open = 0;
    const count = (source: ByteSource): ByteSource => {
      open++;
      let isOpen = true;
      const close = (): void => {
        if (isOpen) open--;
        isOpen = false;
      };
      return { ...source, close };
    };
    const slide = unwrap(await openSlideFolder("folder", neighbours(folder, count), nodeCodecs));
    expect(open).toBe(2);
    slide.close();
    expect(open).toBe(0);
    const strip = buildDicom(plain(picture(64, 16), { uid: "8" }));
    const odd = unwrap(await openSlideFolder("folder", neighbours({ ...folder, strip }, count), nodeCodecs));
    expect(odd.info.warnings.join()).toContain("a further volume of 64 x 16 px is ignored");
    odd.close();
    expect(open).toBe(0);
    const twice = { ...folder, other: buildDicom(plain(small, { series: "7", uid: "7" })) };
    expect((await openSlideFolder("folder", neighbours(twice, count), nodeCodecs)).ok).toBe(false);
    expect(open).toBe(0);
  });
});

describe("frames of DICOM", () => {
  const frames = cut(raster, ...block);
  const places = frames.map((_, i) => ({ column: (i % 5) * 32 + 1, row: Math.floor(i / 5) * 16 + 1 }));

  it("in parts of a concatenation are one level; a missing part is a failure", async () => {
    const part = (from: number, to: number): Uint8Array =>
      buildDicom(
        plain(raster, { frames: frames.slice(from, to), uid: `5.${from}`, concatenation: { uid: "5", offset: from } }),
      );
    const files = { c: part(20, 35), a: part(0, 9), b: part(9, 20) };
    expect(worstDifference(await whole(unwrap(await openFolder(files))), raster.data)).toBe(0);
    const { b: _, ...missing } = files;
    expect(kindOf(await openFolder(missing))).toBe("missing-file");
  });

  it("of TILED_SPARSE lie where they say, in any order, and gaps are white", async () => {
    const order = [...frames.keys()].reverse().filter((i) => i !== 7);
    const spec = plain(raster, {
      frames: order.map((i) => frames[i] as Uint8Array),
      positions: order.map((i) => places[i] as (typeof places)[0]),
    });
    const slide = unwrap(await openAlone(buildDicom(spec)));
    const expected = raster.data.slice();
    for (let y = 16; y < 32; y++) expected.fill(255, (y * 150 + 64) * 3, (y * 150 + 96) * 3);
    expect(worstDifference(await whole(slide), expected)).toBe(0);
  });

  it("off the grid are placed one by one", async () => {
    const [a, b] = [picture(32, 16).data, picture(32, 16).data.map((value) => 255 - value)];
    const positions = [
      { column: 4, row: 3 },
      { column: 40, row: 21 },
    ];
    const slide = unwrap(await openAlone(buildDicom(plain(picture(80, 40), { frames: [a, b], positions }))));
    expect(worstDifference(unwrap(await slide.read({ level: 0, x: 3, y: 2, width: 32, height: 16 })).data, a)).toBe(0);
    expect(worstDifference(unwrap(await slide.read({ level: 0, x: 39, y: 20, width: 32, height: 16 })).data, b)).toBe(
      0,
    );
    expect([...unwrap(await slide.read({ level: 0, x: 36, y: 2, width: 2, height: 1 })).data]).toEqual(
      Array(6).fill(255),
    );
  });

  it("of several optical paths and heights are planes", async () => {
    const shades = [10, 60, 110, 160, 210, 250];
    const flat = shades.flatMap((shade) => Array.from({ length: 35 }, () => new Uint8Array(32 * 16 * 3).fill(shade)));
    const bytes = buildDicom(plain(raster, { frames: flat, paths: ["DAPI", "FITC"], focalPlanes: 3 }));
    for (const [channel, focalPlane] of [
      [0, 0],
      [0, 1],
      [1, 2],
    ] as const) {
      const slide = unwrap(await openAlone(bytes, { plane: { channel, focalPlane } }));
      expect((await whole(slide))[0]).toBe(shades[channel * 3 + focalPlane]);
    }
    const { info } = unwrap(await openAlone(bytes));
    expect(info.planes).toEqual({
      channels: ["DAPI", "FITC"],
      focalPlanes: 3,
      times: 1,
      plane: { channel: 0, focalPlane: 1, time: 0 },
    });
    expect(kindOf(await openAlone(bytes, { plane: { channel: 2 } }))).toBe("out-of-bounds");
    const sparse = plain(raster, {
      frames: [60, 210].map((shade) => new Uint8Array(32 * 16 * 3).fill(shade)),
      paths: ["DAPI", "FITC"],
      positions: ["DAPI", "FITC"].map((path) => ({ column: 1, row: 1, path })),
    });
    expect((await whole(unwrap(await openAlone(buildDicom(sparse), { plane: { channel: 1 } }))))[0]).toBe(210);
  });

  it("without positions and without a word on their order go row by row, and a warning says so", async () => {
    const slide = unwrap(await openAlone(buildDicom(plain(raster, { organization: null }))));
    expect(worstDifference(await whole(slide), raster.data)).toBe(0);
    expect(slide.info.warnings.join()).toContain("row by row");
  });

  it("are grey, turned round, planar, YCbCr or of 16 bits", async () => {
    const grey = raster.data.filter((_, i) => i % 3 === 0);
    const tiles = cut({ ...raster, data: raster.data.map((_, i) => grey[Math.floor(i / 3)] as number) }, ...block).map(
      (tile) => tile.filter((_, i) => i % 3 === 0),
    );
    const one = { samples: 1, frames: tiles, photometric: "MONOCHROME2" };
    const read = async (more: Partial<InstanceSpec>, options: OpenOptions = {}): Promise<number[]> => [
      ...(await whole(unwrap(await openAlone(buildDicom(plain(raster, more)), options)))).filter((_, i) => i % 3 === 0),
    ];
    expect(await read(one)).toEqual([...grey]);
    expect(await read({ ...one, photometric: "MONOCHROME1" })).toEqual([...grey.map((value) => 255 - value)]);
    const planar = frames.map((frame) => join([0, 1, 2].map((c) => frame.filter((_, i) => i % 3 === c))));
    expect(await read({ frames: planar, planar: true })).toEqual([...grey]);
    const wide = tiles.map((tile) => Uint8Array.from([...tile].flatMap((value) => u16(value * 16 + 15))));
    const words = { ...one, frames: wide, bits: 16, stored: 12 };
    const bright = await read(words);
    expect(Math.max(...bright.map((value, i) => Math.abs(value - (grey[i] as number))))).toBeLessThanOrEqual(1);
    const windowed = await read(words, { window: [0, 2047] });
    expect(windowed[0]).toBe(Math.min(255, Math.round((255 * ((grey[0] as number) * 16 + 15)) / 2047)));
    const ycc = await read({
      frames: frames.map((frame) => frame.map((_, i) => (i % 3 === 0 ? 90 : 128))),
      photometric: "YBR_FULL",
    });
    expect(new Set(ycc)).toEqual(new Set([90, 255].slice(0, 1)));
  });

  it("of run lengths have the pixels that were packed, and broken ones fail by their place", async () => {
    const packed = frames.map(packFrame);
    const bytes = buildDicom(plain(raster, { frames: packed, syntax: SYNTAX.rle, table: "basic" }));
    expect(worstDifference(await whole(unwrap(await openAlone(bytes))), raster.data)).toBe(0);
    const broken = buildDicom(
      plain(raster, { frames: packed.map((frame) => frame.subarray(0, 700)), syntax: SYNTAX.rle, table: "basic" }),
    );
    const outcome = await unwrap(await openAlone(broken)).read({ level: 0, x: 40, y: 0, width: 8, height: 8 });
    expect(outcome.ok ? null : outcome.failure.expected).toContain("block 1, 0 of level 0");
  });
});

/** Runs of literals, one segment for each colour. */
function packFrame(frame: Uint8Array): Uint8Array {
  const segments = [0, 1, 2].map((c) => {
    const plane = frame.filter((_, i) => i % 3 === c);
    const out: number[] = [254, plane[0] as number].slice(0, plane[0] === plane[1] && plane[1] === plane[2] ? 2 : 0);
    for (let i = out.length === 2 ? 3 : 0; i < plane.length; i += 128) {
      const run = plane.subarray(i, i + 128);
      out.push(run.length - 1, ...run);
    }
    return Uint8Array.from(out.length % 2 === 0 ? out : [...out, 128]);
  });
  const offsets = segments.map((_, c) => 64 + segments.slice(0, c).reduce((sum, part) => sum + part.length, 0));
  const head = new Uint8Array(64);
  head.set([3, 0, 0, 0, ...offsets.flatMap(u32)]);
  return join([head, ...segments]);
}

describe("JPEG frames of DICOM", () => {
  const smooth: Raster = {
    ...raster,
    data: raster.data.map((_, i) => 60 + ((i / 450) % 110) + (i % 450) / 6 + (i % 3) * 12),
  };
  const side = [64, 64] as const;
  let frames: Uint8Array[] = [];
  const spec = (more: Partial<InstanceSpec> = {}): InstanceSpec => ({
    ...{ width: 150, height: 110, block: side, frames, syntax: SYNTAX.jpeg, photometric: "YBR_FULL_422" },
    ...more,
  });
  beforeAll(async () => {
    const tiles = cut(smooth, ...side);
    frames = await Promise.all(tiles.map((data) => encodeJpeg({ width: 64, height: 64, data }, 98)));
    made = buildDicom(spec({ table: "basic" }));
  });
  let made: Uint8Array = new Uint8Array();

  slideContract(
    "a DICOM slide of JPEG frames",
    (wrap) => openSlide(wrap(memorySource(made, "made.dcm")), nodeCodecs),
    smooth,
    {
      tolerance: 6,
      block: () => {
        const offset = made.findIndex((_, i) => made[i] === 0xff && made[i + 1] === 0xd8 && made[i + 2] === 0xff);
        return { offset, length: (frames[0] as Uint8Array).length, place: { x: 3, y: 5, width: 20, height: 20 } };
      },
    },
  );

  it("are found with a basic table, an extended one, none, and in fragments", async () => {
    const expected = await whole(unwrap(await openAlone(made)));
    for (const table of ["none", "basic", "extended"] as const) {
      const slide = unwrap(await openAlone(buildDicom(spec({ table }))));
      expect(worstDifference(await whole(slide), expected), table).toBe(0);
    }
    for (const table of ["none", "basic"] as const) {
      const slide = unwrap(await openAlone(buildDicom(spec({ table, fragments: 3 }))));
      expect(worstDifference(await whole(slide), expected), `${table}, fragments`).toBe(0);
    }
  });

  it("are refused where fragments and frames cannot be told apart", async () => {
    const cutUp = frames.flatMap((frame) => [frame.subarray(0, 100), frame.subarray(100, frame.length - 1)]);
    const more = [[0x00280008, "IS", "4"]] as const;
    expect(kindOf(await openAlone(buildDicom(spec({ frames: cutUp, more }))))).toBe("hostile-file");
  });

  it("have the colours that the stream says, where the header says others", async () => {
    const expected = await whole(unwrap(await openAlone(made)));
    const lying = unwrap(await openAlone(buildDicom(spec({ photometric: "RGB" }))));
    expect(worstDifference(await whole(lying), expected)).toBe(0);
    const bare = frames.map((frame) => {
      const { tables, block } = splitJpeg(frame);
      return join([tables.subarray(0, -2), block.subarray(2)]);
    });
    const unmarked = unwrap(await openAlone(buildDicom(spec({ frames: bare, photometric: "RGB" }))));
    expect(worstDifference(await whole(unmarked), expected)).toBe(0);
    const renamed = bare.map(renameComponents);
    const ycc = unwrap(await openAlone(buildDicom(spec({ frames: renamed }))));
    expect(worstDifference(await whole(ycc), expected)).toBe(0);
    const rgb = unwrap(await openAlone(buildDicom(spec({ frames: renamed, photometric: "RGB" }))));
    const [y, cb] = [...(await whole(rgb))];
    expect(Math.abs((y as number) - 70)).toBeLessThan(12);
    expect(Math.abs((cb as number) - 128)).toBeLessThan(24);
    for (const slide of [lying, ycc, rgb]) {
      const stored = await slide.stored?.(0, 0, 0);
      const again = unwrap(await openSlide(memorySource(stored?.bytes ?? new Uint8Array(), "a.jpg"), nodeCodecs));
      const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 64, height: 64 }));
      expect(worstDifference(await whole(again), data)).toBe(0);
    }
  });
});

/** Names 1, 2, 3 become 0, 1, 2 in frame and scan headers: nothing then says the colours. */
function renameComponents(stream: Uint8Array): Uint8Array {
  const out = stream.slice();
  for (let at = 2; ; ) {
    const marker = out[at + 1] as number;
    const length = 2 + ((out[at + 2] as number) << 8) + (out[at + 3] as number);
    const [first, step] = marker === 0xc0 ? [10, 3] : [5, 2];
    if (marker === 0xc0 || marker === 0xda) for (let i = 0; i < 3; i++) out[at + first + i * step] = i;
    if (marker === 0xda) return out;
    at += length;
  }
}

describe("a DICOM file that is not read", () => {
  it.each([
    ["1.2.840.10008.1.2.1.99", "deflated"],
    ["1.2.840.10008.1.2.2", "big endian"],
    ["1.2.840.10008.1.2.4.80", "JPEG-LS"],
    ["1.2.840.10008.1.2.4.70", "lossless JPEG"],
    ["1.2.840.10008.1.2.4.201", "HTJ2K"],
    ["1.2.3.4", "another transfer syntax"],
  ])("of transfer syntax %s is refused as %s", async (syntax, name) => {
    const outcome = await openAlone(buildDicom(plain(small, { syntax })));
    if (outcome.ok) expect.fail("opened");
    expect(outcome.failure.kind).toBe("unsupported-codec");
    expect(outcome.failure.received).toContain(name);
  });

  it.each([
    ["palettes", { samples: 1, photometric: "PALETTE COLOR" }, "unsupported-codec"],
    ["colour of 16 bits", { bits: 16 }, "unsupported-codec"],
    ["no pixels", { more: [[0x00480006, "UL", u32(0)]] }, "hostile-file"],
    ["sides beyond reason", { more: [[0x00480006, "UL", u32(2 ** 30)]] }, "hostile-file"],
    ["blocks of no width", { more: [[0x00280011, "US", u16(0)]] }, "hostile-file"],
    ["more frames than bytes", { more: [[0x00280008, "IS", "4000"]] }, "hostile-file"],
    ["fewer frames than blocks", { more: [[0x00280008, "IS", "3"]] }, "missing-file"],
    ["focal planes beyond reason", { more: [[0x00480303, "UL", u32(2 ** 31)]] }, "hostile-file"],
    ["half a frame", { more: [[0x00280008, "IS", "2.5"]] }, "hostile-file"],
    ["another class", { more: [[0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.20"]] }, "unsupported-format"],
  ] as [string, Partial<InstanceSpec>, string][])("with %s is refused by name", async (_name, more, kind) => {
    expect(kindOf(await openAlone(buildDicom(plain(small, more))))).toBe(kind);
  });

  it("with sequences without end, or nested without end, is refused", async () => {
    let nested: NonNullable<InstanceSpec["more"]> = [[0x00480106, "SH", "0"]];
    for (let i = 0; i < 40; i++) nested = [[0x00480105, "SQ", [nested]]];
    expect(kindOf(await openAlone(buildDicom(plain(small, { openEnded: true, more: nested }))))).toBe("hostile-file");
  });

  it("never crashes the reader, whatever byte of its header is changed", async () => {
    const header = (bytes: Uint8Array): number => bytes.length - 12 * 32 * 16 * 3;
    const files = [true, false].map((openEnded) => buildDicom(plain(small, { openEnded })));
    const flips = files.flatMap((bytes) =>
      Array.from({ length: header(bytes) - 132 }, (_, i) => ({ bytes, at: 132 + i })),
    );
    for (const { bytes, at } of flips) {
      const broken = bytes.slice();
      broken[at] = (broken[at] as number) ^ (1 << (at % 8));
      const outcome = await openAlone(broken);
      if (!outcome.ok) continue;
      const { width, height } = outcome.value.info;
      await outcome.value.read({ level: 0, x: 0, y: 0, width: Math.min(width, 64), height: Math.min(height, 64) });
    }
  });
});

it("the parts of a picture are the parts of a picture", () => {
  expect(partOf(raster, 0, 0, 150, 110)).toEqual(raster.data);
});

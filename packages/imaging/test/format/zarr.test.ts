import { type Outcome, unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  memorySource,
  neighboursInMemory,
  type OpenOptions,
  openSlideFolder,
  openSlideUrl,
  portableCodecs,
  type Raster,
  type Slide,
} from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { picture } from "../picture.ts";
import { inMemory, type RangeServer, startRangeServer } from "../range-server.ts";
import { type ContractOpener, slideContract } from "./slide-contract.ts";
import { asNeighbours, buildZarr, encode, type Files, type ZarrSpec } from "./zarr-builder.ts";

const rgb = (raster: Raster) => (at: Readonly<Record<string, number>>) =>
  raster.data[((at.y ?? 0) * raster.width + (at.x ?? 0)) * 3 + (at.c ?? 0)] as number;

const pictures = [picture(150, 110), picture(75, 55), picture(38, 28)];
const colour = (version: "0.4" | "0.5", more: Partial<ZarrSpec> = {}): ZarrSpec => ({
  ...{ version, axes: "tczyx", chunk: [1, 1, 1, 32, 64], mpp: 0.5 },
  levels: pictures.map((p) => ({ shape: [1, 3, 1, p.height, p.width], sample: rgb(p) })),
  ...more,
});

const open = (files: Files, options: OpenOptions = {}): Promise<Outcome<Slide>> =>
  openSlideFolder("made.zarr", asNeighbours(files), nodeCodecs, options);

const kindOf = async (files: Files, options: OpenOptions = {}): Promise<string> => {
  const outcome = await open(files, options);
  return outcome.ok ? "opened" : outcome.failure.kind;
};

async function whole(slide: Slide, level = 0): Promise<Raster> {
  const { width, height } = slide.info.levels[level] as Slide["info"]["levels"][number];
  return unwrap(await slide.read({ level, x: 0, y: 0, width, height }));
}

/** The chunk in the corner takes the part of the main file. */
function contractOf(name: string, spec: ZarrSpec, chunk: string): void {
  let files: Files;
  beforeAll(async () => {
    files = await buildZarr(spec);
  });
  const opener: ContractOpener = (wrap) => {
    const main = wrap(memorySource(files.get(chunk) as Uint8Array, chunk));
    const all = [...files].map(
      ([key, bytes]) => [key, () => (key === chunk ? main : memorySource(bytes, key))] as const,
    );
    return openSlideFolder("made.zarr", neighboursInMemory(new Map(all)), nodeCodecs);
  };
  const place = { x: 2, y: 3, width: 20, height: 20 };
  const block = () => ({ offset: 0, length: files.get(chunk)?.length ?? 0, place });
  slideContract(name, opener, pictures[0] as Raster, { block });
}

contractOf("an OME-Zarr 0.4 in blosc", colour("0.4", { codec: "blosc" }), "0/0/0/0/0/0");
contractOf("an OME-Zarr 0.5 in zstd", colour("0.5", { codec: "zstd" }), "0/c/0/0/0/0/0");
contractOf("an OME-Zarr 0.5 in shards", colour("0.5", { codec: "gzip", shard: [1, 3, 1, 64, 128] }), "0/c/0/0/0/0/0");

describe("an OME-Zarr folder", () => {
  it.each([
    ["yxc", [32, 64, 3], (p: Raster) => [p.height, p.width, 3]],
    ["cyx", [3, 32, 64], (p: Raster) => [3, p.height, p.width]],
    ["czyx", [2, 1, 50, 50], (p: Raster) => [3, 1, p.height, p.width]],
    ["xyc", [64, 32, 3], (p: Raster) => [p.width, p.height, 3]],
  ] as const)("is read with its axes as %s", async (axes, chunk, shape) => {
    for (const version of ["0.4", "0.5"] as const) {
      const levels = pictures.map((p) => ({ shape: shape(p), sample: rgb(p) }));
      const slide = unwrap(await open(await buildZarr({ version, axes, chunk, levels, codec: "zstd" })));
      for (const [level, p] of pictures.entries()) expect((await whole(slide, level)).data).toEqual(p.data);
      slide.close();
    }
  });

  it("tells its scale, its levels and its codecs", async () => {
    const slide = unwrap(await open(await buildZarr(colour("0.5", { codec: "zstd" }))));
    const { info } = slide;
    expect(info).toMatchObject({
      format: "ome-zarr",
      mpp: 0.5,
      mppSource: "file",
      width: 150,
      height: 110,
      icc: false,
      iccSought: false,
    });
    expect(info.reader).toBe("zarrita (bytes, zstd)");
    expect(info.levels.map(({ width, height, blockWidth }) => [width, height, blockWidth])).toEqual([
      [150, 110, 64],
      [75, 55, 64],
      [38, 28, 64],
    ]);
    expect(info.planes).toBeUndefined();
    const without = unwrap(await open(await buildZarr({ ...colour("0.4"), levels: [...colour("0.4").levels] })));
    expect(without.info.mpp).toBe(0.5);
  });

  it("gives channels, focal planes and times that are asked for, 16 bits through a window, in either byte order", async () => {
    const sample = ({ t = 0, c = 0, z = 0, y = 0, x = 0 }) => t * 20_000 + c * 5000 + z * 1000 + y * 20 + x;
    for (const [version, isBigEndian] of [
      ["0.4", true],
      ["0.5", true],
      ["0.4", false],
      ["0.5", false],
    ] as const) {
      const levels = [
        { shape: [2, 2, 4, 20, 30], sample },
        { shape: [2, 2, 2, 10, 15], sample: ({ t = 0, c = 0, z = 0 }) => t * 100 + c * 10 + z },
      ];
      const omero = {
        channels: [
          { label: "DAPI", color: "0000FF" },
          { label: "FITC", color: "00FF00" },
        ],
      };
      const files = await buildZarr({
        version,
        axes: "tczyx",
        levels,
        chunk: [1, 1, 2, 16, 16],
        bits: 16,
        codec: "blosc",
        omero,
        isBigEndian,
      });
      const plane = { time: 1, channel: 1, focalPlane: 3 };
      const slide = unwrap(await open(files, { plane, window: [0, 255 * 200] }));
      expect(slide.info.planes).toEqual({ channels: ["DAPI", "FITC"], focalPlanes: 4, times: 2, plane });
      const { data } = await whole(slide);
      const value = Math.round(sample({ t: 1, c: 1, z: 3, y: 7, x: 9 }) / 200);
      expect([...data.subarray((7 * 30 + 9) * 3, (7 * 30 + 10) * 3)]).toEqual([value, value, value]);
      const low = unwrap(await open(files, { plane, window: [0, 255] }));
      expect((await whole(low, 1)).data[0]).toBe(111); // focal plane 3 of 4 is 1 of 2
    }
  });

  it("takes three channels for colours only where nothing says that they are dyes", async () => {
    const named = (labels: string[], colours: string[]) => ({
      channels: labels.map((label, i) => ({ label, color: colours[i] })),
    });
    const primary = ["FF0000", "00FF00", "0000FF"];
    const planesWith = async (omero: unknown) => {
      const slide = unwrap(await open(await buildZarr(colour("0.4", { omero }))));
      return slide.info.planes?.channels ?? "colours";
    };
    expect(await planesWith(undefined)).toBe("colours");
    expect(await planesWith(named(["0", "1", "2"], primary))).toBe("colours");
    expect(await planesWith(named(["Red", "Green", "Blue"], primary))).toBe("colours");
    expect(await planesWith(named(["CD3", "CD8", "DAPI"], primary))).toEqual(["CD3", "CD8", "DAPI"]);
    expect(await planesWith(named(["0", "1", "2"], ["0000FF", "00FF00", "FF0000"]))).toEqual(["0", "1", "2"]);
  });

  it("shows empty glass where a colour picture has no chunk, and the file's own value in a dye", async () => {
    for (const [version, more] of [
      ["0.4", {}],
      ["0.5", {}],
      ["0.5", { shard: [1, 3, 1, 64, 128] }],
    ] as const) {
      const absent = [0, 1, 2].map((c) => `0:0.${c}.0.0.0`);
      const slide = unwrap(await open(await buildZarr(colour(version, { ...more, absent, codec: "zstd" }))));
      const { data } = unwrap(await slide.read({ level: 0, x: 10, y: 10, width: 5, height: 5 }));
      expect(new Set(data)).toEqual(new Set([255]));
    }
    const levels = [{ shape: [40, 40], sample: () => 200 }];
    const grey = await buildZarr({ version: "0.4", axes: "yx", levels, chunk: [20, 20], fill: 9, absent: ["0:0.0"] });
    const { data } = await whole(unwrap(await open(grey)));
    expect([data[0], data[39 * 3]]).toEqual([9, 200]);
  });

  it("finds the picture that bioformats2raw lays into a folder of its own", async () => {
    const inner = await buildZarr(colour("0.4"));
    const files: Files = new Map([...inner].map(([name, bytes]) => [`0/${name}`, bytes]));
    files.set(".zattrs", new TextEncoder().encode('{"bioformats2raw.layout": 3}'));
    const slide = unwrap(await open(files));
    expect((await whole(slide)).data).toEqual(pictures[0]?.data);
  });
});

describe("an OME-Zarr folder made to harm", () => {
  const changed = async (version: "0.4" | "0.5", key: string, change: (json: Record<string, unknown>) => unknown) => {
    const files = await buildZarr(colour(version, { codec: "zstd" }));
    const json = JSON.parse(new TextDecoder().decode(files.get(key)));
    files.set(key, new TextEncoder().encode(JSON.stringify(change(json) ?? json)));
    return files;
  };

  it.each([
    ["chunks of a billion samples", { chunks: [1, 1, 1, 32768, 32768] }, "hostile-file"],
    ["a negative size", { shape: [1, 3, 1, -110, 150] }, "hostile-file"],
    ["a size that is no number", { shape: [1, 3, 1, "110", 150] }, "hostile-file"],
    ["another number of axes", { shape: [3, 110, 150], chunks: [1, 32, 64] }, "hostile-file"],
    ["floating point samples", { dtype: "<f4" }, "unsupported-format"],
    ["an unknown codec", { compressor: { id: "rot13" } }, "unsupported-codec"],
    ["a filter", { filters: [{ id: "delta" }] }, "unsupported-codec"],
  ])("with %s is refused by name", async (_what, change, kind) => {
    expect(await kindOf(await changed("0.4", "0/.zarray", (json) => ({ ...json, ...change })))).toBe(kind);
  });

  it.each([
    ["shards that do not hold whole chunks", { chunk_shape: [1, 1, 1, 33, 64] }, "hostile-file"],
    ["shards of a million chunks", { chunk_shape: [1, 1, 1, 1, 1] }, "hostile-file"],
  ])("with %s is refused by name", async (_what, change, kind) => {
    const files = await buildZarr(colour("0.5", { shard: [1, 3, 1, 640, 1280] }));
    const json = JSON.parse(new TextDecoder().decode(files.get("0/zarr.json")));
    Object.assign(json.codecs[0].configuration, change);
    files.set("0/zarr.json", new TextEncoder().encode(JSON.stringify(json)));
    expect(await kindOf(files)).toBe(kind);
  });

  it("with a path that leads out of it, no JSON, or too much of it is refused by name", async () => {
    const out = (json: Record<string, unknown>) =>
      JSON.parse(JSON.stringify(json).replace('"path":"0"', '"path":"../../0"'));
    expect(await kindOf(await changed("0.4", ".zattrs", out))).toBe("hostile-file");
    for (const text of ["{", "[]", "null", `{"a": "${"x".repeat(2 ** 22)}"}`]) {
      const files = await buildZarr(colour("0.4"));
      files.set(".zattrs", new TextEncoder().encode(text));
      expect(await kindOf(files)).toBe("hostile-file");
    }
    const files = await buildZarr(colour("0.4"));
    files.delete("1/.zarray");
    expect(await kindOf(files)).toBe("hostile-file");
  });

  it.each(["gzip", "zstd", "blosc"] as const)(
    "with a chunk of %s that expands to more than a chunk fails at its place",
    async (codec) => {
      const files = await buildZarr(colour("0.5", { codec }));
      files.set("0/c/0/0/0/0/0", await encode(new Uint8Array(2 ** 26), codec));
      const slide = unwrap(await open(files));
      const started = performance.now();
      const broken = await slide.read({ level: 0, x: 0, y: 0, width: 10, height: 10 });
      expect(broken.ok ? "read" : broken.failure.kind).toBe("broken-tile");
      expect(performance.now() - started).toBeLessThan(2000);
      expect((await slide.read({ level: 0, x: 70, y: 40, width: 10, height: 10 })).ok).toBe(true);
    },
  );

  it("with an index of a shard that points outside of it fails at its place", async () => {
    const files = await buildZarr(colour("0.5", { shard: [1, 3, 1, 64, 128] }));
    const shard = files.get("0/c/0/0/0/0/0") as Uint8Array;
    new DataView(shard.buffer, shard.byteOffset).setBigUint64(shard.length - 12 * 16, 10n ** 15n, true);
    const slide = unwrap(await open(files));
    const broken = await slide.read({ level: 0, x: 0, y: 0, width: 10, height: 10 });
    expect(broken.ok ? "read" : broken.failure.kind).toBe("broken-tile");
    expect((await slide.read({ level: 0, x: 130, y: 70, width: 10, height: 10 })).ok).toBe(true);
  });
});

describe("an OME-Zarr folder on a server", () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await startRangeServer();
  });
  afterAll(() => server.stop());

  it("is read chunk by chunk, with the decoders of a browser", async () => {
    for (const spec of [
      colour("0.4", { codec: "blosc" }),
      colour("0.5", { codec: "zstd", shard: [1, 3, 1, 64, 128] }),
    ]) {
      server.files.clear();
      for (const [name, bytes] of await buildZarr(spec)) server.files.set(`made.zarr/${name}`, inMemory(bytes));
      const slide = unwrap(await openSlideUrl(server.url("made.zarr"), portableCodecs));
      for (const [level, p] of pictures.entries()) expect((await whole(slide, level)).data).toEqual(p.data);
      slide.close();
    }
  });
});

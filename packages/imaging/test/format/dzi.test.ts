import { type Outcome, unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  memorySource,
  neighboursInMemory,
  type OpenOptions,
  openSlide,
  openSlideUrl,
  portableCodecs,
  type Raster,
  type Slide,
} from "../../src/index.ts";
import { encodePng, nodeCodecs } from "../../src/node.ts";
import { smoothPicture, standardJpeg } from "../jpeg-blocks.ts";
import { partOf, picture } from "../picture.ts";
import { inMemory, startRangeServer } from "../range-server.ts";
import { type ContractOpener, slideContract, worstDifference } from "./slide-contract.ts";

type Files = Map<string, Uint8Array>;

interface DziSpec {
  readonly tile: number;
  readonly overlap: number;
  readonly format: "png" | "jpeg" | "jpg";
  /** Level 0 first; the name of its folder counts down from `finest`. */
  readonly levels: readonly Raster[];
  readonly finest: number;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const xml = ({ tile, overlap, format, levels }: DziSpec): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="${format}" Overlap="${overlap}" TileSize="${tile}">
  <Size Height="${levels[0]?.height}" Width="${levels[0]?.width}"/>
</Image>`;

async function buildDzi(spec: DziSpec): Promise<Files> {
  const { tile, overlap, format, levels, finest } = spec;
  const files: Files = new Map([["a slide.dzi", text(xml(spec))]]);
  for (const [i, raster] of levels.entries()) {
    for (let row = 0; row * tile < raster.height; row++) {
      for (let column = 0; column * tile < raster.width; column++) {
        const x = Math.max(0, column * tile - overlap);
        const y = Math.max(0, row * tile - overlap);
        const width = Math.min(raster.width, (column + 1) * tile + overlap) - x;
        const height = Math.min(raster.height, (row + 1) * tile + overlap) - y;
        const part = { width, height, data: partOf(raster, x, y, width, height) };
        const bytes = format === "png" ? await encodePng(part) : await standardJpeg(part);
        files.set(`a slide_files/${finest - i}/${column}_${row}.${format}`, bytes);
      }
    }
  }
  return files;
}

const opener =
  (files: () => Files, main = "a slide.dzi"): ContractOpener =>
  (wrap) => {
    const wrapped = wrap(memorySource(files().get(main) as Uint8Array, `/slides/${main}`));
    const all = [...files()].map(
      ([key, bytes]) => [key, () => (key === main ? wrapped : memorySource(bytes, key))] as const,
    );
    const source = main.endsWith(".dzi")
      ? wrapped
      : memorySource(files().get("a slide.dzi") as Uint8Array, "/slides/a slide.dzi");
    return openSlide(source, nodeCodecs, { neighbours: neighboursInMemory(new Map(all)) });
  };

const open = (files: Files, options: OpenOptions = {}): Promise<Outcome<Slide>> => {
  const all = [...files].map(([key, bytes]) => [key, () => memorySource(bytes, key)] as const);
  const source = memorySource(files.get("a slide.dzi") as Uint8Array, "C:\\slides\\a slide.dzi");
  return openSlide(source, nodeCodecs, { neighbours: neighboursInMemory(new Map(all)), ...options });
};

const kindOf = async (outcome: Promise<Outcome<unknown>>): Promise<string> => {
  const settled = await outcome;
  return settled.ok ? "opened" : settled.failure.kind;
};

const sharp: DziSpec = {
  tile: 62,
  overlap: 1,
  format: "png",
  levels: [picture(150, 110), picture(75, 55), picture(38, 28)],
  finest: 8,
};
const smooth: DziSpec = {
  tile: 64,
  overlap: 3,
  format: "jpeg",
  levels: [smoothPicture(150, 110), smoothPicture(75, 55), smoothPicture(38, 28)],
  finest: 8,
};
const made: { png: Files; jpeg: Files } = { png: new Map(), jpeg: new Map() };
beforeAll(async () => {
  made.png = await buildDzi(sharp);
  made.jpeg = await buildDzi(smooth);
});

slideContract(
  "a Deep Zoom of PNG tiles",
  opener(() => made.png),
  sharp.levels[0] as Raster,
);
const corner = "a slide_files/8/0_0.jpeg";
slideContract(
  "a Deep Zoom of JPEG tiles",
  opener(() => made.jpeg, corner),
  smooth.levels[0] as Raster,
  {
    tolerance: 6,
    block: () => ({
      offset: 0,
      length: made.jpeg.get(corner)?.length ?? 0,
      place: { x: 3, y: 5, width: 20, height: 20 },
    }),
  },
);

describe("a Deep Zoom image", () => {
  it("shows of every tile what is its own, at every level down to the one that fits into a tile", async () => {
    for (const overlap of [0, 1, 5, 62]) {
      const slide = unwrap(await open(await buildDzi({ ...sharp, overlap })));
      expect(slide.info.levels.map(({ width, height }) => [width, height])).toEqual([
        [150, 110],
        [75, 55],
        [38, 28],
      ]);
      for (const [level, { width, height, data }] of sharp.levels.entries()) {
        expect(unwrap(await slide.read({ level, x: 0, y: 0, width, height })).data).toEqual(data);
      }
      expect(slide.info).toMatchObject({ format: "deep-zoom", iccSought: false, mpp: null, warnings: [] });
      slide.close();
    }
  });

  it("shows white where a tile is missing, and names a level that is", async () => {
    const files = new Map(made.png);
    files.delete("a slide_files/8/1_1.png");
    files.delete("a slide_files/7/0_0.png");
    for (const name of files.keys()) if (name.includes("/6/")) files.delete(name);
    const slide = unwrap(await open(files));
    const { data } = unwrap(await slide.read({ level: 0, x: 62, y: 62, width: 48, height: 48 }));
    expect(new Set(data)).toEqual(new Set([255]));
    expect(slide.info.levels.length).toBe(2);
    expect(slide.info.warnings).toEqual(["level 6 of the pyramid is not there"]);
  });

  it("names a tile of another size by its place", async () => {
    const files = new Map(made.png);
    files.set("a slide_files/8/1_0.png", files.get("a slide_files/8/2_1.png") as Uint8Array);
    const slide = unwrap(await open(files));
    const broken = await slide.read({ level: 0, x: 70, y: 5, width: 5, height: 5 });
    if (broken.ok) expect.fail("read");
    expect(broken.failure.kind).toBe("broken-tile");
    expect(broken.failure.expected).toMatch(/block 1, 0 of level 0/);
  });

  it("fails by name without its tiles, and takes the scale that is given", async () => {
    expect(await kindOf(open(new Map([["a slide.dzi", text(xml(sharp))]])))).toBe("missing-file");
    const alone = openSlide(memorySource(text(xml(sharp)), "a.dzi"), nodeCodecs);
    expect(await kindOf(alone)).toBe("unsupported-format");
    expect(unwrap(await open(made.png, { mpp: 0.5 })).info.mpp).toBe(0.5);
  });

  it.each([
    ["a size of nothing", 'Width="150"', 'Width="0"'],
    ["a size beyond all slides", 'Width="150"', 'Width="99999999999"'],
    ["a tile of nothing", 'TileSize="62"', 'TileSize="0"'],
    ["a tile beyond all tiles", 'TileSize="62"', 'TileSize="100000"'],
    ["an overlap longer than a tile", 'Overlap="1"', 'Overlap="63"'],
    ["an entity", "<?xml", '<!DOCTYPE a [<!ENTITY b "c">]><?xml'],
    ["no image in it", "<Image", "<Picture"],
  ])("with %s is refused by name", async (_what, from, to) => {
    const files = new Map(made.png);
    files.set(
      "a slide.dzi",
      text(
        xml(sharp)
          .replaceAll(from, to)
          .replace("</Image>", to === "<Picture" ? "</Picture>" : "</Image>"),
      ),
    );
    expect(await kindOf(open(files))).toBe("hostile-file");
  });

  it.each(["webp", "../../../etc/passwd", ""])("with tiles as %j is refused by name", async (format) => {
    const files = new Map(made.png);
    files.set("a slide.dzi", text(xml(sharp).replace('Format="png"', `Format="${format}"`)));
    expect(await kindOf(open(files))).toBe("unsupported-format");
  });

  it("is read from a server, with the decoder of a browser, one request a tile", async () => {
    const server = await startRangeServer();
    for (const [name, bytes] of made.jpeg) server.files.set(`deep/${name}`, inMemory(bytes));
    const slide = unwrap(await openSlideUrl(server.url("deep/a%20slide.dzi"), portableCodecs));
    const before = server.requests;
    const { width, height, data } = smooth.levels[0] as Raster;
    const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height }));
    expect(worstDifference(read.data, data)).toBeLessThanOrEqual(6);
    expect(server.requests - before).toBe(6);
    slide.close();
    await server.stop();
  });
});

/** OME-TIFF beyond one image of one file: levels that are images of their own, channels in files of their own, companions. */
import { type Outcome, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { memorySource, neighboursInMemory, type OpenOptions, openSlide, type Slide } from "../../../src/index.ts";
import { nodeCodecs } from "../../../src/node.ts";
import { picture } from "../../picture.ts";
import { buildTiff, rawPage } from "../../tiff-builder.ts";
import { everySecond } from "../../vendor-builder.ts";

const ome = (inner: string, uuid: string): string =>
  `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"${uuid === "" ? "" : ` UUID="${uuid}"`}>${inner}</OME>`;

type Image = {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly mpp: number;
  readonly ifd: number;
};
const rgbImage = ({ name, width, height, mpp, ifd }: Image): string =>
  `<Image ID="Image:${ifd}" Name="${name}"><Pixels ID="Pixels:${ifd}" DimensionOrder="XYCZT" SizeX="${width}" SizeY="${height}" SizeC="3" SizeZ="1" SizeT="1" ` +
  `Type="uint8" PhysicalSizeX="${mpp}" PhysicalSizeY="${mpp}"><Channel SamplesPerPixel="3"/><TiffData IFD="${ifd}" PlaneCount="1"/></Pixels></Image>`;

const base = picture(150, 110);
const half = everySecond(base);

async function infoOf(images: readonly Image[]) {
  const rasters = [base, half, everySecond(half), picture(40, 40)];
  const xml = ome(images.map(rgbImage).join(""), "urn:uuid:1");
  const pages = rasters.map((raster, i) => rawPage(raster, [32, 32], i === 0 ? { description: xml } : {}));
  const slide = unwrap(await openSlide(memorySource(buildTiff({ pages }), "a.ome.tif"), nodeCodecs));
  return { slide, info: slide.info };
}

const scan = { name: "scan", width: 150, height: 110, mpp: 0.25, ifd: 0 };
const second = { name: "scan #2", width: 75, height: 55, mpp: 0.5, ifd: 1 };
const third = { name: "scan #3", width: 38, height: 28, mpp: 1, ifd: 2 };

describe("a further image of an OME-TIFF", () => {
  it("is a level where its pixels are larger by as much as it is smaller", async () => {
    const { slide, info } = await infoOf([third, scan, second]);
    expect(info.levels.map(({ width, downsample }) => [width, Math.round(downsample)])).toEqual([
      [150, 1],
      [75, 2],
      [38, 4],
    ]);
    const { data } = unwrap(await slide.read({ level: 1, x: 0, y: 0, width: 75, height: 55 }));
    expect(Buffer.compare(data, half.data)).toBe(0);
    expect([info.associated, info.warnings]).toEqual([[], []].map((list, i) => (i === 0 ? undefined : list)));
  });

  it.each([
    ["has another scale", { ...second, mpp: 0.25 }],
    ["has another shape", { ...second, width: 40, height: 40, ifd: 3 }],
    ["is another size than its directory", { ...second, ifd: 2 }],
  ])("that %s is told, not read", async (_, other) => {
    const { info } = await infoOf([scan, other]);
    expect(info.levels.length).toBe(1);
    expect(info.associated).toEqual([{ name: "other", width: other.width, height: other.height }]);
    expect(info.warnings.join()).toContain("is not read");
  });

  it("that calls itself a label or an overview is never the slide, however large", async () => {
    const { info } = await infoOf([{ ...scan, name: "Label" }, second]);
    expect([info.width, info.associated]).toEqual([75, [{ name: "label", width: 150, height: 110 }]]);
    await expect(infoOf([{ ...scan, name: "overview" }])).rejects.toMatchObject({
      failure: { kind: "unsupported-format" },
    });
  });
});

/** Two channels of one grey value, each in a file of its own. */
function set({ uuids = ["urn:uuid:a", "urn:uuid:b"], names = ["a.ome.tif", "b.ome.tif"] } = {}) {
  const data = names.map(
    (name, c) =>
      `<TiffData IFD="0" FirstC="${c}"><UUID FileName="${name}">${uuids[c] === "" ? "" : uuids[c]}</UUID></TiffData>`,
  );
  const pixels =
    '<Pixels ID="Pixels:0" DimensionOrder="XYCZT" SizeX="16" SizeY="16" SizeC="2" SizeZ="1" SizeT="1" Type="uint8">' +
    `<Channel Name="DAPI"/><Channel Name="FITC"/>${data.join("")}</Pixels>`;
  const image = `<Image ID="Image:0">${pixels}</Image>`;
  const file = (value: number, description: string): Uint8Array =>
    buildTiff({
      pages: [
        {
          ...{ width: 16, height: 16, block: [16, 16], blocks: [new Uint8Array(256).fill(value)] },
          ...{ samples: 1, photometric: 1, description },
        },
      ],
    });
  return { image, file, uuids };
}

function openIn(files: Readonly<Record<string, Uint8Array>>, options: OpenOptions = {}): Promise<Outcome<Slide>> {
  const sources = new Map(Object.entries(files).map(([name, bytes]) => [name, () => memorySource(bytes, name)]));
  const neighbours = neighboursInMemory(sources);
  return openSlide(memorySource(files["a.ome.tif"] as Uint8Array, "a.ome.tif"), nodeCodecs, { neighbours, ...options });
}

async function sampleOf(slide: Outcome<Slide>): Promise<number> {
  return unwrap(await unwrap(slide).read({ level: 0, x: 1, y: 1, width: 1, height: 1 })).data[0] as number;
}

describe("an OME-TIFF in several files", () => {
  it.each([
    ["known by their UUIDs", {}],
    ["known by their names alone", { uuids: ["", ""] }],
  ])("gives each channel from the file that holds it: %s", async (_, more) => {
    const { image, file, uuids } = set(more);
    const files = {
      "a.ome.tif": file(10, ome(image, uuids[0] as string)),
      "b.ome.tif": file(20, ome(image, uuids[1] as string)),
    };
    expect(await sampleOf(await openIn(files))).toBe(10);
    const other = await openIn(files, { plane: { channel: 1 } });
    expect(await sampleOf(other)).toBe(20);
    expect(unwrap(other).info.planes).toMatchObject({ channels: ["DAPI", "FITC"], plane: { channel: 1 } });
  });

  it("reads its OME-XML from the companion that it names, XML or TIFF", async () => {
    const { image, file } = set();
    const only = (name: string): string => ome(`<BinaryOnly MetadataFile="${name}" UUID="urn:uuid:c"/>`, "urn:uuid:a");
    const document = ome(image, "urn:uuid:c");
    const xml = new TextEncoder().encode(document);
    const files = { "a.ome.tif": file(10, only("all.companion.ome")), "all.companion.ome": xml };
    expect(await sampleOf(await openIn(files))).toBe(10);
    const tiff = { "a.ome.tif": file(30, only("c.ome.tif")), "c.ome.tif": file(40, document) };
    expect(await sampleOf(await openIn(tiff))).toBe(30);
    expect(await openIn({ "a.ome.tif": files["a.ome.tif"] })).toMatchObject({
      ok: false,
      failure: { kind: "missing-file", expected: expect.stringContaining("all.companion.ome") },
    });
  });

  it("of which a file is missing, is another one, or lies elsewhere is a named failure, and closes what it opened", async () => {
    const { image, file } = set();
    const a = file(10, ome(image, "urn:uuid:a"));
    const kindOf = async (files: Readonly<Record<string, Uint8Array>>): Promise<string> => {
      const outcome = await openIn(files, { plane: { channel: 1 } });
      return outcome.ok ? "opens" : outcome.failure.kind;
    };
    expect(await kindOf({ "a.ome.tif": a })).toBe("missing-file");
    expect(await kindOf({ "a.ome.tif": a, "b.ome.tif": file(20, ome(image, "urn:uuid:x")) })).toBe(
      "unsupported-format",
    );
    expect(await kindOf({ "a.ome.tif": a, "b.ome.tif": new Uint8Array(40) })).toBe("unsupported-format");
    const out = set({ names: ["a.ome.tif", "../b.ome.tif"] });
    expect(await kindOf({ "a.ome.tif": out.file(10, ome(out.image, "urn:uuid:a")) })).toBe("hostile-file");
    let isOpen = 0;
    const counted = (bytes: Uint8Array, name: string) => {
      const source = memorySource(bytes, name);
      isOpen++;
      return { ...source, close: () => void isOpen-- };
    };
    const neighbours = neighboursInMemory(new Map([["b.ome.tif", () => counted(new Uint8Array(40), "b.ome.tif")]]));
    await openSlide(counted(a, "a.ome.tif"), nodeCodecs, { neighbours, plane: { channel: 1 } });
    expect(isOpen).toBe(0);
  });
});

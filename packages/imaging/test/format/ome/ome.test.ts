import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Outcome, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { drive } from "../../../src/bytes/reading.ts";
import { readTiff } from "../../../src/format/tiff-directory.ts";
import { memorySource, type OpenOptions, openSlide, type Slide } from "../../../src/index.ts";
import { nodeCodecs, openSlideFile } from "../../../src/node.ts";
import { picture } from "../../picture.ts";
import { withSubIfds } from "../../sub-ifds.ts";
import { buildTiff, type PageSpec, rawPage } from "../../tiff-builder.ts";
import { everySecond } from "../../vendor-builder.ts";
import { slideContract } from "../slide-contract.ts";

const open = (bytes: Uint8Array, options: OpenOptions = {}): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, "made.ome.tif"), nodeCodecs, options);

const ome = (images: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">${images}</OME>`;
const image = (name: string, pixels: string, inner: string): string =>
  `<Image ID="Image:0" Name="${name}"><Pixels ID="Pixels:0" ${pixels}>${inner}</Pixels></Image>`;

const raster = picture(150, 110);
const description = ome(
  image(
    "label image",
    'DimensionOrder="XYCZT" SizeX="20" SizeY="30" SizeC="3" SizeZ="1" SizeT="1" Type="uint8"',
    '<Channel SamplesPerPixel="3"/><TiffData IFD="3" PlaneCount="1"/>',
  ) +
    image(
      "scan",
      'DimensionOrder="XYCZT" SizeX="150" SizeY="110" SizeC="3" SizeZ="1" SizeT="1" Type="uint8" PhysicalSizeX="250" PhysicalSizeXUnit="nm" PhysicalSizeY="250" PhysicalSizeYUnit="nm"',
      '<Channel SamplesPerPixel="3"/><TiffData IFD="0" PlaneCount="1"/>',
    ),
);
const pages = [
  rawPage(raster, [32, 32], { description }),
  rawPage(everySecond(raster), [32, 32]),
  rawPage(everySecond(everySecond(raster)), [32, 32]),
  rawPage(picture(20, 30), [32, 32]),
];
const pyramid = await withSubIfds({ pages, isLittleEndian: false, isBig: true }, [1, 2]);
slideContract("an OME-TIFF", (wrap) => openSlide(wrap(memorySource(pyramid, "made.ome.tif")), nodeCodecs), raster);

/** A grey page of one value of 16 bits, big-endian. */
function greyPage(value: number, description_?: string): PageSpec {
  const block = new Uint8Array(16 * 16 * 2).map((_, i) => (i % 2 === 0 ? value >> 8 : value & 255));
  return {
    ...{ width: 16, height: 16, block: [16, 16], blocks: [block], samples: 1, photometric: 1, tags: [[258, 3, [16]]] },
    ...(description_ === undefined ? {} : { description: description_ }),
  };
}

describe("an OME-TIFF", () => {
  it("takes the largest of its images; SubIFDs are its levels, other images are told", async () => {
    const { info } = unwrap(await open(pyramid));
    expect(info.levels.map((level) => [level.width, level.height])).toEqual([
      [150, 110],
      [75, 55],
      [38, 28],
    ]);
    expect(info).toMatchObject({
      format: "ome-tiff",
      mpp: 0.25,
      associated: [{ name: "label", width: 20, height: 30 }],
    });
    expect(info.planes).toBeUndefined();
  });

  it.each(["XYZCT", "XYCZT"])(
    "finds channel and focal plane in the order %s, in 16 bits of which 12 are used",
    async (order) => {
      const pixels = `DimensionOrder="${order}" SizeX="16" SizeY="16" SizeC="2" SizeZ="3" SizeT="1" Type="uint16" SignificantBits="12"`;
      const xml = ome(image("x", pixels, '<Channel Name="DAPI"/><Channel/><TiffData/>'));
      const values = [0, 819, 1638, 2457, 3276, 4095];
      const bytes = buildTiff({
        pages: values.map((value, i) => greyPage(value, i === 0 ? xml : undefined)),
        isLittleEndian: false,
      });
      const value = async (plane: OpenOptions["plane"]): Promise<number> => {
        const slide = unwrap(await open(bytes, plane ? { plane } : {}));
        expect(slide.info.planes?.channels).toEqual(["DAPI", "channel 1"]);
        return unwrap(await slide.read({ level: 0, x: 3, y: 3, width: 1, height: 1 })).data[0] as number;
      };
      const at = (channel: number, z: number): number => (order === "XYZCT" ? channel * 3 + z : z * 2 + channel) * 51;
      expect(await value(undefined)).toBe(at(0, 1));
      expect(await value({ channel: 1, focalPlane: 2 })).toBe(at(1, 2));
      expect(await value({ channel: 1, focalPlane: 0 })).toBe(at(1, 0));
      expect(await open(bytes, { plane: { channel: 2 } })).toMatchObject({
        ok: false,
        failure: { kind: "out-of-bounds" },
      });
    },
  );

  it("puts samples through the window that is asked for", async () => {
    const xml = ome(
      image(
        "x",
        'DimensionOrder="XYCZT" SizeX="16" SizeY="16" SizeC="1" SizeZ="1" SizeT="1" Type="uint16"',
        "<TiffData/>",
      ),
    );
    const bytes = buildTiff({ pages: [greyPage(1500, xml)], isLittleEndian: false });
    const value = async (options: OpenOptions): Promise<number> =>
      unwrap(await unwrap(await open(bytes, options)).read({ level: 0, x: 0, y: 0, width: 1, height: 1 }))
        .data[0] as number;
    expect(await value({})).toBe(Math.round((1500 * 255) / 65535));
    expect(await value({ window: [1000, 2000] })).toBe(128);
    expect(await value({ window: [0, 1000] })).toBe(255);
  });

  it("whose plane lies in another file is refused where that cannot be asked for", async () => {
    const data =
      '<TiffData IFD="0" FirstC="0"><UUID FileName="a">urn:uuid:1</UUID></TiffData><TiffData IFD="0" FirstC="1"><UUID FileName="b">urn:uuid:2</UUID></TiffData>';
    const xml = ome(
      image("x", 'DimensionOrder="XYCZT" SizeX="16" SizeY="16" SizeC="2" SizeZ="1" SizeT="1" Type="uint16"', data),
    );
    const bytes = buildTiff({ pages: [greyPage(1, xml)], isLittleEndian: false });
    expect((await open(bytes)).ok).toBe(true);
    expect(await open(bytes, { plane: { channel: 1 } })).toMatchObject({
      ok: false,
      failure: { kind: "unsupported-format" },
    });
  });

  it.each([
    ["entities", '<!DOCTYPE x [<!ENTITY a "b">]><OME></OME>'],
    ["no image", "<OME></OME>"],
    ["sizes that are none", ome(image("x", 'SizeX="-1" SizeY="16"', ""))],
    ["planes without end", ome(image("x", 'SizeX="16" SizeY="16" SizeC="1" SizeZ="100000" SizeT="100000"', ""))],
    [
      "planes without end in many images",
      ome(image("x", 'SizeX="16" SizeY="16" SizeC="65536" SizeZ="1" SizeT="1"', "").repeat(1000)),
    ],
    [
      "the same planes again and again",
      ome(
        image(
          "x",
          'SizeX="16" SizeY="16" SizeC="1" SizeZ="65536" SizeT="1"',
          '<TiffData IFD="0" PlaneCount="65536"/>'.repeat(20_000),
        ),
      ),
    ],
    ["elements without end", `<OME>${"<a>".repeat(100)}</OME>`],
  ])("whose XML holds %s is refused as hostile", async (_name, xml) => {
    const bytes = buildTiff({ pages: [greyPage(1, xml)], isLittleEndian: false });
    expect(await open(bytes)).toMatchObject({ ok: false, failure: { kind: "hostile-file" } });
  });
});

const real = fileURLToPath(
  new URL("../../../../../../shared/data/slides/multi-channel-z-series.ome.tif", import.meta.url),
);
const isThere = existsSync(real);
if (!isThere) console.log(`skipped: no ${real}`);
it.skipIf(!isThere)(
  "a real big-endian OME-TIFF of three channels and five focal planes holds each where its XML says",
  async () => {
    const file = new Uint8Array(readFileSync(real));
    const tiff = await drive(readTiff(real, file.length), memorySource(file));
    for (const [channel, focalPlane] of [
      [0, 0],
      [1, 3],
      [2, 4],
    ] as const) {
      const slide = unwrap(await openSlideFile(real, { plane: { channel, focalPlane } }));
      const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 439, height: 167 }));
      // 167 strips of 439 bytes lie behind each other, signed
      const entry = tiff.directories[channel * 5 + focalPlane]?.entries.get(273);
      const start = new DataView(file.buffer).getUint32(entry?.position ?? 0);
      const wanted = file.subarray(start, start + 439 * 167).map((value) => (value + 128) & 255);
      expect(data.filter((_, i) => i % 3 === 0)).toEqual(wanted);
      slide.close();
    }
  },
);

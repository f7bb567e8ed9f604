/**
 * Small sound slides of every format, made here: what broken files are made from, and what the fuzzer changes. The same bytes on
 * every machine but for JPEG blocks, which depend on the encoder. For tests only.
 */
import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import Zstd from "numcodecs/zstd";
import { encodePng } from "../../src/node.ts";
import { bgr, buildCzi, metadataXml } from "../format/czi-builder.ts";
import { buildDicom, type InstanceSpec } from "../format/dicom-builder.ts";
import { buildEts } from "../format/ets-builder.ts";
import { buildZarr } from "../format/zarr-builder.ts";
import { jpegBlocks, smoothPicture, standardJpeg, wholeJpegs } from "../jpeg-blocks.ts";
import { buildNdpi, stripWithRestarts } from "../ndpi-builder.ts";
import { partOf, picture } from "../picture.ts";
import { buildTiff, cut, type PageSpec, rawPage } from "../tiff-builder.ts";
import { bifSize, buildBif, buildPhilips, buildScn, everySecond } from "../vendor-builder.ts";

export interface BaseSlide {
  readonly name: string;
  /** What is opened: a name among the files, or "" for the folder. */
  readonly main: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const [width, height] = [96, 64];
const raster = picture(width, height);
const half = everySecond(raster);
const smooth = smoothPicture(width, height);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const one = (name: string, main: string, bytes: Uint8Array): BaseSlide => ({
  name,
  main,
  files: new Map([[main, bytes]]),
});

/** All of them, in a fixed order. */
export async function baseSlides(): Promise<readonly BaseSlide[]> {
  return [...(await tiffs()), ...(await vendors()), ...(await others())];
}

async function tiffs(): Promise<BaseSlide[]> {
  const pages = [rawPage(raster, [32, 32]), rawPage(half, [32, 32])];
  const { tables, blocks } = await jpegBlocks(smooth, 32, 32);
  const coded = (compression: number, list: readonly Uint8Array[], more: Partial<PageSpec> = {}): Uint8Array =>
    buildTiff({ pages: [{ width, height, block: [32, 32], blocks: list, compression, ...more }] });
  const zstd = new Zstd();
  const packed = await Promise.all(cut(raster, 32, 32).map(async (block) => new Uint8Array(await zstd.encode(block))));
  const description = "Aperio Image Library v1|AppMag = 40|MPP = 0.25";
  const svs = { photometric: 6, description, tags: [[347, 7, [...tables]]] as const };
  const golden = JSON.parse(readFileSync(new URL("../golden/pillow_images.json", import.meta.url), "utf8"));
  const stream = Buffer.from(
    JSON.parse(readFileSync(new URL("jpeg2000.json", import.meta.url), "utf8")).stream,
    "base64",
  );
  const webp: PageSpec = {
    width: 70,
    height: 45,
    block: [70, 45],
    blocks: [Buffer.from(golden.webp, "base64")],
    compression: 50001,
  };
  const ome =
    '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" ' +
    'SizeX="96" SizeY="64" SizeC="3" SizeZ="1" SizeT="1" Type="uint8" PhysicalSizeX="0.25" PhysicalSizeY="0.25"><Channel SamplesPerPixel="3"/><TiffData IFD="0"/></Pixels></Image></OME>';
  return [
    one("tiff", "a.tif", buildTiff({ pages })),
    one("bigtiff", "a.tif", buildTiff({ pages, isBig: true, isLittleEndian: false })),
    one("strips", "a.tif", buildTiff({ pages: [rawPage(raster, [width, 16], { isTiled: false })] })),
    one("svs", "a.svs", coded(7, blocks, svs)),
    one(
      "deflate",
      "a.tif",
      coded(
        8,
        cut(raster, 32, 32).map((block) => deflateSync(block)),
      ),
    ),
    one("lzw", "a.tif", Buffer.from(golden.tiffs.lzw.file ?? golden.tiffs.lzw, "base64")),
    one("zstd", "a.tif", coded(50000, packed)),
    one("webp", "a.tif", buildTiff({ pages: [webp] })),
    one("jpeg2000", "a.svs", coded(33005, Array<Uint8Array>(6).fill(stream), { description })),
    one(
      "ome-tiff",
      "a.ome.tif",
      buildTiff({ pages: [rawPage(raster, [32, 32], { description: ome }), rawPage(half, [32, 32])] }),
    ),
  ];
}

async function vendors(): Promise<BaseSlide[]> {
  const strip = await stripWithRestarts(smooth);
  const page = { width, height, strip: strip.bytes };
  const facts = { tile: 32, overlapX: 4, overlapY: 4 };
  const size = bifSize(2, 2, facts);
  const bif = buildBif([{ raster: picture(size.width, size.height), columns: 2, rows: 2, x: 10, y: 20 }], facts);
  return [
    one(
      "ndpi",
      "a.ndpi",
      buildNdpi([
        {
          ...page,
          tags: [
            [65421, 11, [20]],
            [65426, 4, strip.starts],
          ],
        },
        { ...page, tags: [[65421, 11, [-1]]] },
      ]),
    ),
    one("scn", "a.scn", buildScn(200, 150, [{ raster, x: 20, y: 30 }], picture(20, 15))),
    one("philips", "a.tiff", buildPhilips(picture(128, 64))),
    one("bif", "a.bif", bif),
  ];
}

async function others(): Promise<BaseSlide[]> {
  const jpegs = await wholeJpegs(smooth, 32, 32);
  const dicom: InstanceSpec = { width, height, block: [32, 32], frames: cut(raster, 32, 32), mpp: 0.5 };
  const coded = {
    ...dicom,
    frames: jpegs,
    syntax: "1.2.840.10008.1.2.4.50",
    photometric: "YBR_FULL",
    table: "basic" as const,
  };
  const positions = jpegs.map((_, i) => ({ column: 1 + (i % 3) * 32, row: 1 + Math.floor(i / 3) * 32 }));
  const sparse = { ...coded, positions, openEnded: true, table: "none" as const };
  const tiles = cut(raster, 48, 32);
  const block = (i: number) => ({ x: (i % 2) * 48 - 500, y: Math.floor(i / 2) * 32 + 70, width: 48, height: 32 });
  const czi = buildCzi({
    subblocks: tiles.map((rgb, i) => ({ ...block(i), at: { C: 0, M: i }, data: bgr(rgb) })),
    xml: metadataXml(0.22),
  });
  const ets = buildEts({
    tile: [48, 32],
    chunks: tiles.map((data, i) => ({ at: [i % 2, Math.floor(i / 2), 0], data })),
    isPyramid: true,
  });
  const preview = buildTiff({ pages: [rawPage(picture(8, 8), [8, 8])] });
  const vsi = new Map([
    ["a.vsi", preview],
    ["_a_/stack1/frame_t.ets", ets],
  ]);
  return [
    one("dicom", "a.dcm", buildDicom(dicom)),
    one("dicom-jpeg", "a.dcm", buildDicom(coded)),
    one("dicom-sparse", "a.dcm", buildDicom(sparse)),
    one("dicom-extended", "a.dcm", buildDicom({ ...coded, table: "extended" })),
    one("czi", "a.czi", czi),
    one("ets", "frame_t.ets", ets),
    { name: "vsi", main: "a.vsi", files: vsi },
    { name: "zarr-0.4", main: "", files: await zarr("0.4", "blosc") },
    { name: "zarr-0.5", main: "", files: await zarr("0.5", "zstd") },
    { name: "dzi", main: "a.dzi", files: await deepZoom() },
    one("png", "a.png", await encodePng(raster)),
    one("jpeg", "a.jpg", await standardJpeg(smooth)),
  ];
}

function zarr(version: "0.4" | "0.5", codec: "blosc" | "zstd"): Promise<Map<string, Uint8Array>> {
  const levels = [raster, half].map((image) => ({
    shape: [1, 3, 1, image.height, image.width],
    sample: (at: Readonly<Record<string, number>>): number =>
      image.data[((at.y ?? 0) * image.width + (at.x ?? 0)) * 3 + (at.c ?? 0)] as number,
  }));
  return buildZarr({ version, axes: "tczyx", chunk: [1, 1, 1, 32, 32], mpp: 0.5, codec, levels });
}

async function deepZoom(): Promise<Map<string, Uint8Array>> {
  const xml = `<?xml version="1.0"?><Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="png" Overlap="0" TileSize="64"><Size Height="${height}" Width="${width}"/></Image>`;
  const files = new Map([["a.dzi", text(xml)]]);
  for (const x of [0, 64]) {
    const size = { width: Math.min(64, width - x), height };
    files.set(
      `a_files/7/${x / 64}_0.png`,
      await encodePng({ ...size, data: partOf(raster, x, 0, size.width, height) }),
    );
  }
  return files;
}
